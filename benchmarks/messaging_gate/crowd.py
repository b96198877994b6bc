"""A made-up crowd as plain values: who asks, who is asked, and what stands between them. It knows no database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

# What may be somebody's; few values, so that some who meet are alike and most are not.
JOBS = ("it", "finance", "hr", "security")
LEVELS = ("c_level", "c_minus_1", "c_minus_2", "c_minus_3")
SIZES = ("1-50", "201-1000", "1001-5000", "10001+")
INDUSTRIES = ("finance", "healthcare", "manufacturing", "retail")
COUNTRIES = ("DE", "FR", "PL")

# By turns, the first of them in a small crowd as well.
ASKERS = (
    "ordinary",
    "works_at_vendor",
    "unconfirmed",
    "ordinary",
    "speaks_for_vendor",
    "signs_in_at_vendor",
    "suspended",
    "declined_often",
    "ordinary",
    "has_begun",
    "was_suspended",
    "ordinary",
    "claims_to_work_at_vendor",
    "spoke_for_vendor",
    "ordinary",
    "deactivated",
    "declined_very_often",
    "works_at_vendor",
    "suspended_for_good",
    "used_up",
    "suspension_lifted",
)
ANSWERERS = (
    *("everyone",) * 11,
    *("like_me",) * 3,
    *("nobody",) * 2,
    "speaks_for_vendor",
    "deactivated",
    "withdrawn",
    "removed",
    "erased",
    "suspended",
    "received",
)


@dataclass(frozen=True)
class Facets:
    job_function: str
    seniority: str
    company_size: str
    industry: str
    country: str


@dataclass(frozen=True)
class Asker:
    number: int
    kind: str
    facets: Facets
    # For whom they work or speak, or say so, where the kind has it.
    vendor: int
    begun_today: int = 0
    declined_before: int = 0


@dataclass(frozen=True)
class Answerer:
    number: int
    kind: str
    facets: Facets
    vendor: int
    received_today: int = 0


@dataclass(frozen=True)
class Asked:
    """A review that can be asked about."""

    number: int
    answerer: Answerer
    product: int


@dataclass(frozen=True)
class Product:
    number: int
    vendor: int
    categories: frozenset[int]


@dataclass(frozen=True)
class Crowd:
    vendors: int
    categories: int
    products: Sequence[Product]
    askers: Sequence[Asker]
    answerers: Sequence[Answerer]
    # Of each answerer the reviews: mostly one, sometimes two.
    reviews: Sequence[Sequence[Asked]]
    # (number of the asker, number of the answerer)
    blocked_by_asker: frozenset[tuple[int, int]]
    blocked_by_answerer: frozenset[tuple[int, int]]
    # (number of the asker, number of the review): weeks ago, so that no limit counts it.
    asked_before: frozenset[tuple[int, int]]


@dataclass
class Pair:
    asker: Asker
    asked: Asked
    way: str = field(default="page")


def make_crowd(askers: int, answerers: int, seed: int) -> Crowd:
    dice = random.Random(seed)
    vendors = max(4, answerers // 25)
    categories = max(3, vendors // 2)
    products = [
        Product(number, number % vendors, _categories(number, categories))
        for number in range(2 * vendors)
    ]
    asking = [_asker(number, vendors, dice) for number in range(askers)]
    answering = [_answerer(number, vendors, dice) for number in range(answerers)]
    reviews = _reviews(answering, products, dice)
    pairs = [(a.number, b.number) for a in asking for b in answering]
    return Crowd(
        vendors=vendors,
        categories=categories,
        products=products,
        askers=asking,
        answerers=answering,
        reviews=reviews,
        blocked_by_asker=_some(pairs, 0.03, dice),
        blocked_by_answerer=_some(pairs, 0.04, dice),
        asked_before=_some(
            [(a.number, r[0].number) for a in asking for r in reviews], 0.02, dice
        ),
    )


def _categories(product: int, categories: int) -> frozenset[int]:
    """Each in one, every third in two."""
    own = {product % categories}
    return frozenset(
        own | ({(product * 7 + 3) % categories} if product % 3 == 0 else own)
    )


def _facets(dice: random.Random) -> Facets:
    return Facets(
        *(
            dice.choice(values)
            for values in (JOBS, LEVELS, SIZES, INDUSTRIES, COUNTRIES)
        )
    )


def _asker(number: int, vendors: int, dice: random.Random) -> Asker:
    kind = ASKERS[number % len(ASKERS)]
    begun = {"has_begun": 3, "used_up": 5}.get(kind, 0)
    declined = {"declined_often": 4, "declined_very_often": 7}.get(kind, 0)
    return Asker(number, kind, _facets(dice), dice.randrange(vendors), begun, declined)


def _answerer(number: int, vendors: int, dice: random.Random) -> Answerer:
    kind = ANSWERERS[number % len(ANSWERERS)]
    received = 1 + number % 3 if kind == "received" else 0
    return Answerer(number, kind, _facets(dice), dice.randrange(vendors), received)


def _reviews(
    answering: Sequence[Answerer], products: Sequence[Product], dice: random.Random
) -> list[list[Asked]]:
    """Every seventh has two, of different products: limits count the recipient, not the review."""
    reviews: list[list[Asked]] = []
    number = 0
    for answerer in answering:
        count = 2 if answerer.number % 7 == 0 else 1
        chosen = dice.sample(range(len(products)), count)
        reviews.append(
            [Asked(number + n, answerer, product) for n, product in enumerate(chosen)]
        )
        number += count
    return reviews


def _some(
    pairs: Sequence[tuple[int, int]], share: float, dice: random.Random
) -> frozenset[tuple[int, int]]:
    return frozenset(pair for pair in pairs if dice.random() < share)
