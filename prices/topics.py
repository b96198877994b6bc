"""Which organisations pay what: each is one contribution to a series, whatever its members wrote."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef

from accounts.models import CompanySize
from disclosure import measures
from disclosure.topics import Contribution, Topic, Weighted, register
from prices.models import PriceReport
from products.models import VendorRepresentative
from reviews.models import Review

PRICE = "price"
# Few, so that each reaches 5 organisations.
BANDS = (
    ("small", "Up to 200 employees"),
    ("medium", "201 to 1,000 employees"),
    ("large", "More than 1,000 employees"),
)
BAND_BY_SIZE: dict[str, str] = {
    CompanySize.S: "small",
    CompanySize.M: "small",
    CompanySize.L: "medium",
    CompanySize.XL: "large",
    CompanySize.XXL: "large",
    CompanySize.XXXL: "large",
}
# What a row may leave out; the newest row of an organisation that says it speaks for it.
OPTIONAL = (
    "discount",
    "term",
    "auto_renewal",
    "uplift_cap",
    "exit_format",
    "return_seen",
)


WORDS: dict[str, tuple[str, ...]] = {
    "term": ("month", "1", "2", "3"),
    "exit_format": tuple(PriceReport.ExitFormat.values),
    "return_seen": tuple(PriceReport.Return.values),
}


class PriceTopic(Topic):
    name: ClassVar[str] = PRICE
    title: ClassVar[str] = "What it costs"
    position: ClassVar[int] = 10
    panel_template: ClassVar[str] = "prices/panel.html"
    bands: ClassVar[Sequence[tuple[str, str]]] = BANDS

    def product_ids(self) -> Iterable[int]:
        return (
            PriceReport.objects.standing()
            .order_by("product_id")
            .values_list("product_id", flat=True)
            .distinct()
        )

    def contributions(
        self, product_id: int, until: datetime.date
    ) -> Sequence[Contribution]:
        grouped: dict[tuple[str, str], list[PriceReport]] = defaultdict(list)
        for report in _countable(product_id, until):
            grouped[report.series, report.organisation].append(report)
        return [
            _contribution(series, organisation, reports)
            for (series, organisation), reports in sorted(grouped.items())
        ]

    def figures(self, members: Sequence[Weighted]) -> dict[str, Any]:
        measured = {
            "unit_price": measures.middle(
                members, "unit_price", measures.MONEY, lowest=0, logarithmic=True
            ),
            "discount": _percentage(members, "discount"),
            "uplift_cap": _percentage(members, "uplift_cap"),
            "auto_renewal": measures.share(members, "auto_renewal"),
            **{
                field: measures.shares(members, field, words)
                for field, words in WORDS.items()
            },
        }
        return {
            field: figure for field, figure in measured.items() if figure is not None
        }


def _percentage(members: Sequence[Weighted], field: str) -> dict[str, Any] | None:
    return measures.middle(members, field, measures.POINTS, lowest=0, highest=100)


def _countable(product_id: int, until: datetime.date) -> Iterable[PriceReport]:
    """Newest first; only beside a review that is public, so that a moderator has looked at who says it."""
    published = Review.objects.published().filter(
        product=OuterRef("product"),
        author=OuterRef("member"),
        relationship=Review.Relationship.CUSTOMER,
    )
    # Who became one while they were typing.
    speakers = VendorRepresentative.objects.current().filter(
        user=OuterRef("member"), vendor=OuterRef("product__vendor")
    )
    return (
        PriceReport.objects.standing()
        .filter(Exists(published), ~Exists(speakers))
        .filter(product=product_id, changed_at__date__lte=until)
        .order_by("-changed_at", "-id")
    )


def _contribution(
    series: str, organisation: str, reports: Sequence[PriceReport]
) -> Contribution:
    """`reports`, newest first: each value is that of the newest that states it."""
    newest = reports[0]
    assert newest.unit_price is not None and newest.purchase_year is not None
    values: dict[str, Any] = {"unit_price": round(float(newest.unit_price), 4)}
    for name in OPTIONAL:
        stated = (_stated(report)[name] for report in reports)
        said = next((value for value in stated if value is not None), None)
        values |= {} if said is None else {name: said}
    return Contribution(
        organisation=organisation,
        values=values,
        # A price of some years ago weighs as one, however late it was told.
        stated_on=min(
            newest.changed_at.date(), datetime.date(newest.purchase_year, 12, 31)
        ),
        series=series,
        band=BAND_BY_SIZE.get(newest.company_size, ""),
    )


def _stated(report: PriceReport) -> Mapping[str, Any]:
    return {
        "discount": report.discount_percent,
        "term": None if report.term_months is None else _term(report.term_months),
        "auto_renewal": report.auto_renewal,
        "uplift_cap": report.uplift_cap_percent,
        "exit_format": report.exit_format or None,
        "return_seen": report.return_seen or None,
    }


def _term(months: int) -> str:
    """As coarse as few organisations allow."""
    if months < 12:
        return "month"
    return str(min(months // 12, 3))


register(PriceTopic())
