"""What the demo's members pay: made-up amounts of made-up organisations, of about the size that such products cost."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from prices.models import Unit
from products.models import Product
from reviews_site.seed import distributions, rows
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.stored import Stored

PRODUCTS = 40
# Of the customers among a product's reviewers.
SHARE_THAT_TELLS = 0.7
MOST_PER_PRODUCT = 160
COLUMNS = (
    "public_id", "member_id", "product_id", "organisation", "company_size", "yearly_amount", "currency", "unit",
    "quantity", "term_months", "discount_percent", "purchase_year", "auto_renewal", "uplift_cap_percent",
    "exit_format", "return_seen", "created_at", "changed_at", "withdrawn_at",
)  # fmt: skip
# Fewest and most of them; elsewhere people are counted.
_BY_MACHINE = {Unit.HOST: (9, 400), Unit.CORE: (16, 900), Unit.TERABYTE: (6, 300)}
# What such products are charged by, and what one of them costs in a year; each product's own price lies around it.
CHARGED: dict[str, tuple[Unit, float]] = {
    "moodle": (Unit.USER, 9),
    "workday-government-cloud-wgc": (Unit.EMPLOYEE, 140),
    "google-workspace": (Unit.USER, 130),
    "tenableio": (Unit.DEVICE, 32),
    "sonarqube-server": (Unit.USER, 95),
    "okta-idaas-regulated-cloud": (Unit.USER, 75),
    "mongodb": (Unit.HOST, 9_500),
    "genesys-cloud-cx": (Unit.USER, 1_050),
    "docker-engine": (Unit.USER, 110),
    "snowflake": (Unit.TERABYTE, 4_200),
    "red-hat-openshift": (Unit.CORE, 620),
    "jira-software": (Unit.USER, 92),
    "confluence": (Unit.USER, 66),
    "splunk": (Unit.TERABYTE, 9_000),
    "datadog": (Unit.HOST, 260),
    "new-relic": (Unit.USER, 700),
    "github-actions": (Unit.USER, 210),
    "microsoft-sharepoint": (Unit.USER, 85),
    "salesforce-government-cloud-plus": (Unit.USER, 1_650),
    "red-hat-enterprise-linux": (Unit.HOST, 640),
    "zendesk-customer-support-and-help-desk-platform": (Unit.USER, 900),
    "zoom-for-government": (Unit.USER, 140),
    "veeam-backup-replication": (Unit.HOST, 520),
    "elasticsearch": (Unit.HOST, 5_200),
    "rancher": (Unit.HOST, 1_300),
    "nextcloud": (Unit.USER, 62),
    "grafana": (Unit.USER, 280),
    "vault": (Unit.HOST, 7_500),
    "terraform": (Unit.USER, 420),
    "ubuntu": (Unit.HOST, 310),
}
BY_HEAD = (Unit.USER, 120.0)
EUROS = frozenset({"DE", "NL", "FR", "ES", "IT", "AT", "BE", "IE", "FI", "PT"})
# Large organisations pay less for one and get more off; heads are of the size of the organisation.
_SIZES = {
    "1-50": (1.15, (0, 10), (10, 45)),
    "51-200": (1.08, (0, 15), (40, 180)),
    "201-1000": (1.0, (5, 25), (120, 900)),
    "1001-5000": (0.9, (10, 30), (600, 4_500)),
    "5001-10000": (0.82, (15, 38), (2_500, 9_000)),
    "10001+": (0.75, (20, 45), (4_000, 30_000)),
}
_TERM = {12: 0.5, 36: 0.28, 24: 0.1, 1: 0.06, 60: 0.06}
_EXIT = {"open": 0.35, "proprietary": 0.27, "none": 0.28, "": 0.10}
_RETURN = {"gain": 0.33, "even": 0.22, "large_gain": 0.14, "loss": 0.09, "too_early": 0.12, "": 0.10}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceLevel:
    unit: Unit
    # What one of these costs in a year, before size and bargaining.
    price: float


def write(stored: Stored) -> None:
    # A list: while rows are copied, nothing can be asked.
    rows.copy_rows("prices_pricereport", COLUMNS, list(_reports(stored)))


def _reports(stored: Stored) -> Iterator[tuple[object, ...]]:
    by_product: dict[int, list[SeedReview]] = {}
    for review in stored.published():
        if review.relationship == "customer" and review.author.number:
            by_product.setdefault(review.product.id, []).append(review)
    for product_id, level in _priced(stored, list(by_product)).items():
        reviews = by_product[product_id]
        rng = stored.rng(f"prices:{reviews[0].product.slug}")
        for review in reviews[-MOST_PER_PRODUCT:]:
            if rng.random() < SHARE_THAT_TELLS:
                yield _row(stored, review, level, rng)


def _priced(stored: Stored, reviewed: Sequence[int]) -> dict[int, PriceLevel]:
    """The best reviewed of those that are sold, each with its level."""
    products = Product.objects.in_bulk(reviewed)
    levels: dict[int, PriceLevel] = {}
    for maker in stored.made.makers:
        product = products.get(maker.product.id)
        if product is None or len(levels) == PRODUCTS:
            continue
        known = CHARGED.get(product.slug)
        if known is None and product.is_open_source is not False:
            continue
        unit, price = known or BY_HEAD
        own = stored.rng(f"price-level:{product.slug}").lognormvariate(0, 0.15)
        levels[product.pk] = PriceLevel(unit, price * own)
    return levels


def _row(
    stored: Stored, review: SeedReview, level: PriceLevel, rng: Random
) -> tuple[object, ...]:
    place = review.author.organisation
    cheaper, (least_off, most_off), heads = _SIZES[place.size]
    quantity = _quantity(level.unit, heads, rng)
    discount = 5 * round(rng.uniform(least_off, most_off) / 5)
    price = level.price * cheaper * rng.lognormvariate(0, 0.22)
    amount = Decimal(max(10, round(price * quantity / 10) * 10))
    at = _told_at(stored, review, rng)
    return (
        random_uuid(rng), stored.author_id(review), review.product.id, place.domain, place.size,
        str(amount), _currency(place.country, rng), level.unit.value, quantity,
        distributions.weighted(_TERM, rng), discount if rng.random() < 0.85 else None,
        at.year - rng.choice((0, 0, 0, 1, 1, 2)), rng.choice((True, True, True, False, None)),
        rng.choice((3, 5, 5, 5, 7, 8, 10, None, None, None)), distributions.weighted(_EXIT, rng),
        distributions.weighted(_RETURN, rng), at, at, None,
    )  # fmt: skip


def _quantity(unit: Unit, heads: tuple[int, int], rng: Random) -> int:
    least, most = heads
    if unit not in _BY_MACHINE:
        return max(1, round(rng.uniform(least, most) * rng.choice((0.3, 0.6, 1.0))))
    few, many = _BY_MACHINE[unit]
    share = (least / 4_000) ** 0.6
    return max(1, round(rng.uniform(few, few + (many - few) * share)))


def _told_at(stored: Stored, review: SeedReview, rng: Random) -> datetime.datetime:
    """With the review or some weeks after it."""
    assert review.published_at is not None
    later = datetime.timedelta(
        days=rng.expovariate(1 / 12), minutes=rng.randint(5, 600)
    )
    return min(stored.now - datetime.timedelta(hours=2), review.published_at + later)


def _currency(country: str, rng: Random) -> str:
    if country in EUROS:
        return "EUR"
    return "USD" if country == "US" or rng.random() < 0.6 else "EUR"
