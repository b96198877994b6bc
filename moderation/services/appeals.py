from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from moderation import desk, emails
from moderation.errors import Conflict, NotPossible
from moderation.kinds import APPEAL
from moderation.models import Appeal, Decision, ReasonCode
from moderation.permissions import is_affected, may_decide_appeal
from moderation.reasons import STATEMENTS, is_appealable
from moderation.services.log import record_decision
from moderation.services.queue import close_item, open_item

NOT_YOURS = "This decision is not about something of yours."
TOO_LATE = "The six months in which this decision could be appealed are over."
ONCE = "You have appealed against this decision already."
ANOTHER_DECIDES = "An appeal is decided by somebody other than its author and the moderator who decided first."


@transaction.atomic
def submit_appeal(*, decision: Decision, author: User, text: str) -> Appeal:
    """It waits for another moderator; its author gets a receipt. Raises NotPossible."""
    if not is_affected(author, decision):
        raise NotPossible(NOT_YOURS)
    if not is_appealable(decision):
        raise NotPossible(TOO_LATE)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(decision=decision, author=author, text=text)
    except IntegrityError as error:
        raise NotPossible(ONCE) from error
    # The trigger filled in who decided first.
    appeal.refresh_from_db()
    item = open_item(
        kind=APPEAL, target_public_id=appeal.public_id, opened_at=appeal.created_at
    )
    emails.send_appeal_received(appeal, item.due_at)
    return appeal


@transaction.atomic
def grant_appeal(*, appeal: Appeal, moderator: User, statement: str = "") -> Decision:
    """Takes the decision back. Raises Conflict, or NotPossible with what stands against it."""
    _resolve(appeal, moderator, Appeal.Status.GRANTED)
    first = appeal.decision
    desk.get(first.target_kind).reverse(
        first, moderator=moderator, statement=statement.strip()
    )
    decision = _log(
        appeal,
        moderator,
        Decision.Action.GRANT_APPEAL,
        ReasonCode.NO_VIOLATION,
        statement.strip() or STATEMENTS[ReasonCode.NO_VIOLATION],
    )
    emails.send_appeal_decided(appeal, decision)
    return decision


@transaction.atomic
def dismiss_appeal(*, appeal: Appeal, moderator: User, statement: str) -> Decision:
    """The decision stands, on its own ground. Raises Conflict or NotPossible."""
    _resolve(appeal, moderator, Appeal.Status.DISMISSED)
    decision = _log(
        appeal,
        moderator,
        Decision.Action.DISMISS_APPEAL,
        ReasonCode(appeal.decision.reason_code),
        statement.strip(),
    )
    emails.send_appeal_decided(appeal, decision)
    return decision


def _resolve(appeal: Appeal, moderator: User, status: Appeal.Status) -> None:
    if not may_decide_appeal(moderator, appeal):
        raise NotPossible(ANOTHER_DECIDES)
    waiting = Appeal.objects.filter(pk=appeal.pk, status=Appeal.Status.OPEN)
    try:
        with transaction.atomic():
            moved = waiting.update(
                status=status, decided_by=moderator, decided_at=timezone.now()
            )
    except IntegrityError as error:
        raise NotPossible(ANOTHER_DECIDES) from error
    if not moved:
        raise Conflict
    appeal.refresh_from_db(fields=["status", "decided_by", "decided_at"])


def _log(
    appeal: Appeal,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    close_item(kind=APPEAL, target_public_id=appeal.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=APPEAL,
        target_public_id=appeal.public_id,
        reason_code=reason_code,
        statement=statement,
        content=appeal.text,
    )
