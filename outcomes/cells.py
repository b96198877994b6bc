"""What has been released of a product's outcomes, put in the order and the words in which pages show it."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disclosure.models import Cell
from outcomes.leaving import DELIVERY, RETENTION
from outcomes.models import CheckIn, Delivery
from products.models import Product

USE_WORDS = {"grew": "Use it more", "same": "About as much", "shrank": "Use it less"}
BOUNDS = {"or more": " or more", "or less": " or less"}


@dataclass(frozen=True)
class Share:
    """A part of the organisations, in per cent, with its 90 % interval."""

    label: str
    percent: int
    low: int
    high: int
    bound: str
    organisations: int

    @property
    def text(self) -> str:
        return f"{self.percent} %{self.bound}"

    @property
    def interval(self) -> str:
        return f"{self.low} to {self.high} %"


def share_of(label: str, figure: Mapping[str, Any], organisations: int = 0) -> Share:
    return Share(
        label,
        figure["percent"],
        figure["low"],
        figure["high"],
        BOUNDS.get(figure.get("bound", ""), ""),
        figure.get("organisations", organisations),
    )


def word_shares(
    figure: Mapping[str, Any] | None, labels: Mapping[str, str]
) -> list[Share]:
    """In the order of the labels; a word that too few said is not there."""
    if not figure:
        return []
    words, count = figure["words"], figure["organisations"]
    return [
        share_of(label, words[word], count)
        for word, label in labels.items()
        if word in words
    ]


# --- Did they stay? -------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One month of the curve. `drawn` is where the line passes: it never rises."""

    month: int
    share: Share
    drawn: float


@dataclass(frozen=True)
class Retention:
    points: list[Point]
    # Of the latest month that has it.
    use: list[Share]
    use_month: int
    buy_again: list[Share]
    buy_again_month: int
    released_on: datetime.date | None

    @property
    def is_there(self) -> bool:
        return bool(self.points or self.use or self.buy_again)

    @property
    def last(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def would_buy_again(self) -> Share | None:
        yes = CheckIn.BuyAgain.YES.label
        return next((share for share in self.buy_again if share.label == yes), None)

    @property
    def use_note(self) -> str:
        return f"Of those who still use it, {self.use_month} months after their review."

    @property
    def buy_again_note(self) -> str:
        return f"{self.buy_again_month} months after their review, whether they stayed or not."

    @property
    def rises(self) -> bool:
        """As measured: other organisations answered for the later month."""
        return any(point.drawn != point.share.percent for point in self.points)

    @property
    def missing_months(self) -> list[int]:
        there = {point.month for point in self.points}
        return [int(month) for month in CheckIn.Month if month not in there]


def retention_of(cells: Iterable[Cell]) -> Retention:
    by_month = sorted(
        (cell for cell in cells if not cell.band), key=lambda cell: int(cell.series)
    )
    measured = [
        (
            int(cell.series),
            share_of(f"{cell.series} months", cell.figures["still_using"]),
        )
        for cell in by_month
        if "still_using" in cell.figures
    ]
    line = never_rising([share for _, share in measured])
    use_month, use = _latest(by_month, "use", USE_WORDS)
    buy_month, buy_again = _latest(
        by_month, "buy_again", dict(CheckIn.BuyAgain.choices)
    )
    return Retention(
        [
            Point(month, share, drawn)
            for (month, share), drawn in zip(measured, line, strict=True)
        ],
        use,
        use_month,
        buy_again,
        buy_month,
        max((cell.released_on for cell in by_month), default=None),
    )


def _latest(
    by_month: Sequence[Cell], name: str, labels: Mapping[str, str]
) -> tuple[int, list[Share]]:
    for cell in reversed(by_month):
        if found := word_shares(cell.figures.get(name), labels):
            return int(cell.series), found
    return 0, []


def never_rising(shares: Sequence[Share]) -> list[float]:
    """Isotonic regression of the released shares, each weighing as many organisations as stand behind it.

    Who left doesn't come back into these figures, so the share that stayed can only fall; where a later month was
    measured higher, other organisations answered, and both months are drawn at their common mean. It is made of
    released figures alone, so it tells no more than they do.
    """
    blocks: list[tuple[float, int, int]] = []
    for share in shares:
        mean, weight, length = float(share.percent), share.organisations, 1
        while blocks and blocks[-1][0] < mean:
            before, its_weight, its_length = blocks.pop()
            together = its_weight + weight
            mean = (before * its_weight + mean * weight) / together
            weight, length = together, length + its_length
        blocks.append((mean, weight, length))
    return [round(mean, 1) for mean, _, length in blocks for _ in range(length)]


# --- Sold and delivered ---------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """Half of the organisations lie between `low` and `high`."""

    low: int
    median: int
    high: int
    organisations: int


@dataclass(frozen=True)
class Delivered:
    on_time: Share | None
    months_late: Spread | None
    cost_gap: Spread | None
    scope: list[Share]
    released_on: datetime.date | None

    @property
    def is_there(self) -> bool:
        return bool(self.on_time or self.months_late or self.cost_gap or self.scope)

    @property
    def organisations(self) -> int:
        """The smallest sample of its figures."""
        each = [self.on_time, self.months_late, self.cost_gap, *self.scope]
        return min((one.organisations for one in each if one), default=0)

    @property
    def months_text(self) -> str:
        return months_in_words(self.months_late) if self.months_late else ""

    @property
    def cost_text(self) -> str:
        return cost_in_words(self.cost_gap) if self.cost_gap else ""


def delivered_of(cells: Iterable[Cell]) -> Delivered:
    cell = next((cell for cell in cells if not cell.series and not cell.band), None)
    figures = cell.figures if cell else {}
    return Delivered(
        share_of("on time", figures["on_time"]) if "on_time" in figures else None,
        _spread(figures.get("months_late")),
        _spread(figures.get("cost_gap")),
        word_shares(figures.get("scope"), dict(Delivery.Scope.choices)),
        cell.released_on if cell else None,
    )


def _spread(figure: Mapping[str, Any] | None) -> Spread | None:
    if not figure:
        return None
    return Spread(
        *(int(figure[name]) for name in ("low", "median", "high", "organisations"))
    )


def months_in_words(spread: Spread) -> str:
    """ "Typically 4 months late; half of them between 1 month early and 6 months late." """
    return _in_words(spread, _months, "late", "early")


def cost_in_words(spread: Spread) -> str:
    """ "Typically 30 % more; half of them between 20 and 40 % more." """
    return _in_words(spread, lambda percent: f"{percent} %", "more", "less")


def _in_words(spread: Spread, unit: Callable[[int], str], over: str, under: str) -> str:
    def one(value: int) -> str:
        if value == 0:
            return "as promised"
        return f"{unit(abs(value))} {over if value > 0 else under}"

    low, high = spread.low, spread.high
    if low > 0:
        between = f"{low} and {unit(high)} {over}"
    elif high < 0:
        between = f"{-high} and {unit(-low)} {under}"
    else:
        ends = (one(each) if each else "the promise" for each in (low, high))
        between = " and ".join(ends)
    return f"Typically {one(spread.median)}; half of them between {between}."


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"


# --- Of a product ---------------------------------------------------------------------------


def released(product: Product) -> tuple[Retention, Delivered]:
    """In one query."""
    cells = Cell.objects.filter(product=product, topic__in=(RETENTION, DELIVERY))
    found = list(cells.order_by("series", "band"))
    return (
        retention_of(cell for cell in found if cell.topic == RETENTION),
        delivered_of(cell for cell in found if cell.topic == DELIVERY),
    )
