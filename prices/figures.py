"""Pictures of prices, drawn by the server. The same figures stand beside them as text."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def range_bar(low: float, middle: float, high: float, most: float) -> SafeString:
    """From the lower to the upper quartile with the median on it, on an axis from 0 to `most`; as wide as its cell."""
    return format_html(
        '<svg class="interval price-bar" width="100%" height="20" aria-hidden="true" focusable="false">'
        '<line class="axis" x1="0" x2="100%" y1="17" y2="17"/>'
        '<line class="axis" x1="0" x2="0" y1="13" y2="20"/><line class="axis" x1="50%" x2="50%" y1="14" y2="20"/>'
        '<line class="axis" x1="100%" x2="100%" y1="13" y2="20"/>'
        '<rect class="range" x="{}%" y="3" width="{}%" height="10" rx="2"/>'
        '<circle class="point" cx="{}%" cy="8" r="5"/></svg>',
        _percent(low, most),
        max(round(_percent(high, most) - _percent(low, most), 1), 0.5),
        _percent(middle, most),
    )


def _percent(value: float, most: float) -> float:
    return round(min(value / most, 1) * 100, 1)
