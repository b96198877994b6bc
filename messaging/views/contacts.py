from typing import Any

from messaging.models import Conversation


def contacts_context(seen: Conversation) -> dict[str, Any]:
    return {}
