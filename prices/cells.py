"""What has been released of a product's prices, put in the order in which pages and the API show it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from disclosure.models import Cell
from prices.models import PriceReport, Unit
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


PERCENT = "\u00a0%"
# Shares are rounded to 5, so that all of them may add up to a little less than 100.
MOST_WITHOUT_A_REST = 90


Say = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Row:
    """Of one field, what each cell of a series says; empty where too few have said it."""

    label: str
    texts: list[tuple[Cell, str]]


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
    def whole(self) -> Cell:
        return self.cells[0]

    @property
    def rows(self) -> list[Row]:
        by_cell = [
            (cell, {line.label: line.text for line in terms(cell.figures)})
            for cell in self.cells
        ]
        return [
            Row(label, [(cell, said.get(label, "")) for cell, said in by_cell])
            for _, label, _ in TERMS
            if any(label in said for _, said in by_cell)
        ]

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
    return [
        Line(label, say(figures[field]))
        for field, label, say in TERMS
        if field in figures
    ]


def _spread(verb: str) -> Say:
    return lambda figure: (
        f"half {verb} {figure['low']}\u00a0to\u00a0{figure['high']}{PERCENT}; middle {figure['median']}{PERCENT}"
    )


def _share(figure: Mapping[str, Any]) -> str:
    """ "85 % or more": the share of all of them is told no nearer than that of all but one."""
    return f"{figure['percent']}{PERCENT} {figure['bound']}".rstrip()


def _answers(texts: Mapping[str, str]) -> Say:
    def say(figure: Mapping[str, Any]) -> str:
        shares = figure["words"]
        said = [
            f"{text} {_share(shares[word])}"
            for word, text in texts.items()
            if word in shares
        ]
        told = sum(share["percent"] for share in shares.values())
        if len(said) < len(texts) and told <= MOST_WITHOUT_A_REST:
            said.append(
                "the rest other answers" if said else "too many answers to list"
            )
        return ", ".join(said)

    return say


TERMS: tuple[tuple[str, str, Say], ...] = (
    ("discount", "Discount off list", _spread("get")),
    ("uplift_cap", "Rise at a renewal, where it is limited", _spread("have")),
    ("auto_renewal", "Renews by itself", _share),
    (
        "term",
        "The contract runs",
        _answers(
            {
                "month": "month by month",
                "1": "1 year",
                "2": "2 years",
                "3": "3 years or more",
            }
        ),
    ),
    (
        "exit_format",
        "Agreed for leaving",
        _answers(
            {
                PriceReport.ExitFormat.OPEN: "all data in an open format",
                PriceReport.ExitFormat.PROPRIETARY: "data in the vendor’s own format",
                PriceReport.ExitFormat.NONE: "nothing",
            }
        ),
    ),
    (
        "return_seen",
        "It brings a year",
        _answers(
            {
                PriceReport.Return.LOSS: "less than it costs",
                PriceReport.Return.EVEN: "about what it costs",
                PriceReport.Return.GAIN: "up to twice that",
                PriceReport.Return.LARGE_GAIN: "more than twice that",
                PriceReport.Return.TOO_EARLY: "too early to say",
            }
        ),
    ),
)
