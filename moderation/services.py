import hashlib
import json
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision, ReasonCode

FIRST_PREVIOUS_HASH = "0" * 64
# Any number does, as long as nothing else in this database locks it.
_CHAIN_LOCK = 6_801_347


def entry_hash(decision: Decision, *, moderator_public_id: UUID) -> str:
    """SHA-256 in hex over the previous line's hash and this line as canonical JSON (docs/moderation-log.md)."""
    line = {
        "action": str(decision.action),
        "created_at": decision.created_at.isoformat(timespec="microseconds"),
        "moderator": str(moderator_public_id),
        "public_id": str(decision.public_id),
        "reason_code": str(decision.reason_code),
        "statement": decision.statement,
        "target_kind": decision.target_kind,
        "target_public_id": str(decision.target_public_id),
    }
    canonical = json.dumps(
        line, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(
        (decision.previous_hash + canonical).encode("utf-8")
    ).hexdigest()


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
) -> Decision:
    """Appends to the log in the caller's transaction; other decisions wait until that one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    decision = Decision(
        public_id=uuid4(),
        moderator=moderator,
        action=action,
        target_kind=target_kind,
        target_public_id=target_public_id,
        reason_code=reason_code,
        statement=statement,
        created_at=timezone.now(),
        previous_hash=_last_hash(),
    )
    decision.hash = entry_hash(decision, moderator_public_id=moderator.public_id)
    decision.save(force_insert=True)
    return decision
