"""What the thread shows of contact details."""

from typing import Any

from messaging.models import Conversation
from messaging.sharing import NO_CONTACTS, contacts_of


def contacts_context(seen: Conversation) -> dict[str, Any]:
    # In a request nothing can be shared yet, so nothing is looked up.
    if seen.state == Conversation.State.REQUESTED:
        return {"contacts": None}
    return {"contacts": contacts_of(seen) if seen.holds.contacts else NO_CONTACTS}
