"""What waits for a moderator."""

import datetime
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from moderation.deadlines import after_working_days
from moderation.models import QueueItem
from moderation.queue import free_for, in_waiting_batches

# The one deadline that the site promises, for every rating the same.
WORKING_DAYS_TO_DECIDE = 3
# A moderator who opened an item has it to themselves for this long.
HOLD = datetime.timedelta(minutes=10)


@transaction.atomic
def open_item(
    *,
    kind: str,
    target_public_id: UUID,
    opened_at: datetime.datetime | None = None,
    working_days: int = WORKING_DAYS_TO_DECIDE,
) -> QueueItem:
    """Call it in the transaction that makes something wait. What waits already keeps its place."""
    opened_at = opened_at or timezone.now()
    item, _ = QueueItem.objects.get_or_create(
        kind=kind,
        target_public_id=target_public_id,
        closed_at=None,
        defaults={
            "opened_at": opened_at,
            "sort_at": opened_at,
            "due_at": after_working_days(opened_at, working_days),
        },
    )
    return item


def close_item(*, kind: str, target_public_id: UUID, outcome: str = "") -> bool:
    """Call it in the transaction of the decision, or with no outcome where its author took it back.

    False: nothing waited.
    """
    waiting = QueueItem.objects.waiting().filter(
        kind=kind, target_public_id=target_public_id
    )
    return bool(
        waiting.update(
            closed_at=timezone.now(), outcome=outcome, held_by=None, held_until=None
        )
    )


@transaction.atomic
def raise_item(
    *, kind: str, target_public_id: UUID, signals: Sequence[dict[str, object]]
) -> bool:
    """Replaces the item's signals, [{kind, text, hours}]; their hours count as age. False: nothing waits."""
    item = (
        QueueItem.objects.waiting()
        .select_for_update()
        .filter(kind=kind, target_public_id=target_public_id)
        .first()
    )
    if item is None:
        return False
    item.signals = list(signals)
    item.raised_hours = sum(int(str(signal["hours"])) for signal in signals)
    item.sort_at = item.opened_at - datetime.timedelta(hours=item.raised_hours)
    item.save(update_fields=["signals", "raised_hours", "sort_at"])
    return True


@transaction.atomic
def hold_item(*, item: QueueItem, moderator: User) -> bool:
    """For ten minutes nobody else is given it; a moderator holds one at a time, and those of their waiting batches.

    False: somebody else holds it, or it was decided.
    """
    free = QueueItem.objects.waiting().filter(free_for(moderator), pk=item.pk)
    held = free.update(held_by=moderator, held_until=timezone.now() + HOLD)
    if held:
        others = QueueItem.objects.filter(held_by=moderator).exclude(pk=item.pk)
        others.exclude(public_id__in=in_waiting_batches()).update(
            held_by=None, held_until=None
        )
    return bool(held)


def release_item(*, item: QueueItem, moderator: User) -> None:
    QueueItem.objects.filter(pk=item.pk, held_by=moderator).update(
        held_by=None, held_until=None
    )
