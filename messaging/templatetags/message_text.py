import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

# An http or https address, without the punctuation that ends its sentence.
ADDRESS = re.compile(
    r"(https?://[^\s<>\"'`{}|\\^]+[^\s<>\"'`{}|\\^.,;:!?)\]])", re.IGNORECASE
)


@register.filter
def linked(text: str) -> SafeString:
    """Plain text, escaped, its addresses made links that show where they lead."""
    pieces = ADDRESS.split(text)
    return format_html_join(
        "", "{}", ((_piece(piece, odd=n % 2 == 1),) for n, piece in enumerate(pieces))
    )


def _piece(piece: str, *, odd: bool) -> SafeString:
    if not odd:
        return conditional_escape(piece)
    return format_html(
        '<a href="{0}" rel="nofollow noopener noreferrer ugc">{0}</a>', piece
    )
