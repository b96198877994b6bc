"""Which products an address asks for: whatever it says, what can be shown is shown, and the rest is named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from disclosure.models import Release
from products.models import Product
from reviews_site.lib.prepared import Prepared

FEWEST, MOST = 2, 4
# Of a longer address the rest isn't even looked up.
MOST_READ = 12
LONGEST_NAMED = 60
PATH, PDF = "/compare/", "/compare.pdf"
ONLY_DIFFERENCES = "differences"
NUMBERS = {2: "two", 3: "three", 4: "four"}


class Key(NamedTuple):
    id: int
    slug: str
    name: str
    updated_at: datetime
    refreshed_at: datetime | None
    counted_at: datetime | None
    written: list[int]
    """How often its released figures were written: what lost an organisation goes at once."""

    @property
    def version(self) -> str:
        moments = (self.updated_at, self.refreshed_at, self.counted_at)
        ages = "/".join(f"{at.timestamp():.6f}" if at else "" for at in moments)
        return f"{ages}/{self.written}"


COLUMNS = ("id", "slug", "name", "updated_at", "rating__refreshed_at", "voice__as_of")


@dataclass
class Chosen:
    keys: list[Key] = field(default_factory=list)
    """At most four, in the order in which they were asked for."""
    left_over: list[Key] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    twice: list[Key] = field(default_factory=list)
    unread: int = 0
    current_slugs: list[str] = field(default_factory=list)
    """What was asked for, with the present slug of what was renamed or merged."""
    is_renamed: bool = False

    @property
    def slugs(self) -> list[str]:
        return [key.slug for key in self.keys]

    def problems(self) -> list[str]:
        said = [f"There is no product “{_cut(slug)}” here." for slug in self.unknown]
        said += [
            f"{key.name} was named more than once; it is shown once."
            for key in self.twice
        ]
        if self.left_over or self.unread:
            names = [key.name for key in self.left_over]
            if self.unread:
                names.append(f"{self.unread} more")
            said.append(
                f"At most {NUMBERS[MOST]} products stand side by side. Left out: {', '.join(names)}."
            )
        return said


def _cut(slug: str) -> str:
    return slug if len(slug) <= LONGEST_NAMED else f"{slug[:LONGEST_NAMED]}…"


def choose(asked: Sequence[str]) -> Chosen:
    """One query, and a second one if a slug is not one of a product's that is shown."""
    slugs = [slug.strip() for slug in asked if slug.strip()]
    read = slugs[:MOST_READ]
    rows = _NAMED.rows({SLUGS: list(set(read))}) if read else []
    found = {key.slug: key for key in (Key(*row) for row in rows)}
    renamed = _renamed([slug for slug in read if slug not in found])
    chosen = Chosen(unread=len(slugs) - len(read), is_renamed=bool(renamed))
    chosen.current_slugs = [
        renamed[slug].slug if slug in renamed else slug for slug in slugs
    ]
    for slug in read:
        _put(chosen, slug, found.get(slug))
    return chosen


def _put(chosen: Chosen, slug: str, key: Key | None) -> None:
    if key is None:
        if slug not in chosen.unknown:
            chosen.unknown.append(slug)
    elif key in chosen.keys or key in chosen.left_over:
        if key not in chosen.twice:
            chosen.twice.append(key)
    elif len(chosen.keys) < MOST:
        chosen.keys.append(key)
    else:
        chosen.left_over.append(key)


def _visible() -> QuerySet[Product]:
    return Product.objects.visible()


def _written() -> ArraySubquery:
    releases = Release.objects.filter(product=OuterRef("pk")).order_by("topic")
    return ArraySubquery(releases.values("revision"))


SLUGS = "{slugs}"
_NAMED = Prepared(
    lambda: _visible().values_list(*COLUMNS, _written()),
    f"SELECT * FROM ({{}}) AS named WHERE slug = ANY({SLUGS})",
    planned=True,
)


def _renamed(slugs: list[str]) -> dict[str, Key]:
    """By the slug that it had before."""
    if not slugs:
        return {}
    rows = _visible().filter(aliases__slug__in=slugs)
    columns = rows.values_list("aliases__slug", *COLUMNS, _written())
    return {row[0]: Key(*row[1:]) for row in columns}


def address(
    slugs: Iterable[str], only_differences: bool = False, path: str = PATH
) -> str:
    pairs = [("p", slug) for slug in slugs]
    if only_differences:
        pairs.append(("only", ONLY_DIFFERENCES))
    return f"{path}?{urlencode(pairs)}" if pairs else path
