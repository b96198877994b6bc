"""Several decisions at once, which their moderator can take back for a moment."""

import datetime
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from moderation.models import DecisionBatch, QueueItem
from moderation.queue import free_for
from moderation.tasks import apply_batch

# So long all of it can be undone. Nobody is told anything before.
UNDO_WITHIN = datetime.timedelta(seconds=20)
# A worker that is late finds the items still held.
HELD_AFTERWARDS = datetime.timedelta(minutes=5)
LARGEST_BATCH = 100


@transaction.atomic
def start_batch(
    *,
    moderator: User,
    verb: str,
    items: Mapping[UUID, int | None],
    reason_code: str = "",
    statement: str = "",
) -> DecisionBatch:
    """`items`: public ids of queue items to the version that was seen. Those of others stay with them."""
    now = timezone.now()
    batch = DecisionBatch.objects.create(
        moderator=moderator,
        verb=verb,
        reason_code=reason_code,
        statement=statement,
        items={str(public_id): version for public_id, version in items.items()},
        apply_at=now + UNDO_WITHIN,
    )
    waiting = QueueItem.objects.waiting().filter(public_id__in=items)
    waiting.filter(free_for(moderator)).update(
        held_by=moderator, held_until=batch.apply_at + HELD_AFTERWARDS
    )
    apply_batch.apply_async_on_commit(
        (batch.pk,), countdown=UNDO_WITHIN.total_seconds() + 0.5
    )
    return batch


@transaction.atomic
def undo_batch(*, batch: DecisionBatch, moderator: User) -> bool:
    """All of it or nothing; False once any of it was carried out."""
    undone = DecisionBatch.objects.filter(
        pk=batch.pk,
        moderator=moderator,
        status=DecisionBatch.Status.WAITING,
        results={},
    ).update(status=DecisionBatch.Status.UNDONE)
    if undone:
        QueueItem.objects.filter(
            public_id__in=list(batch.items), held_by=moderator
        ).update(held_by=None, held_until=None)
    return bool(undone)
