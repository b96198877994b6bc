"""One page of the inbox and one page of a thread, by key; and whether there is anything new in them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import BadRequest
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Left
from django.utils import timezone

from accounts.models import User
from messaging.models import (
    Conversation,
    ConversationQuerySet,
    Message,
    MessageDraft,
    MessageQuerySet,
    Participant,
    shown_state,
)
from reviews.models import Review

CONVERSATIONS_PER_PAGE = 20
MESSAGES_PER_PAGE = 50
EXCERPT_LENGTH = 120
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
    conversations: list[Conversation]
    older: str


@dataclass(frozen=True)
class ThreadPage:
    messages: list[Message]
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
    mine = Participant.objects.filter(user=user, folder=tab)
    if before:
        mine = mine.filter(_older_than(before))
    newest = mine.order_by("-last_message_at", "-conversation")
    ids = list(
        newest.values_list("conversation", flat=True)[: CONVERSATIONS_PER_PAGE + 1]
    )
    page = conversations_in_order(user, ids[:CONVERSATIONS_PER_PAGE])
    return InboxPage(page, _key(page[-1]) if len(ids) > len(page) else "")


def conversations_in_order(user: User, ids: list[int]) -> list[Conversation]:
    rows = _with_last_message(Conversation.objects.for_user(user), user).in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def unread_by_tab(user: User) -> dict[str, int]:
    rows = (
        Participant.objects.filter(user=user, unread_count__gt=0)
        .values_list("folder")
        .annotate(unread=Sum("unread_count"))
    )
    return dict.fromkeys(TABS, 0) | dict(rows)


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
    rows = conversation.messages.select_related("reply_to")
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


def messages_after(conversation: Conversation, after: uuid.UUID) -> list[Message]:
    """Raises Message.DoesNotExist where `after` isn't of this thread."""
    seen = conversation.messages.get(public_id=after)
    later = conversation.messages.select_related("reply_to").later_than(seen)
    return with_days(later.order_by("id")[:MESSAGES_PER_PAGE], _day(seen))


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
    messages: Iterable[Message], previous: date | None = None
) -> list[Message]:
    """Each message with which a day begins knows that: `day`."""
    found = list(messages)
    for message in found:
        day = _day(message)
        message.day = day if day != previous else None
        previous = day
    return found


def _day(message: Message) -> date:
    return message.created_at.astimezone(UTC).date()


def _page_before(
    rows: MessageQuerySet, *, size: int = MESSAGES_PER_PAGE, has_later: bool = False
) -> ThreadPage:
    found = list(rows.newest_first()[: size + 1])
    return ThreadPage(with_days(found[:size][::-1]), len(found) > size, has_later)


def _page_after(rows: MessageQuerySet, *, size: int = MESSAGES_PER_PAGE) -> ThreadPage:
    found = list(rows.order_by("id")[: size + 1])
    return ThreadPage(with_days(found[:size]), True, len(found) > size)


def _with_last_message(rows: ConversationQuerySet, user: User) -> ConversationQuerySet:
    last = Message.objects.filter(conversation=OuterRef("pk")).newest_first()
    drafts = MessageDraft.objects.filter(user=user, conversation=OuterRef("pk"))
    return rows.annotate(
        last_excerpt=Subquery(last.values(text=Left("body", EXCERPT_LENGTH))[:1]),
        last_sender_role=Subquery(last.values("sender_role")[:1]),
        draft_excerpt=Subquery(drafts.values(text=Left("body", EXCERPT_LENGTH))),
    )


def _key(conversation: Conversation) -> str:
    at = conversation.me.last_message_at.astimezone(UTC).replace(tzinfo=None)
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
    last = Conversation.objects.filter(public_id=public_id).values("pk")
    of_that_moment = Q(last_message_at=at, conversation__lt=Subquery(last))
    # The first condition alone is where the range of the index begins.
    return Q(last_message_at__lte=at) & (Q(last_message_at__lt=at) | of_that_moment)
