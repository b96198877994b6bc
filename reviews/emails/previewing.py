"""What would be written, for the moderator to read before deciding."""

from collections.abc import Mapping
from typing import Any

from moderation.models import Decision, DecisionRecord, ReasonCode
from notifications import kinds
from notifications.rendering import Rendered, render_email


def imagined(reason_code: ReasonCode, statement: str, **columns: Any) -> Decision:
    """A decision that nobody has taken, with its record."""
    decision = Decision(reason_code=reason_code, **columns)
    decision.record = DecisionRecord(statement=statement)
    return decision


def preview(kind: str, context: Mapping[str, object]) -> Rendered:
    return render_email(kinds.get(kind), f"emails/{kind}", context, "")
