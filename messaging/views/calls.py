from typing import Any

from messaging.models import Conversation


def calls_context(seen: Conversation) -> dict[str, Any]:
    return {}
