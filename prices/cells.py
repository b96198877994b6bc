"""What has been released of a product's prices, put in the order in which pages and the API show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from disclosure.models import Cell
from prices.models import Currency, PriceReport, Unit
from prices.topics import BANDS, PRICE
from products.models import Product

PER_UNIT: dict[str, str] = {
    Unit.USER: "per user",
    Unit.EMPLOYEE: "per employee",
    Unit.DEVICE: "per device",
    Unit.HOST: "per host or server",
    Unit.CORE: "per processor core",
    Unit.TERABYTE: "per terabyte",
    Unit.MILLION_CALLS: "per million requests or messages",
    Unit.SITE: "per site or instance",
    Unit.ORGANISATION: "for the whole organisation",
}


@dataclass(frozen=True)
class Series:
    """All cells of one unit and currency: that of all sizes first, then those of each size."""

    unit: str
    currency: str
    cells: list[Cell]

    @property
    def title(self) -> str:
        return f"{PER_UNIT[self.unit]} and year"

    @property
    def currency_name(self) -> str:
        return Currency(self.currency).label

    @property
    def whole(self) -> Cell:
        return self.cells[0]

    @property
    def highest(self) -> float:
        """Where the axis that all its bars share ends."""
        prices = [cell.figures.get("unit_price") for cell in self.cells]
        return round_limit(max(price["high"] for price in prices if price))


def all_series(cells: Iterable[Cell]) -> list[Series]:
    """Of one product's cells of this topic; that with the most organisations first."""
    grouped: dict[str, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(cell.series, []).append(cell)
    found = [_series(name, group) for name, group in grouped.items()]
    return sorted(
        (series for series in found if "unit_price" in series.whole.figures),
        key=lambda series: (-series.whole.organisations, series.unit, series.currency),
    )


def _series(name: str, cells: list[Cell]) -> Series:
    unit, _, currency = name.partition("/")
    order = ["", *(value for value, _ in BANDS)]
    return Series(
        unit, currency, sorted(cells, key=lambda cell: order.index(cell.band))
    )


def released(product: Product) -> list[Series]:
    return all_series(Cell.objects.filter(product=product, topic=PRICE))


def band_label(band: str) -> str:
    return dict(BANDS).get(band, "All sizes")


def money(value: float, currency: str) -> str:
    """ "EUR 1,200": a code can't be mistaken, a sign can."""
    if value >= 10 or value == int(value):
        return f"{currency} {value:,.0f}"
    return f"{currency} {value:.2f}" if value >= 0.1 else f"{currency} {value:.2g}"


def round_limit(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten, so that an axis ends on a number that is easily read."""
    power = 1.0
    while value > power * 10:
        power *= 10
    while value <= power:
        power /= 10
    steps = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
    return next(step * power for step in steps if value <= step * power * (1 + 1e-9))


@dataclass(frozen=True)
class Line:
    label: str
    text: str


def terms(figures: Mapping[str, Any]) -> list[Line]:
    """What else a cell says besides the price, each in words; what is withheld has no line."""
    lines = []
    if discount := figures.get("discount"):
        text = f"half get {discount['low']} to {discount['high']} %; middle {discount['median']} %"
        lines.append(Line("Discount off the list price", text))
    if renewal := figures.get("auto_renewal"):
        text = f"in {_percent(renewal)} of contracts"
        lines.append(Line("Renews by itself", text))
    if cap := figures.get("uplift_cap"):
        text = f"where a limit was agreed, half have {cap['low']} to {cap['high']} %; middle {cap['median']} %"
        lines.append(Line("Rise at a renewal", text))
    for field, label, texts in SHARES:
        if shares := figures.get(field, {}).get("words"):
            said = [
                f"{texts[word]} {_percent(share)}" for word, share in shares.items()
            ]
            lines.append(Line(label, ", ".join(said)))
    return lines


def _percent(share: Mapping[str, Any]) -> str:
    """ "85 % or more": the share of all of them is told no nearer than that of all but one."""
    return f"{share['percent']} % {share['bound']}".rstrip()


SHARES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "term",
        "The contract runs",
        {
            "month": "month by month",
            "1": "1 year",
            "2": "2 years",
            "3": "3 years or more",
        },
    ),
    (
        "exit_format",
        "On leaving one gets",
        {
            PriceReport.ExitFormat.OPEN: "all data in an open format",
            PriceReport.ExitFormat.PROPRIETARY: "data in the vendor’s own format",
            PriceReport.ExitFormat.NONE: "nothing that was agreed",
        },
    ),
    (
        "return_seen",
        "It brings a year",
        {
            PriceReport.Return.LOSS: "less than it costs",
            PriceReport.Return.EVEN: "about what it costs",
            PriceReport.Return.GAIN: "up to twice that",
            PriceReport.Return.LARGE_GAIN: "more than twice that",
            PriceReport.Return.TOO_EARLY: "too early to say",
        },
    ),
)
