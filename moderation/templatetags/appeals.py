from typing import Any

from django import template

from moderation.models import Decision
from moderation.reasons import appeal_until, is_appealable

register = template.Library()


@register.inclusion_tag("moderation/appeal_link.html")
def appeal_link(decision: Decision) -> dict[str, Any]:
    """For whom the decision restricts: how to appeal, or what became of the appeal."""
    return {
        "decision": decision,
        "appeal": getattr(decision, "appeal", None),
        "can_appeal": is_appealable(decision),
        "until": appeal_until(decision),
    }
