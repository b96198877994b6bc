"""One page of the inbox and one page of a thread, by key; and whether there is anything new in them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import BadRequest
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from messaging.models import (
    Conversation,
    Message,
    MessageDraft,
    MessageQuerySet,
    Participant,
    shown_state,
)
from messaging.rows import (
    NEWEST_OF_TAB,
    OLDER_OF_TAB,
    UNREAD_BY_TAB,
    ConversationRow,
    MessageRow,
    conversations,
    fetch,
)
from reviews.models import Review

CONVERSATIONS_PER_PAGE = 20
MESSAGES_PER_PAGE = 50
TABS = tuple(Participant.Folder.values)
# As MessageRow has them.
MESSAGE_COLUMNS = (
    "pk",
    "public_id",
    "sender_role",
    "body",
    "created_at",
    "seen_by_moderation_at",
    "reply_to__public_id",
    "reply_to__sender_role",
    "reply_to__body",
)

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
    rows = Participant.objects.filter(user=user, folder=tab)
    newest = rows.order_by("-last_message_at", "-conversation")
    return newest.values_list("last_message_at", flat=True).first()


def thread_page(
    conversation: Conversation, where: str = "", message_id: uuid.UUID | None = None
) -> ThreadPage:
    """Oldest first: the last messages, or those "before", "after" or "around" one.

    Raises Message.DoesNotExist where it isn't of this thread.
    """
    rows = conversation.messages.all()
    if message_id is None:
        return _page_before(rows)
    named = conversation.messages.get(public_id=message_id)
    if where == "before":
        return _page_before(rows.filter(id__lt=named.pk), has_later=True)
    if where == "after":
        return _page_after(rows.filter(id__gt=named.pk))
    half = MESSAGES_PER_PAGE // 2
    earlier = _page_before(rows.filter(id__lt=named.pk), size=half)
    later = _page_after(rows.filter(id__gte=named.pk), size=half)
    both = [*earlier.messages, *later.messages]
    return ThreadPage(with_days(both), earlier.has_earlier, later.has_later)


def messages_after(conversation: Conversation, after: uuid.UUID) -> list[MessageRow]:
    """Raises Message.DoesNotExist where `after` isn't of this thread."""
    seen = conversation.messages.get(public_id=after)
    later = conversation.messages.later_than(seen).order_by("id")
    return with_days(_rows(later[:MESSAGES_PER_PAGE]), seen.created_at.date())


def news(user: User, public_id: uuid.UUID, after: uuid.UUID) -> News | None:
    """One query; None where there is no such message of such a conversation of theirs."""
    seen = Message.objects.filter(public_id=after, conversation=OuterRef("pk"))
    rows = Conversation.objects.filter(public_id=public_id, participants__user=user)
    found = rows.annotate(seen=Subquery(seen.values("number"))).values_list(
        "state", "message_count", "last_message_at", "seen"
    )
    row = found.first()
    if row is None or row[3] is None:
        return None
    state, count, last_message_at, seen_number = row
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
    messages: Iterable[MessageRow], previous: date | None = None
) -> list[MessageRow]:
    """Each message with which a day begins knows that: `day`."""
    found = []
    for message in messages:
        day = message.created_at.date()
        found.append(message._replace(day=day if day != previous else None))
        previous = day
    return found


def _rows(messages: MessageQuerySet) -> list[MessageRow]:
    return [MessageRow(*row) for row in messages.values_list(*MESSAGE_COLUMNS)]


def _page_before(
    rows: MessageQuerySet, *, size: int = MESSAGES_PER_PAGE, has_later: bool = False
) -> ThreadPage:
    found = _rows(rows.newest_first()[: size + 1])
    return ThreadPage(with_days(found[:size][::-1]), len(found) > size, has_later)


def _page_after(rows: MessageQuerySet, *, size: int = MESSAGES_PER_PAGE) -> ThreadPage:
    found = _rows(rows.order_by("id")[: size + 1])
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
