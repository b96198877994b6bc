"""What the clock does to conversations without a word, a little at a time; the rules stand in messaging/retention.py."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from messaging import emails
from messaging.models import Conversation, ConversationQuerySet
from messaging.retention import (
    closing_to_announce,
    deletion_to_announce,
    to_close,
    to_delete,
)
from messaging.services.leaving import end

# As many are locked together; a deletion takes all their messages along.
AT_ONCE = 100
DELETED_AT_ONCE = 20


def announce_closing() -> int:
    """Tells both sides. Returns of how many conversations."""
    return _all_of(_announce_some_closing)


def close_inactive() -> int:
    return _all_of(_close_some)


def announce_deletion() -> int:
    """Tells whoever can still read it. Returns of how many conversations."""
    return _all_of(_announce_some_deletions)


def delete_inactive() -> int:
    return _all_of(_delete_some)


def _all_of(some: Callable[[], int]) -> int:
    """In transactions of their own."""
    done = 0
    while count := some():
        done += count
    return done


@transaction.atomic
def _announce_some_closing() -> int:
    held = _hold(closing_to_announce(), AT_ONCE)
    _rows(held).update(closing_announced_at=timezone.now())
    emails.conversations_close(_rows(held))
    return len(held)


@transaction.atomic
def _close_some() -> int:
    held = _hold(to_close(), AT_ONCE)
    end(_rows(held), Conversation.State.CLOSED)
    return len(held)


@transaction.atomic
def _announce_some_deletions() -> int:
    held = _hold(deletion_to_announce(), AT_ONCE)
    _rows(held).update(deletion_announced_at=timezone.now())
    emails.conversations_go(_rows(held))
    return len(held)


@transaction.atomic
def _delete_some() -> int:
    held = _hold(to_delete(), DELETED_AT_ONCE)
    # Reports don't wait for the lock: one that came just before it is seen now.
    to_delete().filter(pk__in=held).delete()
    return len(held)


def _hold(rows: ConversationQuerySet, count: int) -> list[int]:
    """The longest silent of them. Those in which somebody does something right now are left for another day."""
    free = rows.select_for_update(skip_locked=True, of=("self",))
    return list(free.order_by("last_message_at").values_list("pk", flat=True)[:count])


def _rows(ids: list[int]) -> ConversationQuerySet:
    return Conversation.objects.filter(pk__in=ids)
