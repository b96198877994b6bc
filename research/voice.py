"""What the page about a voice shows of the stored figures; it reads no review."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviews.cards import SUB_RATINGS
from reviews.voice import CRITICISM, PRAISE, TITLES, Example, examples_of

# The last years; a share of fewer reviews than this says nothing about a year or a perspective.
MOST_YEARS = 6
ENOUGH = 5
RATING_NAMES = {"overall": "Overall"} | SUB_RATINGS
PLURALS = {"buyer": "Buyers", "end_user": "End users", "administrator": "Administrators"}  # fmt: skip
SAYS = {PRAISE: "praise", CRITICISM: "criticise"}


@dataclass(frozen=True)
class Part:
    """Of a group of reviews, those that say something; `share` where the group is large enough."""

    name: str
    count: int
    of: int

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.of >= ENOUGH else None


@dataclass(frozen=True)
class Row:
    anchor: str
    text: str
    count: int
    share: float
    perspectives: list[Part]
    years: list[Part]
    examples: tuple[Example, ...]

    @property
    def shares(self) -> list[float | None]:
        return [year.share for year in self.years]


@dataclass(frozen=True)
class Side:
    key: str
    title: str
    rows: list[Row]
    # Where the axis of its bars ends.
    most: float


@dataclass(frozen=True)
class Difference:
    """Who says something more often than who else; shares of 0 to 1."""

    text: str
    verb: str
    more: Part
    less: Part
    points: int
    low: int
    high: int

    @property
    def parts(self) -> tuple[Part, Part]:
        return self.more, self.less


@dataclass(frozen=True)
class Gap:
    rating: str
    means: list[dict[str, Any] | None]
    higher: str
    lower: str
    high_mean: float
    low_mean: float
    stars: float
    low: float
    high: float
    is_clear: bool


@dataclass(frozen=True)
class VoicePage:
    reviews: int
    sides: list[Side]
    perspectives: list[tuple[str, int]]
    years: list[tuple[str, int]]
    differences: list[Difference]
    gaps: list[Gap]

    @property
    def shows_years(self) -> bool:
        return sum(count >= ENOUGH for _, count in self.years) > 1

    @property
    def most_different(self) -> float:
        """Where the axis of the bars of all differences ends."""
        return max((one.more.share or 0 for one in self.differences), default=1.0)

    @property
    def says_anything(self) -> bool:
        return any(side.rows for side in self.sides)


def voice_page(figures: Mapping[str, Any]) -> VoicePage:
    """`figures` as docs/voice.md has them; {} before anything is counted."""
    sizes = figures.get("perspectives", {})
    years = _years(figures.get("quarters", {}))
    shown = dict(sorted(years.items())[-MOST_YEARS:])
    sides = [_side(figures, side, sizes, shown) for side in TITLES]
    return VoicePage(
        reviews=figures.get("reviews", 0),
        sides=sides,
        perspectives=[(PLURALS[who], sizes[who]) for who in PLURALS if who in sizes],
        years=list(shown.items()),
        differences=_differences(figures, sizes),
        gaps=[_gap(gap, sizes) for gap in figures.get("gaps", ())],
    )


def _side(
    figures: Mapping[str, Any],
    side: str,
    sizes: Mapping[str, int],
    years: Mapping[str, int],
) -> Side:
    rows = [
        _row(f"{side}-{place}", row, sizes, years)
        for place, row in enumerate(figures.get(side, ()), start=1)
    ]
    return Side(
        side,
        TITLES[side],
        rows,
        max((row.share for row in rows), default=1.0),
    )


def _row(
    anchor: str,
    row: Mapping[str, Any],
    sizes: Mapping[str, int],
    years: Mapping[str, int],
) -> Row:
    in_years = _years(row["quarters"])
    return Row(
        anchor=anchor,
        text=row["text"],
        count=row["count"],
        share=row["share"],
        perspectives=[
            Part(PLURALS[who], _count(row, who), sizes[who])
            for who in PLURALS
            if who in sizes
        ],
        years=[Part(year, in_years[year], of) for year, of in years.items()],
        examples=examples_of(row),
    )


def _count(row: Mapping[str, Any], perspective: str) -> int:
    return row["perspectives"].get(perspective, {}).get("count", 0)


def _years(quarters: Mapping[str, int]) -> Counter[str]:
    """Every year from the first to the last, those without reviews too."""
    counts: Counter[str] = Counter()
    for quarter, count in quarters.items():
        counts[quarter[:4]] += count
    if counts:
        first, last = int(min(counts)), int(max(counts))
        for year in range(first, last + 1):
            counts[str(year)] += 0
    return counts


def _differences(
    figures: Mapping[str, Any], sizes: Mapping[str, int]
) -> list[Difference]:
    phrases = {
        (side, row["text"]): row for side in TITLES for row in figures.get(side, ())
    }
    return [
        Difference(
            text=one["text"],
            verb=SAYS[one["side"]],
            more=_part(phrases[one["side"], one["text"]], one["more"], sizes),
            less=_part(phrases[one["side"], one["text"]], one["less"], sizes),
            points=round(one["difference"] * 100),
            low=round(one["low"] * 100),
            high=round(one["high"] * 100),
        )
        for one in figures.get("differences", ())
    ]


def _part(row: Mapping[str, Any], who: str, sizes: Mapping[str, int]) -> Part:
    return Part(PLURALS[who], _count(row, who), sizes[who])


def _gap(gap: Mapping[str, Any], sizes: Mapping[str, int]) -> Gap:
    means = gap["means"]
    return Gap(
        rating=RATING_NAMES[gap["rating"]],
        means=[means.get(who) for who in PLURALS if who in sizes],
        higher=PLURALS[gap["higher"]],
        lower=PLURALS[gap["lower"]],
        high_mean=means[gap["higher"]]["mean"],
        low_mean=means[gap["lower"]]["mean"],
        stars=gap["difference"],
        low=gap["low"],
        high=gap["high"],
        is_clear=gap["is_clear"],
    )
