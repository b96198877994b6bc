"""Pictures of outcomes, drawn by the server. The same figures stand beside them as text."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from outcomes.cells import Point, Share, Spread

# Months after the review, across in per cent so that it is as wide as its column; shares upwards.
TOP, BOTTOM, HEIGHT = 14, 164, 190
LEFT, RIGHT = 16.0, 92.0
CAP = 1.1
MONTHS = (0, 6, 12, 24)


def _across(month: int) -> float:
    return round(LEFT + month / MONTHS[-1] * (RIGHT - LEFT), 2)


def _up(percent: float) -> float:
    return round(BOTTOM - percent / 100 * (BOTTOM - TOP), 1)


def retention_curve(points: Sequence[Point]) -> SafeString:
    """Where each month was measured, with its 90 % interval as a whisker; the line never rises."""
    return format_html(
        '<svg class="retention" width="100%" height="{}" aria-hidden="true" focusable="false">{}{}{}{}{}</svg>',
        HEIGHT,
        _grid(),
        _months(),
        _line(points),
        _whiskers(points),
        _measured(points),
    )


def _grid() -> SafeString:
    return format_html_join(
        "",
        '<line class="axis" x1="{}%" x2="100%" y1="{}" y2="{}"/><text x="0" y="{}">{} %</text>',
        (
            (LEFT - 3, _up(percent), _up(percent), _up(percent) + 4, percent)
            for percent in (0, 50, 100)
        ),
    )


def _months() -> SafeString:
    return format_html_join(
        "",
        '<line class="tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<text x="{0}%" y="{3}" text-anchor="middle">{4}</text>',
        (
            (
                _across(month),
                BOTTOM,
                BOTTOM + 5,
                HEIGHT - 6,
                str(month) if month else "review",
            )
            for month in MONTHS
        ),
    )


def _line(points: Sequence[Point]) -> SafeString:
    return format_html_join(
        "",
        '<line class="line" x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        (
            (_across(one.month), _up(one.drawn), _across(other.month), _up(other.drawn))
            for one, other in pairwise(points)
        ),
    )


def _whiskers(points: Sequence[Point]) -> SafeString:
    return format_html_join(
        "",
        '<line class="whisker" x1="{0}%" x2="{0}%" y1="{3}" y2="{4}"/>'
        '<line class="whisker" x1="{1}%" x2="{2}%" y1="{3}" y2="{3}"/>'
        '<line class="whisker" x1="{1}%" x2="{2}%" y1="{4}" y2="{4}"/>',
        (
            (
                x,
                round(x - CAP, 2),
                round(x + CAP, 2),
                _up(point.share.high),
                _up(point.share.low),
            )
            for point in points
            for x in [_across(point.month)]
        ),
    )


def _measured(points: Sequence[Point]) -> SafeString:
    return format_html_join(
        "",
        '<circle class="point" cx="{0}%" cy="{1}" r="5"/>'
        '<text class="value" x="{0}%" y="{2}" text-anchor="middle">{3} %{4}</text>',
        (
            (
                _across(point.month),
                _up(point.share.percent),
                _beside(point.share),
                point.share.percent,
                "+" if "more" in point.share.bound else "",
            )
            for point in points
        ),
    )


def _beside(share: Share) -> float:
    """Below the whisker, where no line passes; above it where there is no room below."""
    below = _up(share.low) + 16
    return below if below < BOTTOM - 3 else _up(share.high) - 7


def gap_bar(spread: Spread) -> SafeString:
    """Half of the organisations as a bar with the median on it, and the promise as a line."""
    axis = _axis(spread)
    low, median, high = (
        _place(each, axis) for each in (spread.low, spread.median, spread.high)
    )
    promise = _place(0, axis)
    return format_html(
        '<svg class="interval gap-bar" width="100%" height="42" aria-hidden="true" focusable="false">'
        '<line class="axis" x1="0" x2="100%" y1="20" y2="20"/>'
        '<rect class="range" x="{}%" y="5" width="{}%" height="10" rx="2"/>'
        '<line class="promise" x1="{}%" x2="{}%" y1="0" y2="24"/>'
        '<circle class="point" cx="{}%" cy="10" r="5"/>'
        '<text x="{}%" y="37" text-anchor="{}">as promised</text></svg>',
        low,
        max(round(high - low, 1), 0.5),
        promise,
        promise,
        median,
        promise,
        "start" if promise < 15 else "end" if promise > 85 else "middle",
    )


def _axis(spread: Spread) -> tuple[float, float]:
    """With room at both sides, so that neither the promise nor a point stands at the edge."""
    low, high = min(spread.low, 0), max(spread.high, 0)
    room = max((high - low) * 0.15, 0.5)
    return low - room, high + room


def _place(value: float, axis: tuple[float, float]) -> float:
    lowest, highest = axis
    return round((value - lowest) / (highest - lowest) * 100, 1)


def answer_bar(share: Share) -> SafeString:
    """A share on an axis from 0 to 100 %, as wide as its cell."""
    return format_html(
        '<svg class="answer-bar" width="100%" height="10" aria-hidden="true" focusable="false">'
        '<rect class="track" width="100%" height="10" rx="2"/><rect class="bar" width="{}%" height="10" rx="2"/></svg>',
        share.percent,
    )
