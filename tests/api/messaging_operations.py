"""Every operation on a conversation that changes something, and what is in the database after it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from messaging.models import (
    Block,
    CallProposal,
    CallSlot,
    ContactShare,
    Conversation,
    Message,
    MessageDraft,
    MessageReport,
    Participant,
)
from notifications.models import OutgoingEmail

TABLES = (
    Block, CallProposal, CallSlot, ContactShare, Conversation, Message, MessageDraft, MessageReport,
    OutgoingEmail, Participant,
)  # fmt: skip


def stored() -> dict[str, list[dict[str, Any]]]:
    return {
        t.__name__: list(t._default_manager.order_by("pk").values()) for t in TABLES
    }


# The bodies below are made of it once, so an hour that begins while tests run must not change it.
THIS_HOUR = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def in_days(days: int) -> datetime:
    return THIS_HOUR + timedelta(days=days)


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    other_body: dict[str, Any] = field(default_factory=lambda: {"unknown": 1})

    def __str__(self) -> str:
        return f"{self.method} {self.path or 'itself'}"

    def send(self, api: Any, conversation: Conversation, body: Any = None, **headers: str) -> Any:  # fmt: skip
        path = f"conversations/{conversation.public_id}/{self.path}"
        for name, rows in (("message", conversation.messages), ("call", conversation.calls)):  # fmt: skip
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", str(rows.earliest("pk").public_id))
        said = self.body if body is None else body
        return api.send(self.method, path, said, **headers)


SEND = Operation("post", "messages/", {"body": "And then?"}, {"body": "Why?"})
REPORT = Operation(
    "post", "messages/{message}/report/", {"reason": "spam"}, {"reason": "abuse"}
)
SHARE = Operation("put", "contacts/", {"name": "Ada Lovelace"}, {"name": "Ada"})
KEEP_DRAFT = Operation("put", "draft/", {"body": "Three weeks, but"}, {"body": "Two"})
PROPOSE = Operation(
    "post",
    "calls/",
    {"slots": [in_days(1).isoformat(), in_days(2).isoformat()], "place": "Room 1"},
    {"slots": [in_days(3).isoformat()]},
)
AGREE = Operation("post", "calls/{call}/accept/", {"slot": 2}, {"slot": 1})
# By the reviewer, on a request.
ON_A_REQUEST = [Operation("post", "accept/"), Operation("post", "decline/")]
# By the buyer, in an open conversation.
IN_A_CONVERSATION = [
    SEND,
    REPORT,
    SHARE,
    KEEP_DRAFT,
    PROPOSE,
    Operation("post", "leave/"),
    *[
        Operation(method, f"{what}/")
        for what in ("mute", "archive", "block")
        for method in ("put", "delete")
    ],
    Operation("delete", "contacts/"),
    Operation("delete", "draft/"),
]
# By the buyer, where the reviewer proposed a call.
ON_A_CALL = [AGREE, Operation("post", "calls/{call}/decline/")]
