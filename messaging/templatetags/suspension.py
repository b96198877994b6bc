from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import User
from messaging.suspensions import standing_suspension

register = template.Library()


@register.inclusion_tag("messaging/_suspended.html")
def suspension_notice(user: User, text: str = "") -> dict[str, Any]:
    """Why this member can't write at the moment, until when, and how to appeal; nothing for all others.

    `text`: what they had typed.
    """
    return {"suspension": standing_suspension(user), "text": text}


def suspension_piece(user: User, text: str = "") -> SafeString:
    """The same, for compiled templates."""
    context = suspension_notice(user, text)
    if context["suspension"] is None:
        return SafeString()
    return render_to_string("messaging/_suspended.html", context)
