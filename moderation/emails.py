"""What the author of an appeal is told. The statement of reasons of a restriction is in the e-mails of its app."""

import datetime

from moderation import desk
from moderation.models import Appeal, Decision
from notifications import kinds
from notifications.links import absolute
from notifications.rendering import Rendered, render_email
from notifications.services import queue_email

_LABELS = {
    "appeal_received": "Your appeal has arrived",
    "appeal_granted": "Your appeal is granted",
    "appeal_dismissed": "Your appeal is dismissed",
}
for _name, _label in _LABELS.items():
    kinds.register(_name, label=_label, transactional=True)


def send_appeal_received(appeal: Appeal, due_at: datetime.datetime) -> None:
    _send("appeal_received", appeal, {"due_at": due_at})


def send_appeal_decided(appeal: Appeal, outcome: Decision) -> None:
    kind = kind_of_outcome(outcome.action)
    _send(kind, appeal, {"statement": outcome.statement})


def preview_outcome(appeal: Appeal, action: str, statement: str) -> Rendered:
    """The e-mail that the author would get, for the moderator to read before deciding."""
    kind = kind_of_outcome(action)
    context = _context(appeal) | {"statement": statement}
    return render_email(kinds.get(kind), f"emails/{kind}", context, "")


def kind_of_outcome(action: str) -> str:
    is_granted = action == Decision.Action.GRANT_APPEAL
    return "appeal_granted" if is_granted else "appeal_dismissed"


def _send(kind: str, appeal: Appeal, context: dict[str, object]) -> None:
    """Nobody is told once the author was erased."""
    if appeal.author is None:
        return
    queue_email(
        kind=kind,
        recipient=appeal.author,
        dedupe_key=f"{kind}:{appeal.public_id}",
        about={"appeal": str(appeal.public_id)},
        context=_context(appeal) | context,
    )


def _context(appeal: Appeal) -> dict[str, object]:
    decision = appeal.decision
    return {
        "appeal": appeal,
        "decision": decision,
        "about": desk.get(decision.target_kind).describe(decision),
        "appeal_url": absolute(f"/appeals/{decision.public_id}/"),
    }
