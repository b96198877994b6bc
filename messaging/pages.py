"""One page of the inbox and one page of a thread, by key; and whether there is anything new in them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import BadRequest
from django.utils import timezone

from accounts.models import User
from messaging.models import (
    Conversation,
    Message,
    MessageDraft,
    Participant,
    shown_state,
)
from messaging.rows import (
    AFTER,
    BEFORE,
    FROM,
    NAMED_MESSAGE,
    NEWEST,
    NEWEST_MOMENT_OF_TAB,
    NEWEST_OF_TAB,
    NEWS,
    OLDER_OF_TAB,
    UNREAD_BY_TAB,
    ConversationRow,
    MessageRow,
    conversations,
    fetch,
    messages,
)
from reviews.models import Review

CONVERSATIONS_PER_PAGE = 20
MESSAGES_PER_PAGE = 30
TABS = tuple(Participant.Folder.values)

# An open page asks every so many seconds, while nothing came for no longer than this.
INTERVALS = (
    (5, timedelta(minutes=2)),
    (10, timedelta(minutes=5)),
    (30, timedelta(minutes=20)),
)
LONGEST_INTERVAL = 60


@dataclass(frozen=True)
class InboxPage:
    conversations: list[ConversationRow]
    older: str


@dataclass(frozen=True)
class ThreadPage:
    messages: list[MessageRow]
    has_earlier: bool
    has_later: bool


@dataclass(frozen=True)
class News:
    """Of a conversation, since a message of it."""

    state: str
    is_newer: bool
    last_message_at: datetime


def inbox_page(user: User, tab: str, before: str = "") -> InboxPage:
    """Newest first; raises BadRequest where `before` isn't an `older` of ours."""
    size = CONVERSATIONS_PER_PAGE
    if before:
        rows = conversations(OLDER_OF_TAB, user.pk, tab, *_place(before), size + 1)
    else:
        rows = conversations(NEWEST_OF_TAB, user.pk, tab, size + 1)
    page = rows[:size]
    return InboxPage(page, _key(page[-1]) if len(rows) > size else "")


def unread_by_tab(user: User) -> dict[str, int]:
    return dict.fromkeys(TABS, 0) | dict(fetch(UNREAD_BY_TAB, [user.pk]))


def newest_in_tab(user: User, tab: str) -> datetime | None:
    found = fetch(NEWEST_MOMENT_OF_TAB, [user.pk, tab])
    return found[0][0] if found else None


def thread_page(
    conversation: Conversation, where: str = "", message_id: uuid.UUID | None = None
) -> ThreadPage:
    """Oldest first: the last messages, or those "before", "after" or "around" one.

    Raises Message.DoesNotExist where it isn't of this thread.
    """
    pk = conversation.pk
    if message_id is None:
        return _page_before(NEWEST, pk)
    named, _ = _named(conversation, message_id)
    if where == "before":
        return _page_before(BEFORE, pk, named, has_later=True)
    if where == "after":
        return _page_after(AFTER, pk, named)
    half = MESSAGES_PER_PAGE // 2
    earlier = _page_before(BEFORE, pk, named, size=half)
    later = _page_after(FROM, pk, named, size=half)
    both = [*earlier.messages, *later.messages]
    return ThreadPage(with_days(both), earlier.has_earlier, later.has_later)


def messages_after(conversation: Conversation, after: uuid.UUID) -> list[MessageRow]:
    """Raises Message.DoesNotExist where `after` isn't of this thread."""
    seen, seen_at = _named(conversation, after)
    later = messages(AFTER, conversation.pk, seen, MESSAGES_PER_PAGE)
    return with_days(later, seen_at.date())


def news(user: User, public_id: uuid.UUID, after: uuid.UUID) -> News | None:
    """One query; None where there is no such message of such a conversation of theirs."""
    found = fetch(NEWS, [after, public_id, user.pk])
    if not found:
        return None
    state, count, last_message_at, seen_number = found[0]
    return News(shown_state(state), count > seen_number, last_message_at)


def interval(*moments: datetime) -> int:
    """In how many seconds an open page asks again: often after something happened, then ever less."""
    quiet = timezone.now() - max(moments)
    due = (seconds for seconds, until in INTERVALS if quiet < until)
    return next(due, LONGEST_INTERVAL)


def draft_of(user: User, about: Conversation | Review) -> MessageDraft | None:
    """What they typed there and haven't sent."""
    drafts = MessageDraft.objects.filter(user=user)
    if isinstance(about, Review):
        return drafts.filter(review=about).first()
    return drafts.filter(conversation=about).first()


def with_days(
    rows: Iterable[MessageRow], previous: date | None = None
) -> list[MessageRow]:
    """Each message with which a day begins knows that: `day`."""
    found = []
    for message in rows:
        day = message.created_at.date()
        found.append(message._replace(day=day if day != previous else None))
        previous = day
    return found


def _named(conversation: Conversation, public_id: uuid.UUID) -> tuple[int, datetime]:
    found = fetch(NAMED_MESSAGE, [conversation.pk, public_id])
    if not found:
        raise Message.DoesNotExist
    key, created_at = found[0]
    return key, created_at


def _page_before(
    sql: str, *place: int, size: int = MESSAGES_PER_PAGE, has_later: bool = False
) -> ThreadPage:
    found = messages(sql, *place, size + 1)
    return ThreadPage(with_days(found[:size][::-1]), len(found) > size, has_later)


def _page_after(sql: str, *place: int, size: int = MESSAGES_PER_PAGE) -> ThreadPage:
    found = messages(sql, *place, size + 1)
    return ThreadPage(with_days(found[:size]), True, len(found) > size)


def _key(conversation: ConversationRow) -> str:
    at = conversation.last_message_at.astimezone(UTC).replace(tzinfo=None)
    return f"{at.isoformat()}_{conversation.public_id}"


def _place(key: str) -> tuple[datetime, uuid.UUID]:
    """Of the last conversation of the page before."""
    at_text, _, id_text = key.partition("_")
    try:
        at = datetime.fromisoformat(at_text)
        public_id = uuid.UUID(id_text)
    except ValueError as error:
        raise BadRequest("This page of the inbox doesn't exist.") from error
    if at.tzinfo is not None:
        raise BadRequest("This page of the inbox doesn't exist.")
    return at.replace(tzinfo=UTC), public_id
