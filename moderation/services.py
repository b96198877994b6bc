import datetime
import hashlib
import json
import secrets
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from moderation.deadlines import after_working_days
from moderation.models import Decision, DecisionRecord, QueueItem, ReasonCode

FIRST_PREVIOUS_HASH = "0" * 64
# Any number does, as long as nothing else in this database locks it.
_CHAIN_LOCK = 6_801_347

# The one deadline that the site promises, for every rating the same.
WORKING_DAYS_TO_DECIDE = 3
# A moderator who opened an item has it to themselves for this long.
HOLD = datetime.timedelta(minutes=10)


class Conflict(Exception):
    """Somebody else was faster: nothing changed, nobody was told."""


class NotPossible(Exception):
    """What was asked for can't be done; its text says why, to whoever asked."""


# --- The log --------------------------------------------------------------------------------


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _canonical(line: dict[str, str | bool]) -> str:
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def commitment(
    *, salt: str, moderator_public_id: UUID, statement: str, content_hash: str
) -> str:
    """SHA-256 in hex over the record as canonical JSON (docs/moderation-log.md)."""
    return _sha256(
        _canonical(
            {
                "content_hash": content_hash,
                "moderator": str(moderator_public_id),
                "salt": salt,
                "statement": statement,
            }
        )
    )


def entry_hash(decision: Decision) -> str:
    """SHA-256 in hex over the previous line's hash and this line as canonical JSON (docs/moderation-log.md)."""
    line: dict[str, str | bool] = {
        "action": str(decision.action),
        "commitment": decision.commitment,
        "created_at": decision.created_at.isoformat(timespec="microseconds"),
        "is_automated": decision.is_automated,
        "public_id": str(decision.public_id),
        "reason_code": str(decision.reason_code),
        "target_kind": decision.target_kind,
        "target_public_id": str(decision.target_public_id),
    }
    return _sha256(decision.previous_hash + _canonical(line))


def _last_hash() -> str:
    last = Decision.objects.order_by("-id").values_list("hash", flat=True).first()
    return last or FIRST_PREVIOUS_HASH


@transaction.atomic
def record_decision(
    *,
    moderator: User,
    action: Decision.Action,
    target_kind: str,
    target_public_id: UUID,
    reason_code: ReasonCode,
    statement: str,
    content: str = "",
) -> Decision:
    """Appends to the log in the caller's transaction; other decisions wait until that one ends.

    `content` is the text that was decided on, as it stood; only its salted hash is kept.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    salt = secrets.token_hex(32)
    content_hash = _sha256(salt + content) if content else ""
    decision = Decision(
        public_id=uuid4(),
        action=action,
        target_kind=target_kind,
        target_public_id=target_public_id,
        reason_code=reason_code,
        created_at=timezone.now(),
        previous_hash=_last_hash(),
        commitment=commitment(
            salt=salt,
            moderator_public_id=moderator.public_id,
            statement=statement,
            content_hash=content_hash,
        ),
    )
    decision.hash = entry_hash(decision)
    decision.save(force_insert=True)
    decision.record = DecisionRecord.objects.create(
        decision=decision,
        moderator=moderator,
        statement=statement,
        content_hash=content_hash,
        salt=salt,
    )
    return decision


# --- The queue ------------------------------------------------------------------------------


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


def hold_item(*, item: QueueItem, moderator: User) -> bool:
    """For ten minutes nobody else is given it. False: somebody else holds it, or it was decided."""
    now = timezone.now()
    free = QueueItem.objects.waiting().exclude(
        pk__in=QueueItem.objects.held_by_others(moderator)
    )
    held = free.filter(pk=item.pk).update(held_by=moderator, held_until=now + HOLD)
    return bool(held)


def release_item(*, item: QueueItem, moderator: User) -> None:
    QueueItem.objects.filter(pk=item.pk, held_by=moderator).update(
        held_by=None, held_until=None
    )
