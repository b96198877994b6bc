"""The append-only log of decisions."""

import hashlib
import json
import secrets
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision, DecisionRecord, ReasonCode

FIRST_PREVIOUS_HASH = "0" * 64
# Any number does, as long as nothing else in this database locks it.
_CHAIN_LOCK = 6_801_347


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
