"""A category as a map: the score upwards, the evidence behind it to the right; the same figures as its table.

Two pictures of the same places, one for wide and one for narrow pages (the style sheet shows one): a single one would
be too small to read on a telephone. Labels are put where they cover neither each other nor a point.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from products.figures import interval_text

LOWEST, HIGHEST = 0.5, 5.0
# What is worth a name: the first in the ranking, and those that most is known about.
BEST_NAMED, KNOWN_NAMED = 10, 3


class Mapped(Protocol):
    @property
    def rank(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def interval_low(self) -> float: ...
    @property
    def interval_high(self) -> float: ...
    @property
    def effective_n(self) -> float: ...


@dataclass(frozen=True)
class Size:
    css: str
    width: int
    height: int
    named: int
    longest: int
    left: int = 34
    right: int = 14
    top: int = 26
    bottom: int = 46


WIDE = Size("map-wide", 820, 480, BEST_NAMED + KNOWN_NAMED, longest=26)
NARROW = Size("map-narrow", 360, 430, 6, longest=17)
LETTER, LINE, POINT, ALOOF = 6.7, 15, 5.5, 9


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def lies_in(self, other: "Box") -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Label:
    text: str
    x: float
    y: float
    anchor: str
    box: Box
    # The line from the point to its label (x, x, y, y); None where they stand side by side.
    leader: tuple[float, float, float, float] | None


def category_map(places: Sequence[Mapped]) -> SafeString:
    """Nothing under two products: a single point is no map."""
    if len(places) < 2:
        return SafeString("")
    return format_html("{}{}", draw(places, WIDE), draw(places, NARROW))


def draw(places: Sequence[Mapped], size: Size) -> SafeString:
    plot = Plot(places, size)
    labels = place_labels(
        [
            (_short(place.name, size.longest), *plot.at(place))
            for place in named(places, size.named)
        ],
        [plot.at(place) for place in places],
        plot.frame,
    )
    labelled = {place.slug for place in named(places, size.named)}
    return format_html(
        '<svg class="map {}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}{}{}</svg>',
        *(size.css, size.width, size.height),
        _axes(plot, size),
        _whiskers(plot, places, labelled),
        _points(plot, places, labelled),
        _labels(labels),
    )


def named(places: Sequence[Mapped], most: int) -> list[Mapped]:
    """Best first, then those with most evidence."""
    best = list(places[: most * BEST_NAMED // (BEST_NAMED + KNOWN_NAMED)])
    known = sorted(places, key=lambda place: -place.effective_n)
    others = [place for place in known if place not in best]
    return best + others[: most - len(best)]


# --- Where things lie -----------------------------------------------------------------------


class Plot:
    def __init__(self, places: Sequence[Mapped], size: Size) -> None:
        self.frame = Box(
            size.left, size.top, size.width - size.right, size.height - size.bottom
        )
        self.low, self.high = _star_range(places)
        self.evidence = evidence_ticks([place.effective_n for place in places])

    def x(self, effective_n: float) -> float:
        first, last = math.log(self.evidence[0]), math.log(self.evidence[-1])
        within = min(max(effective_n, self.evidence[0]), self.evidence[-1])
        share = (math.log(within) - first) / (last - first)
        return round(
            self.frame.left + 8 + share * (self.frame.right - self.frame.left - 16), 1
        )

    def y(self, stars: float) -> float:
        within = min(max(stars, self.low), self.high)
        share = (within - self.low) / (self.high - self.low)
        return round(
            self.frame.bottom - share * (self.frame.bottom - self.frame.top), 1
        )

    def at(self, place: Mapped) -> tuple[float, float]:
        return self.x(place.effective_n), self.y(place.score)


def _star_range(places: Sequence[Mapped]) -> tuple[float, float]:
    """Half stars around all intervals, a whole star at least."""
    low = math.floor(min(place.interval_low for place in places) * 2) / 2
    high = math.ceil(max(place.interval_high for place in places) * 2) / 2
    low, high = max(low, LOWEST), min(high, HIGHEST)
    low = min(low, max(high - 1, LOWEST))
    return low, max(high, low + 1)


def evidence_ticks(values: Sequence[float]) -> list[float]:
    """1, 2, 5, 10, 20 … from just below the least to just above the most."""
    steps = [base * 10**power for power in range(7) for base in (1, 2, 5)]
    first = max((place for place, n in enumerate(steps) if n <= min(values)), default=0)
    last = min(
        (place for place, n in enumerate(steps) if n >= max(values)),
        default=len(steps) - 1,
    )
    return [float(n) for n in steps[first : max(last, first + 1) + 1]]


# --- Labels ---------------------------------------------------------------------------------

# Where a label may stand: distance from its point and direction, the nearest first.
DIRECTIONS = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))
DISTANCES = (9, 20, 34, 50, 70, 95, 125, 160)


def place_labels(
    wanted: Sequence[tuple[str, float, float]],
    points: Sequence[tuple[float, float]],
    frame: Box,
) -> list[Label]:
    """One after the other, each at the first place where it covers nothing; a name without a free place is left out."""
    near = [_around(point, POINT) for point in points]
    # A label at the end of a line must not look like that of another point.
    far = [_around(point, ALOOF) for point in points]
    taken: list[Box] = []
    labels = []
    for name, x, y in wanted:
        for label in _candidates(name, x, y):
            covered = [*taken, *(far if label.leader else near)]
            if label.box.lies_in(frame) and not any(map(label.box.meets, covered)):
                labels.append(label)
                taken.append(label.box)
                break
    return labels


def _around(point: tuple[float, float], distance: float) -> Box:
    x, y = point
    return Box(x - distance, y - distance, x + distance, y + distance)


def _short(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    return f"{name[: longest - 1].rstrip(' (,')}…"


def _candidates(text: str, x: float, y: float) -> Iterator[Label]:
    width = len(text) * LETTER
    for distance in DISTANCES:
        for right, down in DIRECTIONS:
            at_x = x + right * distance * (1 if not down else 0.7)
            at_y = y + down * distance * (1 if not right else 0.7)
            left = at_x - (width / 2 if not right else width if right < 0 else 0)
            box = Box(left, at_y - LINE / 2, left + width, at_y + LINE / 2)
            anchor = {1: "start", -1: "end", 0: "middle"}[right]
            away = (x, round(at_x, 1), y, round(at_y, 1))
            leader = away if distance > DISTANCES[0] else None
            yield Label(text, round(at_x, 1), round(at_y + 4, 1), anchor, box, leader)


# --- Drawing --------------------------------------------------------------------------------


def _axes(plot: Plot, size: Size) -> SafeString:
    frame = plot.frame
    halves = int(round((plot.high - plot.low) * 2))
    stars = [plot.low + step / 2 for step in range(halves + 1)]
    return format_html(
        '{}{}<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="title" x="0" y="12">Score in stars</text>'
        '<text class="title" x="{}" y="{}" text-anchor="end">Evidence: effective number of reviews →</text>',
        format_html_join(
            "",
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
            (
                (frame.left, frame.right, plot.y(n), plot.y(n))
                + (frame.left - 7, plot.y(n) + 4, f"{n:g}")
                for n in stars
                if halves <= 5 or n == int(n)
            ),
        ),
        format_html_join(
            "",
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="middle">{}</text>',
            (
                (plot.x(n), plot.x(n), frame.top, frame.bottom)
                + (plot.x(n), frame.bottom + 17, f"{n:,.0f}")
                for n in plot.evidence
            ),
        ),
        *(frame.left, frame.right, frame.bottom, frame.bottom),
        *(frame.right, size.height - 6),
    )


def _whiskers(plot: Plot, places: Sequence[Mapped], labelled: set[str]) -> SafeString:
    return format_html_join(
        "",
        '<line class="whisker{}" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        (
            ("" if place.slug in labelled else " is-faint", x, x)
            + (plot.y(place.interval_low), plot.y(place.interval_high))
            for place in places
            for x in [plot.x(place.effective_n)]
        ),
    )


def _points(plot: Plot, places: Sequence[Mapped], labelled: set[str]) -> SafeString:
    """The best are drawn last, on top."""
    return format_html_join(
        "",
        '<circle class="point{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        (
            ("", *plot.at(place), 5, _title(place))
            if place.slug in labelled
            else (" is-other", *plot.at(place), 4, _title(place))
            for place in reversed(places)
        ),
    )


def _title(place: Mapped) -> str:
    reviews = "review" if place.count == 1 else "reviews"
    return (
        f"{place.name}: rank {place.rank}, {place.score:.1f} ({interval_text(place)}), "
        f"{place.count:,} {reviews}, effective number {place.effective_n:,.1f}"
    )


def _labels(labels: Sequence[Label]) -> SafeString:
    return format_html(
        "{}{}",
        format_html_join(
            "",
            '<line class="leader" x1="{}" x2="{}" y1="{}" y2="{}"/>',
            (one.leader for one in labels if one.leader),
        ),
        # Each twice: the first, in the colour of the paper, keeps the lines below away from the second.
        format_html_join(
            "",
            '<text class="halo" x="{0}" y="{1}" text-anchor="{2}">{3}</text>'
            '<text class="label" x="{0}" y="{1}" text-anchor="{2}">{3}</text>',
            ((one.x, one.y, one.anchor, one.text) for one in labels),
        ),
    )
