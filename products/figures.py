"""Pictures drawn by the server. Each stands beside the same figures as text, so readers of text lose nothing."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LOWEST, HIGHEST = 1.0, 5.0
ROW = 22
LABEL = 58
COUNT = 44


def _percent(stars: float) -> float:
    """Where a number of stars lies on an axis from 1 to 5; scores under one star stand at its start."""
    within = min(max(stars, LOWEST), HIGHEST)
    return round((within - LOWEST) / (HIGHEST - LOWEST) * 100, 1)


def interval_bar(score: float, low: float, high: float) -> SafeString:
    """A score with its interval on an axis from 1 to 5 stars, the same on every row; as wide as its cell."""
    return format_html(
        '<svg class="interval" width="100%" height="20" aria-hidden="true" focusable="false">{}'
        '<rect class="range" x="{}%" y="4" width="{}%" height="8" rx="2"/>'
        '<circle class="point" cx="{}%" cy="8" r="4.5"/></svg>',
        AXIS,
        _percent(low),
        max(round(_percent(high) - _percent(low), 1), 0.5),
        _percent(score),
    )


AXIS = format_html(
    '<line class="axis" x1="0" x2="100%" y1="17" y2="17"/>{}',
    format_html_join(
        "",
        '<line class="axis" x1="{0}%" x2="{0}%" y1="14" y2="20"/>',
        ((percent,) for percent in range(0, 101, 25)),
    ),
)


@cache
def interval_scale() -> SafeString:
    """The numbers of that axis, for the head of a column of bars."""
    anchors = ("start", "middle", "middle", "middle", "end")
    return format_html(
        '<svg class="interval" width="100%" height="14" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join(
            "",
            '<text x="{}%" y="11" text-anchor="{}">{}</text>',
            ((25 * place, anchor, place + 1) for place, anchor in enumerate(anchors)),
        ),
    )


def histogram(half_star_counts: Sequence[int]) -> SafeString:
    """Published ratings by whole stars, five at the top; a half star counts with the whole star above it."""
    by_stars = whole_stars(half_star_counts)
    most = max(max(count for _, count in by_stars), 1)
    room = 300 - LABEL - COUNT
    bars = format_html_join(
        "",
        '<text x="0" y="{}">{} star{}</text><rect class="track" x="{}" y="{}" width="{}" height="12" rx="2"/>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="12" rx="2"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                *(row * ROW + 15, stars, "s" if stars > 1 else ""),
                *(LABEL, row * ROW + 5, room),
                *(LABEL, row * ROW + 5, round(count / most * room, 1)),
                *(300, row * ROW + 15, f"{count:,}"),
            )
            for row, (stars, count) in enumerate(by_stars)
        ),
    )
    return format_html(
        '<svg class="histogram" viewBox="0 0 300 {}" aria-hidden="true" focusable="false">{}</svg>',
        5 * ROW,
        bars,
    )


def whole_stars(half_star_counts: Sequence[int]) -> list[tuple[int, int]]:
    """[(5, n), … (1, n)]: 4.5 and 5 stars count as five."""
    pairs = zip(half_star_counts[::2], half_star_counts[1::2], strict=True)
    return [(stars, sum(pair)) for stars, pair in enumerate(pairs, start=1)][::-1]


# The plot of a trend: means above, numbers of reviews below; across in per cent, so that it is as wide as the page.
TOP, BOTTOM, FOOT, HEIGHT = 10, 130, 184, 202
LEFT, RIGHT = 7.0, 99.5
MOST_QUARTERS, WIDEST_STEP = 24, 10.0


def trend(quarters: Sequence[Mapping[str, Any]]) -> SafeString:
    """Mean stars and number of reviews by {quarter, count, mean}, the last six years of them.

    A quarter without reviews has no point, and no line leads across it.
    """
    shown = quarters[-MOST_QUARTERS:]
    step = min((RIGHT - LEFT) / max(len(shown), 1), WIDEST_STEP)
    middles = [round(LEFT + (place + 0.5) * step, 2) for place in range(len(shown))]
    return format_html(
        '<svg class="trend" width="100%" height="{}" aria-hidden="true" focusable="false">{}{}{}{}{}</svg>',
        HEIGHT,
        _trend_axis(),
        _trend_counts(shown, middles, step),
        _trend_lines(shown, middles),
        _trend_points(shown, middles),
        _trend_years(shown, middles, step),
    )


def _height(stars: float) -> float:
    within = min(max(stars, LOWEST), HIGHEST)
    return round(BOTTOM - (within - LOWEST) / (HIGHEST - LOWEST) * (BOTTOM - TOP), 1)


def _trend_axis() -> SafeString:
    return format_html_join(
        "",
        '<line class="axis" x1="{0}%" x2="100%" y1="{1}" y2="{1}"/><text x="0" y="{2}">{3}</text>',
        (
            (LEFT - 2, _height(stars), _height(stars) + 4, stars)
            for stars in range(1, 6)
        ),
    )


def _trend_counts(
    shown: Sequence[Mapping[str, Any]], middles: Sequence[float], step: float
) -> SafeString:
    most = max((quarter["count"] for quarter in shown), default=1) or 1
    room = FOOT - BOTTOM - 24
    return format_html_join(
        "",
        '<rect class="count" x="{}%" y="{}" width="{}%" height="{}"/>'
        '<text class="n" x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            (
                *(round(middle - step * 0.35, 2), round(FOOT - height, 1)),
                *(round(step * 0.7, 2), height),
                *(middle, round(FOOT - height - 3, 1), quarter["count"]),
            )
            for quarter, middle in zip(shown, middles, strict=True)
            if quarter["count"]
            for height in [max(round(quarter["count"] / most * room, 1), 1)]
        ),
    )


def _trend_lines(
    shown: Sequence[Mapping[str, Any]], middles: Sequence[float]
) -> SafeString:
    pairs = zip(shown, shown[1:], middles, middles[1:], strict=False)
    return format_html_join(
        "",
        '<line class="line" x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        (
            (x1, _height(one["mean"]), x2, _height(next_one["mean"]))
            for one, next_one, x1, x2 in pairs
            if one["count"] and next_one["count"]
        ),
    )


def _trend_points(
    shown: Sequence[Mapping[str, Any]], middles: Sequence[float]
) -> SafeString:
    return format_html_join(
        "",
        '<circle class="point" cx="{}%" cy="{}" r="4"/>',
        (
            (middle, _height(quarter["mean"]))
            for quarter, middle in zip(shown, middles, strict=True)
            if quarter["count"]
        ),
    )


def _trend_years(
    shown: Sequence[Mapping[str, Any]], middles: Sequence[float], step: float
) -> SafeString:
    """Each year under its first quarter that is shown, unless it would run into the next."""
    by_year = {
        quarter["quarter"][:4]: middle
        for quarter, middle in reversed(list(zip(shown, middles, strict=True)))
    }
    places = sorted(by_year.items())
    return format_html_join(
        "",
        '<text x="{}%" y="{}">{}</text>',
        (
            (round(middle - step * 0.35, 2), HEIGHT - 4, year)
            for place, (year, middle) in enumerate(places)
            if place == len(places) - 1 or places[place + 1][1] - middle > 9
        ),
    )


def plus_minus(rating) -> str:
    """Half the width of the interval: "4.2 ± 0.3"; never 0.0, since no score is certain."""
    half = (rating.interval_high - rating.interval_low) / 2
    return f"{half:.1f}" if half >= 0.05 else f"{max(half, 0.01):.2f}"


def interval_text(rating) -> str:
    """ "3.9 to 4.5"; with two digits where one would show a point."""
    low, high = f"{rating.interval_low:.1f}", f"{rating.interval_high:.1f}"
    if low == high:
        low, high = f"{rating.interval_low:.2f}", f"{rating.interval_high:.2f}"
    return f"{low} to {high}"
