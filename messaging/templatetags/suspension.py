from typing import Any

from django import template

from accounts.models import User
from messaging.suspensions import standing_suspension

register = template.Library()


@register.inclusion_tag("messaging/_suspended.html")
def suspension_notice(user: User, text: str = "") -> dict[str, Any]:
    """Why this member can't write at the moment, until when, and how to appeal; nothing for all others.

    `text`: what they had typed.
    """
    return {"suspension": standing_suspension(user), "text": text}
