import datetime
import math
import re

from django import template
from django.template.defaultfilters import pluralize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from moderation import texts
from moderation.batches import time_left
from moderation.models import DecisionBatch

register = template.Library()

BREAK = mark_safe("<br>")
_TAGS = {"gone": "del", "new": "ins"}


@register.filter
def marked_line(text: str) -> SafeString:
    """Escaped, with a visible mark for each character that nobody would see."""
    return format_html_join(
        "", "{}", ((_drawn(piece),) for piece in texts.pieces(str(text)))
    )


@register.filter
def marked(text: str) -> SafeString:
    """The same in paragraphs, and lines as they were broken."""
    paragraphs = re.split(r"\n{2,}", str(text).replace("\r\n", "\n").strip("\n"))
    return format_html_join(
        "\n", '<p dir="auto">{}</p>', ((marked_line(each),) for each in paragraphs)
    )


@register.simple_tag
def changes(before: str, after: str) -> SafeString:
    """Two texts as one: what went is <del>, what came is <ins>."""
    return format_html_join(
        "", "{}", ((_changed(each),) for each in texts.changes(before, after))
    )


@register.filter
def age(since: datetime.datetime, now: datetime.datetime) -> str:
    """In hours up to two days, then in days: what is late is told apart at a glance."""
    hours = int((now - since).total_seconds() // 3600)
    if hours < 1:
        return "under an hour"
    if hours < 48:
        return f"{hours} hour{pluralize(hours)}"
    return f"{hours // 24} days"


@register.filter
def seconds_left(batch: DecisionBatch) -> int:
    """Until it is carried out; not by the clock of whoever looks."""
    return math.ceil(time_left(batch).total_seconds())


def _changed(change: texts.Change) -> SafeString:
    if change.kind == "same":
        return marked_line(change.text)
    # A space or a line's end alone would be a mark around nothing.
    shown = change.text
    if not shown.strip(" \n"):
        shown = shown.replace(" ", "␣")
    drawn = marked_line(shown.replace("\n", "¶\n"))
    return format_html("<{0}>{1}</{0}>", _TAGS[change.kind], drawn)


def _drawn(piece: texts.Piece) -> SafeString:
    if piece.is_hidden:
        return format_html(
            '<span class="m-hidden" title="{}">{}</span>', piece.note, piece.text
        )
    if piece.note:
        return format_html(
            '<span class="m-odd" title="{}">{}</span>', piece.note, piece.text
        )
    return format_html_join(BREAK, "{}", ((line,) for line in piece.text.split("\n")))
