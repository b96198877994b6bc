"""The world's time zones by their IANA names, from the package and never from the machine: all machines agree."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

UTC = "UTC"
_PACKAGE = files("tzdata")
_NAMES = frozenset((_PACKAGE / "zones").read_text(encoding="ascii").split())
# It stands for "nobody has set this clock".
KNOWN = _NAMES - {"Factory"}


def is_zone(name: str) -> bool:
    return name in KNOWN


@cache
def zone(name: str) -> ZoneInfo:
    """Raises LookupError for a name that isn't one."""
    if not is_zone(name):
        raise LookupError(f"There is no time zone {name!r}.")
    path = _PACKAGE.joinpath("zoneinfo", *name.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def place_name(name: str) -> str:
    """ "America/Argentina/Buenos_Aires" is found by typing its city: "Buenos Aires, Argentina"."""
    _, _, places = name.replace("_", " ").partition("/")
    return ", ".join(reversed(places.split("/"))) if places else name


@cache
def by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones that people choose from, as the groups of a choice; old names are known and not offered."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in _offered():
        regions.setdefault(name.partition("/")[0], []).append((name, place_name(name)))
    return [
        ("Everywhere", [(UTC, UTC)]),
        *(
            (region, sorted(zones, key=lambda pair: pair[1]))
            for region, zones in sorted(regions.items())
        ),
    ]


def _offered() -> list[str]:
    table = (_PACKAGE / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line for line in table.splitlines() if line and not line.startswith("#"))
    return [row.split("\t")[2] for row in rows]
