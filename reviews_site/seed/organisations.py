"""Made-up employers. Their domains end in .example, which is reserved: nobody can register them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from reviews_site.seed.distributions import weighted

INDUSTRY = {
    "software": 0.19, "finance": 0.12, "insurance": 0.05, "healthcare": 0.09, "pharma": 0.04, "manufacturing": 0.12,
    "retail": 0.08, "telecom": 0.04, "energy": 0.04, "transport": 0.05, "government": 0.06, "education": 0.05,
    "media": 0.03, "construction": 0.02, "nonprofit": 0.02, "professional": 0.06, "other": 0.02,
}  # fmt: skip
SIZE = {"1-50": 0.09, "51-200": 0.16, "201-1000": 0.29, "1001-5000": 0.25, "5001-10000": 0.09, "10001+": 0.12}  # fmt: skip
COUNTRY = {
    "US": 0.27, "GB": 0.10, "DE": 0.12, "NL": 0.06, "FR": 0.06, "IN": 0.06, "CA": 0.05, "AU": 0.04, "ES": 0.03,
    "IT": 0.03, "SE": 0.03, "CH": 0.03, "AT": 0.02, "BE": 0.02, "PL": 0.02, "BR": 0.02, "JP": 0.01, "SG": 0.01,
    "IE": 0.01, "DK": 0.01, "NO": 0.01, "FI": 0.01, "PT": 0.01, "CZ": 0.01, "ZA": 0.01,
}  # fmt: skip
_FIRST = [
    "Alderwick",
    "Brackenfold",
    "Calderholm",
    "Dunmarrow",
    "Eastmere",
    "Fennicroft",
    "Glasswater",
    "Harrowbeck",
    "Inverloch",
    "Juniperfield",
    "Kestrelmoor",
    "Larkhollow",
    "Millbrace",
    "Northfen",
    "Oakenshaw",
    "Pellworth",
    "Quarrybank",
    "Rookmere",
    "Saltergate",
    "Thornwick",
    "Undercliffe",
    "Vantholm",
    "Westerbrook",
    "Yarrowdale",
    "Zephyrmoor",
    "Ambergate",
    "Birchlow",
    "Copperwell",
    "Driftholm",
    "Emberley",
]
_SECOND = {
    "software": ("Systems", "Softworks", "Labs"),
    "finance": ("Bank", "Capital", "Payments"),
    "insurance": ("Mutual", "Insurance"),
    "healthcare": ("Hospitals", "Clinics"),
    "pharma": ("Therapeutics", "Life Sciences"),
    "manufacturing": ("Works", "Machines", "Industries"),
    "retail": ("Stores", "Goods"),
    "telecom": ("Networks", "Telecom"),
    "energy": ("Energy", "Grid"),
    "transport": ("Freight", "Logistics"),
    "government": ("Council", "Agency"),
    "education": ("University", "Schools"),
    "media": ("Media", "Press"),
    "construction": ("Construction", "Estates"),
    "nonprofit": ("Trust", "Foundation"),
    "professional": ("Partners", "Advisory"),
    "other": ("Group", "Company"),
}


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    domain: str
    industry: str
    size: str
    country: str


def make_organisations(count: int, rng: Random) -> list[Organisation]:
    """At least one per industry and size, so that no group of reviewers stands for a single employer."""
    made: dict[str, Organisation] = {}
    while len(made) < count:
        industry = _each_once(list(INDUSTRY), len(made)) or weighted(INDUSTRY, rng)
        name = f"{rng.choice(_FIRST)} {rng.choice(_SECOND[industry])}"
        if len(made) >= 400:
            name = f"{name} {len(made)}"
        domain = f"{name.lower().replace(' ', '-')}.example"
        made.setdefault(
            domain,
            Organisation(
                name, domain, industry, weighted(SIZE, rng), weighted(COUNTRY, rng)
            ),
        )
    return list(made.values())


def _each_once(values: Sequence[str], position: int) -> str | None:
    return values[position] if position < len(values) else None
