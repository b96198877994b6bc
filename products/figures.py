"""Pictures drawn by the server. Each stands beside the same figures as text, so readers of text lose nothing."""

from collections.abc import Sequence

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


def plus_minus(rating) -> str:
    """Half the width of the interval: "4.2 ± 0.3"."""
    return f"{(rating.interval_high - rating.interval_low) / 2:.1f}"
