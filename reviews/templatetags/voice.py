from django import template

from reviews.voice import drawing

register = template.Library()
register.simple_tag(drawing.share_bar)
register.simple_tag(drawing.sparkline)
register.simple_tag(drawing.gap_line)


@register.filter
def percent(share: float) -> str:
    """ "16"; a share that isn't nothing is never 0."""
    rounded = round(share * 100)
    return "< 1" if share and not rounded else str(rounded)
