import re
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import (
    conditional_escape,
    escape,
    format_html,
    format_html_join,
)
from django.utils.safestring import SafeString

from messaging.search import MARK, UNMARK
from reviews_site.lib import dates

FOUND = re.compile(f"{MARK}([^{MARK}{UNMARK}]*){UNMARK}")

register = template.Library()

# An http or https address, without the punctuation that ends its sentence.
ADDRESS = re.compile(
    r"(https?://[^\s<>\"'`{}|\\^]+[^\s<>\"'`{}|\\^.,;:!?)\]])", re.IGNORECASE
)


@register.filter
def linked(text: str) -> SafeString:
    """Plain text, escaped, its addresses made links that show where they lead."""
    if "://" not in text:
        return escape(text)
    pieces = ADDRESS.split(text)
    return format_html_join(
        "", "{}", ((_piece(piece, odd=n % 2 == 1),) for n, piece in enumerate(pieces))
    )


@register.filter
def marked(snippet: str) -> SafeString:
    """What was found, escaped, with the words that were asked for marked."""
    pieces = FOUND.split(snippet)
    return format_html_join(
        "", "{}", ((_found(piece, odd=n % 2 == 1),) for n, piece in enumerate(pieces))
    )


@register.filter
def short_moment(at: datetime) -> str:
    """ "14:05" today, "3 Nov" this year, "3 Nov 2024" before; UTC."""
    now = timezone.now()
    if at.date() == now.date():
        return dates.clock(at)
    return dates.day_of_year(at) if at.year == now.year else dates.day(at)


@register.filter
def monogram(alias: str) -> str:
    """ "SH" """
    return "".join(word[0] for word in alias.split()[-2:]).upper()


def _found(piece: str, *, odd: bool) -> SafeString:
    text = conditional_escape(piece.replace(MARK, "").replace(UNMARK, ""))
    return format_html("<mark>{}</mark>", text) if odd else text


def _piece(piece: str, *, odd: bool) -> SafeString:
    if not odd:
        return conditional_escape(piece)
    return format_html(
        '<a href="{0}" rel="nofollow noopener noreferrer ugc">{0}</a>', piece
    )
