"""Pictures of a voice, drawn by the server; each stands beside the same figures as text."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SPARK_HEIGHT = 28
SPARK_STEP = 14
SPARK_BAR = 10


def share_bar(share: float, most: float = 1.0) -> SafeString:
    """A share of the reviews, on an axis that ends at `most`; as wide as its cell."""
    width = round(min(share / most, 1) * 100, 1) if most else 0
    return format_html(
        '<svg class="share-bar" width="100%" height="8" aria-hidden="true" focusable="false">'
        '<rect class="track" width="100%" height="8" rx="2"/><rect class="bar" width="{}%" height="8" rx="2"/></svg>',
        width,
    )


def sparkline(shares: Sequence[float | None]) -> SafeString:
    """A bar for each year, the highest as high as the picture; where a year has too few reviews, a dot on the ground."""
    most = max((share for share in shares if share is not None), default=0.0)
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true" focusable="false">{2}</svg>',
        SPARK_STEP * len(shares),
        SPARK_HEIGHT,
        format_html_join("", "{}", ((_bar(*at, most),) for at in enumerate(shares))),
    )


def _bar(place: int, share: float | None, most: float) -> SafeString:
    left = SPARK_STEP * place + (SPARK_STEP - SPARK_BAR) // 2
    if share is None:
        return format_html('<circle class="none" cx="{}" cy="{}" r="1.5"/>', left + SPARK_BAR // 2, SPARK_HEIGHT - 2)  # fmt: skip
    height = max(round(share / most * SPARK_HEIGHT, 1), 1.5) if most else 1.5
    return format_html(
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>',
        left,
        round(SPARK_HEIGHT - height, 1),
        SPARK_BAR,
        height,
    )


def gap_line(low: float, high: float) -> SafeString:
    """Two means on an axis from 1 to 5 stars; the upper one is filled."""
    first, last = (round((min(max(v, 1), 5) - 1) * 25, 1) for v in (low, high))
    return format_html(
        '<svg class="gap-line" width="100%" height="16" aria-hidden="true" focusable="false">'
        '<line class="axis" x1="0" x2="100%" y1="8" y2="8"/><line class="line" x1="{0}%" x2="{1}%" y1="8" y2="8"/>'
        '<circle class="lower" cx="{0}%" cy="8" r="4"/><circle class="upper" cx="{1}%" cy="8" r="4"/></svg>',
        first,
        last,
    )
