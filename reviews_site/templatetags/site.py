from datetime import datetime
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.forms import BoundField, CheckboxInput, Textarea
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.personas import SEPARATOR
from reviews.coarsening import public_persona
from reviews.models import Review

register = template.Library()


def _stars(half_stars: int) -> SafeString:
    text = f"{half_stars / 2:g} out of 5 stars"
    return format_html(
        '<span class="stars stars-{}"><span class="vh">{}</span></span>',
        half_stars,
        text,
    )


STARS = {half_stars: _stars(half_stars) for half_stars in range(11)}


@register.filter
def ago(moment: datetime) -> str:
    """Reads on within a sentence: "saved just now", "saved 3 minutes ago"."""
    text = naturaltime(moment)
    return "just now" if text == "now" else text


@register.simple_tag
def stars(half_stars: int | None) -> SafeString:
    """Stars of one review's rating, given in half stars (1 to 10)."""
    return STARS.get(half_stars or 0, STARS[0])


@register.simple_tag
def score_stars(score: float | None) -> SafeString:
    """Stars of a mean, given in stars (0.5 to 5), to the nearest half."""
    return STARS.get(int((score or 0) * 2 + 0.5), STARS[0])


@register.simple_tag
def persona_line(review: Review) -> SafeString:
    """Who wrote it, as they were then; the name only where its author chose to show it."""
    line = public_persona(review)
    line = line.replace(SEPARATOR, "\u00a0· ")  # no line starts with a dot
    if review.is_anonymous or not review.display_name:
        return format_html("{}", line)
    return format_html("<b>{}</b>\u00a0· {}", review.display_name, line)


@register.inclusion_tag("includes/field.html")
def field(bound: BoundField, label: str = "", hint: str = "") -> dict[str, Any]:
    """One form field with its label, hint, errors and, for a long text with a limit, a counter."""
    widget = bound.field.widget
    limit = getattr(bound.field, "max_length", None)
    counted = isinstance(widget, Textarea) and limit
    hint_text = hint or bound.help_text
    described_by = [
        name
        for name, there in (
            (f"{bound.auto_id}_helptext", hint_text),
            (f"{bound.auto_id}_error", bound.errors),
        )
        if there
    ]
    attrs: dict[str, Any] = {}
    if described_by and not bound.use_fieldset:
        attrs["aria-describedby"] = " ".join(described_by)
    if counted:
        attrs["data-counter"] = f"{bound.auto_id}_counter"
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hint": hint_text,
        "described_by": " ".join(described_by),
        "limit": limit if counted else None,
        "optional": not bound.field.required and not isinstance(widget, CheckboxInput),
        "is_checkbox": isinstance(widget, CheckboxInput),
    }


@register.inclusion_tag("includes/star_field.html")
def star_field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """A rating in half stars (a choice of 1 to 10) as ten radio buttons drawn as stars."""
    chosen = str(bound.value() or "")
    return {
        "bound": bound,
        "hint": hint or bound.help_text,
        "halves": [
            (value, f"{value / 2:g}", str(value) == chosen) for value in range(1, 11)
        ],
        "chosen": chosen,
        "optional": not bound.field.required,
    }
