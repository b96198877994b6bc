"""What the compiled templates in jinja/ can name, beside what their views give them."""

from typing import Any
from urllib.parse import quote

from django.contrib.humanize.templatetags.humanize import intcomma
from django.forms import BaseForm, BoundField
from django.template.defaultfilters import floatformat, linebreaksbr
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from jinja2 import Environment, StrictUndefined

from messaging.templatetags import message_text, suspension
from products import figures
from reviews_site.lib import dates
from reviews_site.templatetags import site

EXCERPT_LENGTH = 200


def environment(**options: Any) -> Environment:
    """A name that nobody gave is an error, not an empty text; what is no markup of ours is escaped."""
    ours = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options | ours)  # noqa: S701
    made.globals |= {
        "field": field,
        "form_errors": form_errors,
        "interval_bar": figures.interval_bar,
        "interval_scale": figures.interval_scale,
        "static": static,
        "suspension_notice": suspension.suspension_piece,
    }
    made.filters |= {
        "clock": dates.clock,
        "day": dates.day,
        "day_and_clock": dates.day_and_clock,
        "excerpt": excerpt,
        "floatformat": floatformat,
        "intcomma": intcomma,
        "interval_text": figures.interval_text,
        "linebreaksbr": linebreaksbr,
        "linked": message_text.linked,
        "long_day": dates.long_day,
        "marked": message_text.marked,
        "monogram": message_text.monogram,
        "plus_minus": figures.plus_minus,
        "short_moment": message_text.short_moment,
        "urlquote": urlquote,
        "weekday": dates.weekday,
    }
    return made


def excerpt(text: str) -> str:
    return Truncator(text).chars(EXCERPT_LENGTH)


def urlquote(value: object) -> str:
    """None is a field that wasn't sent."""
    return quote("" if value is None else str(value))


def field(bound: BoundField) -> SafeString:
    return render_to_string("includes/field.html", site.field(bound))


def form_errors(form: BaseForm) -> SafeString:
    return render_to_string("includes/form_errors.html", {"form": form})
