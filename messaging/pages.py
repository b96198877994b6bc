"""One page of the inbox and one page of a thread, by key."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.exceptions import BadRequest
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Left

from accounts.models import User
from messaging.models import Conversation, ConversationQuerySet, Message, Participant

CONVERSATIONS_PER_PAGE = 20
MESSAGES_PER_PAGE = 50
EXCERPT_LENGTH = 120

State = Conversation.State
TABS = {
    "requests": (State.REQUESTED,),
    "open": (State.OPEN,),
    "closed": (State.DECLINED, State.CLOSED, State.BLOCKED),
}
TAB_OF_STATE: dict[str, str] = {
    state: tab for tab, states in TABS.items() for state in states
}


@dataclass(frozen=True)
class InboxPage:
    conversations: list[Conversation]
    older: str


@dataclass(frozen=True)
class ThreadPage:
    messages: list[Message]
    has_earlier: bool


def inbox_page(user: User, tab: str, before: str = "") -> InboxPage:
    """Newest first; raises BadRequest where `before` isn't an `older` of ours."""
    rows = _with_last_message(Conversation.objects.for_user(user))
    rows = rows.filter(state__in=TABS[tab]).newest_first()
    if before:
        rows = rows.filter(_older_than(before))
    found = list(rows[: CONVERSATIONS_PER_PAGE + 1])
    page = found[:CONVERSATIONS_PER_PAGE]
    return InboxPage(page, _key(page[-1]) if len(found) > len(page) else "")


def unread_by_tab(user: User) -> dict[str, int]:
    rows = (
        Participant.objects.filter(user=user, unread_count__gt=0)
        .values_list("conversation__state")
        .annotate(unread=Sum("unread_count"))
    )
    unread = dict.fromkeys(TABS, 0)
    for state, count in rows:
        unread[TAB_OF_STATE[state]] += count
    return unread


def thread_page(conversation: Conversation, before: uuid.UUID | None) -> ThreadPage:
    """The last messages before that one, oldest first; raises Message.DoesNotExist where it isn't of this thread."""
    rows = conversation.messages.newest_first()
    if before is not None:
        rows = rows.filter(id__lt=conversation.messages.get(public_id=before).pk)
    found = list(rows[: MESSAGES_PER_PAGE + 1])
    page = found[:MESSAGES_PER_PAGE]
    return ThreadPage(page[::-1], len(found) > len(page))


def messages_after(conversation: Conversation, after: uuid.UUID) -> list[Message]:
    """Raises Message.DoesNotExist where `after` isn't of this thread."""
    last_seen = conversation.messages.get(public_id=after)
    return list(
        conversation.messages.later_than(last_seen).order_by("id")[:MESSAGES_PER_PAGE]
    )


def _with_last_message(rows: ConversationQuerySet) -> ConversationQuerySet:
    last = Message.objects.filter(conversation=OuterRef("pk")).newest_first()
    return rows.annotate(
        last_excerpt=Subquery(last.values(text=Left("body", EXCERPT_LENGTH))[:1]),
        last_sender_role=Subquery(last.values("sender_role")[:1]),
    )


def _key(conversation: Conversation) -> str:
    at = conversation.last_message_at.astimezone(UTC).replace(tzinfo=None)
    return f"{at.isoformat()}_{conversation.public_id}"


def _older_than(key: str) -> Q:
    at_text, _, id_text = key.partition("_")
    try:
        at = datetime.fromisoformat(at_text)
        public_id = uuid.UUID(id_text)
    except ValueError as error:
        raise BadRequest("This page of the inbox doesn't exist.") from error
    if at.tzinfo is not None:
        raise BadRequest("This page of the inbox doesn't exist.")
    at = at.replace(tzinfo=UTC)
    return Q(last_message_at__lt=at) | Q(last_message_at=at, public_id__lt=public_id)
