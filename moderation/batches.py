"""Carrying out what was decided for several items at once."""

import datetime
import logging
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone

from moderation import desk as desks
from moderation.deciding import decide, first_verb
from moderation.desk import Choice
from moderation.errors import Conflict, NotPossible
from moderation.models import DecisionBatch, QueueItem, ReasonCode
from moderation.queue import target_of

logger = logging.getLogger(__name__)

APPROVE, REFUSE = "approve", "refuse"

DECIDED, CONFLICT, NOT_POSSIBLE = "decided", "conflict", "not_possible"
FAILED = (
    "It failed through a fault of the site; nothing was decided. Open it by itself."
)


def due_batches() -> list[int]:
    waiting = DecisionBatch.objects.filter(
        status=DecisionBatch.Status.WAITING, apply_at__lte=timezone.now()
    )
    return list(waiting.order_by("apply_at").values_list("pk", flat=True))


def apply(batch_id: int) -> None:
    """Item by item, each with its result in one transaction: stopped halfway, it goes on where it was.

    Does nothing before its time, nor after it was undone; may be called twice at once.
    """
    while _apply_next(batch_id):
        pass


@transaction.atomic
def _apply_next(batch_id: int) -> bool:
    batch = DecisionBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None or batch.status != DecisionBatch.Status.WAITING:
        return False
    if batch.apply_at > timezone.now():
        return False
    left = [item for item in batch.items if item not in batch.results]
    if not left:
        batch.status = DecisionBatch.Status.APPLIED
        batch.save(update_fields=["status"])
        return False
    batch.results[left[0]] = _outcome(batch, UUID(left[0]))
    batch.save(update_fields=["results"])
    return True


def _outcome(batch: DecisionBatch, item_id: UUID) -> dict[str, Any]:
    """{came_of, why}: what came of one item."""
    try:
        with transaction.atomic():
            decision = _decide(batch, item_id)
    except Conflict:
        return {"came_of": CONFLICT, "why": "Decided, changed or held by others since."}
    except NotPossible as problem:
        return {"came_of": NOT_POSSIBLE, "why": str(problem)}
    except OperationalError:
        # Of the database, not of the item: the sweep tries again.
        raise
    except Exception:
        # Raised, it would keep back the rest of this batch and all other batches, every few seconds anew.
        logger.exception("Item %s of batch %s failed", item_id, batch.public_id)
        return {"came_of": NOT_POSSIBLE, "why": FAILED}
    return {"came_of": DECIDED, "why": decision.get_action_display()}


def _decide(batch: DecisionBatch, item_id: UUID) -> Any:
    item = QueueItem.objects.waiting().filter(public_id=item_id).first()
    if item is None:
        raise Conflict
    desk = desks.get(item.kind)
    target = target_of(desk, item.target_public_id)
    if target is None:
        raise Conflict
    if not desk.allows_bulk:
        raise NotPossible(f"{desk.plural} are decided one by one.")
    verb = first_verb(desk, target, is_refusal=batch.verb == REFUSE)
    if verb is None:
        raise NotPossible("It can’t be decided so.")
    return decide(desk, target, _choice(batch, item, desk, target, verb.name), item)


def _choice(
    batch: DecisionBatch, item: QueueItem, desk: desks.Desk, target: Any, verb: str
) -> Choice:
    seen = batch.items[str(item.public_id)]
    if batch.verb == APPROVE:
        words = next(each.words for each in desk.verbs(target) if each.name == verb)
        return Choice(verb, batch.moderator, statement=words, seen_version=seen)
    code = ReasonCode(batch.reason_code)
    words = batch.statement or desk.grounds(target).get(code, "")
    return Choice(verb, batch.moderator, code, words, seen)


def time_left(batch: DecisionBatch) -> datetime.timedelta:
    return max(batch.apply_at - timezone.now(), datetime.timedelta())
