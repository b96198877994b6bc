from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from messaging import emails
from messaging.models import Conversation, Message, MessageReport
from messaging.permissions import (
    REPORT_KIND,
    can_report,
    is_blocked,
    is_representative,
    may_read_reported,
)
from messaging.services.leaving import ENDABLE, end
from messaging.services.locks import lock_members
from messaging.services.suspensions import lift_suspension, suspend_messaging
from messaging.suspensions import ends_at
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import Conflict, close_item, open_item, record_decision
from reviews.models import Review

State = Conversation.State

# How much of a thread a report opens to a moderator: the message itself and what led to it.
MESSAGES_BEFORE_A_REPORTED_ONE = 3

GROUND_BY_REASON: dict[str, ReasonCode] = {
    MessageReport.Reason.SPAM: ReasonCode.ADVERTISING,
    MessageReport.Reason.ABUSE: ReasonCode.ABUSIVE,
    MessageReport.Reason.PRIVATE_DATA: ReasonCode.PRIVATE_DATA,
    MessageReport.Reason.FAKE: ReasonCode.CONFLICT,
    MessageReport.Reason.OTHER: ReasonCode.NO_VIOLATION,
}


@transaction.atomic
def report_message(
    *, message: Message, reporter: User, reason: str, details: str
) -> MessageReport:
    """Raises MessageReport.DoesNotExist for who may not report it. A second report by the same member is the first."""
    seen = Conversation.objects.for_user(reporter).get(pk=message.conversation_id)
    if not can_report(seen, message):
        raise MessageReport.DoesNotExist
    report, is_new = MessageReport.objects.get_or_create(
        message=message,
        reporter=reporter,
        defaults={"reason": reason, "details": details},
    )
    if is_new:
        open_item(kind=REPORT_KIND, target_public_id=report.public_id)
    return report


@transaction.atomic
def read_reported_message(*, report: MessageReport, moderator: User) -> None:
    """Logs that this moderator reads the reported message and what led to it, and marks these for both sides.

    Raises MessageReport.DoesNotExist for who may not, and once the report is decided.
    """
    open_report = MessageReport.objects.select_for_update().get(pk=report.pk)
    if not may_read_reported(moderator, open_report):
        raise MessageReport.DoesNotExist
    _log(
        open_report,
        moderator,
        Decision.Action.READ_MESSAGE,
        GROUND_BY_REASON[open_report.reason],
        "Read after a report.",
    )
    unseen = reported_messages(open_report).filter(seen_by_moderation_at=None)
    Message.objects.filter(pk__in=list(unseen.values_list("pk", flat=True))).update(
        seen_by_moderation_at=timezone.now()
    )


@transaction.atomic
def uphold_report(
    *,
    report: MessageReport,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    suspension: str = "",
) -> Decision:
    """Closes the conversation and tells both sides why. Raises Conflict.

    `suspension`: a messaging.suspensions.Length, for who wrote the message.
    """
    _lock(report)
    _resolve(report, MessageReport.Status.UPHELD)
    reported = Conversation.objects.filter(pk=report.message.conversation_id)
    end(reported.filter(state__in=ENDABLE), State.CLOSED)
    action = Decision.Action.UPHOLD_REPORT
    close_item(kind=REPORT_KIND, target_public_id=report.public_id, outcome=action)
    decision = _log(report, moderator, action, reason_code, statement)
    emails.message_report_decided(report, decision)
    emails.message_restricted(report, decision)
    if suspension:
        _suspend_sender(report, moderator, reason_code, statement, suspension)
    return decision


@transaction.atomic
def dismiss_report(
    *, report: MessageReport, moderator: User, statement: str
) -> Decision:
    """Tells who reported it. Raises Conflict."""
    _resolve(report, MessageReport.Status.DISMISSED)
    action = Decision.Action.DISMISS_REPORT
    close_item(kind=REPORT_KIND, target_public_id=report.public_id, outcome=action)
    decision = _log(report, moderator, action, ReasonCode.NO_VIOLATION, statement)
    emails.message_report_decided(report, decision)
    return decision


@transaction.atomic
def overturn_report(
    *, report: MessageReport, moderator: User, statement: str
) -> Decision:
    """Takes back that it was upheld, for an appeal. Raises Conflict.

    The two can write again, unless one of them left or blocked since or another report stands.
    """
    _lock(report)
    Status = MessageReport.Status
    upheld = MessageReport.objects.filter(pk=report.pk, status=Status.UPHELD)
    upheld_at = upheld.values_list("resolved_at", flat=True).first()
    if upheld_at is None:
        raise Conflict
    upheld.update(status=Status.DISMISSED, resolved_at=timezone.now())
    _reopen(report.message.conversation, upheld_at)
    _lift_suspensions(report, moderator, statement)
    decision = _log(
        report,
        moderator,
        Decision.Action.DISMISS_REPORT,
        ReasonCode.NO_VIOLATION,
        statement or STATEMENTS[ReasonCode.NO_VIOLATION],
    )
    emails.message_report_decided(report, decision)
    return decision


@transaction.atomic
def overturn_suspension(
    *, report: MessageReport, suspended: Decision, moderator: User, statement: str
) -> Decision:
    """Gives back the right to write, for an appeal; that the report was upheld stands. Raises Conflict."""
    if not lift_suspension(decision=suspended):
        raise Conflict
    return _log_lifted(report, moderator, statement)


def reported_messages(report: MessageReport) -> QuerySet[Message]:
    """The reported message and what stands just before it: all that a moderator may read."""
    upto = Message.objects.filter(
        conversation=report.message.conversation_id, id__lte=report.message_id
    )
    ids = upto.newest_first().values("pk")[: MESSAGES_BEFORE_A_REPORTED_ONE + 1]
    return Message.objects.filter(pk__in=ids).order_by("pk")


def _lock(report: MessageReport) -> None:
    """In the order of messaging.services.locks: then nobody writes, or is deleted, meanwhile."""
    conversation = Conversation.objects.filter(pk=report.message.conversation_id)
    lock_members(conversation.values_list("participants__user", flat=True))
    if not conversation.select_for_update(no_key=True).first():
        raise Conflict


def _suspend_sender(
    report: MessageReport,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    length: str,
) -> None:
    sender = report.message.sender
    if sender is None:
        return
    action = Decision.Action.SUSPEND_MESSAGING
    decision = _log(report, moderator, action, reason_code, statement)
    suspension = suspend_messaging(
        user=sender, until=ends_at(length), decision=decision
    )
    emails.message_suspended(report, decision, suspension)


def _lift_suspensions(report: MessageReport, moderator: User, statement: str) -> None:
    imposed = Decision.objects.filter(
        target_kind=REPORT_KIND,
        target_public_id=report.public_id,
        action=Decision.Action.SUSPEND_MESSAGING,
    )
    for decision in imposed:
        if lift_suspension(decision=decision):
            _log_lifted(report, moderator, statement)


def _log_lifted(report: MessageReport, moderator: User, statement: str) -> Decision:
    return _log(
        report,
        moderator,
        Decision.Action.LIFT_SUSPENSION,
        ReasonCode.NO_VIOLATION,
        statement or STATEMENTS[ReasonCode.NO_VIOLATION],
    )


def _reopen(conversation: Conversation, upheld_at: datetime) -> None:
    """Only what the report had closed."""
    sides = list(conversation.participants.select_related("user"))
    users = [side.user for side in sides if side.user and side.left_at is None]
    others = MessageReport.objects.filter(
        message__conversation=conversation, status=MessageReport.Status.UPHELD
    )
    if len(users) < 2 or is_blocked(*users) or others.exists():
        return
    # What would have closed it since, had it not been closed already.
    if any(is_representative(user) for user in users):
        return
    withdrawn = Review.objects.filter(status=Review.Status.WITHDRAWN)
    closed = Conversation.objects.filter(
        pk=conversation.pk, state=State.CLOSED, ended_at__gte=upheld_at
    ).exclude(review__in=withdrawn)
    closed.filter(accepted_at=None).update(state=State.REQUESTED, ended_at=None)
    closed.update(state=State.OPEN, ended_at=None)


def _resolve(report: MessageReport, status: MessageReport.Status) -> None:
    still_open = MessageReport.objects.filter(
        pk=report.pk, status=MessageReport.Status.OPEN
    )
    if not still_open.update(status=status, resolved_at=timezone.now()):
        raise Conflict


def _log(
    report: MessageReport,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=REPORT_KIND,
        target_public_id=report.public_id,
        reason_code=reason_code,
        statement=statement,
    )
