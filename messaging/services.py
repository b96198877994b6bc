import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from accounts.models import Profile, User
from accounts.personas import persona
from messaging import emails
from messaging.aliases import two_aliases
from messaging.models import Block, Conversation, Message, MessageReport, Participant
from messaging.permissions import (
    REPORT_KIND,
    Refusal,
    can_accept,
    can_message,
    can_report,
    can_write,
    is_blocked,
    may_read_reported,
)
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import Conflict, close_item, open_item, record_decision
from reviews.coarsening import public_facets
from reviews.models import Review

State = Conversation.State
Role = Participant.Role

# How much of a thread a report opens to a moderator: the message itself and what led to it.
MESSAGES_BEFORE_A_REPORTED_ONE = 3

GROUND_BY_REASON: dict[str, ReasonCode] = {
    MessageReport.Reason.SPAM: ReasonCode.ADVERTISING,
    MessageReport.Reason.ABUSE: ReasonCode.ABUSIVE,
    MessageReport.Reason.PRIVATE_DATA: ReasonCode.PRIVATE_DATA,
    MessageReport.Reason.FAKE: ReasonCode.CONFLICT,
    MessageReport.Reason.OTHER: ReasonCode.NO_VIOLATION,
}
REFUSAL_BY_CONSTRAINT = {
    "no_representative_in_conversation": Refusal.REPRESENTATIVE,
    "one_conversation_per_review_and_buyer": Refusal.ALREADY_ASKED,
}


class MessageRefused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.label)
        self.refusal = refusal


class ClientKeyReused(Exception):
    """Under this client_key another text was sent, or to somebody else."""


# --- Asking and answering -------------------------------------------------------------------


@transaction.atomic
def start_conversation(
    *, buyer: User, review: Review, body: str, client_key: uuid.UUID
) -> Conversation:
    """Asks the review's author; raises MessageRefused or ClientKeyReused. A repeated call asks once."""
    lock_members([buyer.pk, review.author_id])
    sent = _sent_before(buyer, client_key, body)
    if sent is not None:
        if sent.conversation.review_id != review.pk:
            raise ClientKeyReused
        return sent.conversation
    review = Review.objects.select_related("author", "product").get(pk=review.pk)
    _refuse(can_message(buyer, review))
    try:
        with transaction.atomic():
            conversation = _create_conversation(buyer, review)
            message = _add_message(conversation, buyer, Role.BUYER, body, client_key)
    except IntegrityError as error:
        raise MessageRefused(_refusal_of(error)) from error
    emails.message_request(message, review.author)
    return conversation


@transaction.atomic
def send_message(
    *, conversation: Conversation, sender: User, body: str, client_key: uuid.UUID
) -> Message:
    """Raises MessageRefused or ClientKeyReused. A repeated call sends once. A reviewer's answer accepts the request."""
    seen = _locked(conversation, sender)
    sent = _sent_before(sender, client_key, body)
    if sent is not None:
        if sent.conversation_id != seen.pk:
            raise ClientKeyReused
        return sent
    _refuse(can_write(seen))
    _open(seen)
    try:
        with transaction.atomic():
            message = _add_message(seen, sender, seen.me.role, body, client_key)
    except IntegrityError as error:
        raise MessageRefused(_refusal_of(error)) from error
    # One e-mail until the recipient has read what is there.
    if seen.other.unread_count == 0:
        emails.message_new(message, seen.other.user)
    return message


@transaction.atomic
def accept_request(*, conversation: Conversation, reviewer: User) -> None:
    seen = _locked(conversation, reviewer)
    _refuse(can_accept(seen) or can_write(seen))
    _open(seen)
    emails.message_accepted(seen, seen.other.user)


@transaction.atomic
def decline_request(*, conversation: Conversation, reviewer: User) -> None:
    seen = _locked(conversation, reviewer)
    _refuse(can_accept(seen))
    Conversation.objects.filter(pk=seen.pk).update(state=State.DECLINED)


# --- Getting out of it ----------------------------------------------------------------------


@transaction.atomic
def leave_conversation(*, conversation: Conversation, member: User) -> None:
    """Closes it for both; a request that its sender leaves is withdrawn."""
    seen = _locked(conversation, member)
    Participant.objects.filter(pk=seen.me.pk, left_at=None).update(
        left_at=timezone.now(), unread_count=0
    )
    Conversation.objects.filter(
        pk=seen.pk, state__in=(*Conversation.LIVE, State.BLOCKED)
    ).update(state=State.CLOSED)


@transaction.atomic
def close_conversations(*, member: User) -> None:
    """All that they take part in, for both sides, requests as well."""
    theirs = Conversation.objects.filter(participants__user=member)
    # Whoever starts one with them waits here, or is seen.
    lock_members([member.pk])
    Conversation.objects.filter(
        pk__in=theirs.values("pk"), state__in=(*Conversation.LIVE, State.BLOCKED)
    ).update(state=State.CLOSED)


@transaction.atomic
def block_member(*, blocker: User, conversation: Conversation) -> None:
    """Nobody of the two reaches the other again, here or by any other review."""
    seen = _locked(conversation, blocker)
    if seen.other.user is not None:
        Block.objects.get_or_create(blocker=blocker, blocked=seen.other.user)
    Conversation.objects.filter(pk=seen.pk, state__in=Conversation.LIVE).update(
        state=State.BLOCKED
    )


@transaction.atomic
def unblock_member(*, blocker: User, conversation: Conversation) -> None:
    """Takes one's own block back; where the other side blocked too, nothing opens."""
    seen = _locked(conversation, blocker)
    other = seen.other.user
    if other is None:
        return
    Block.objects.filter(blocker=blocker, blocked=other).delete()
    if Block.objects.filter(blocker=other, blocked=blocker).exists():
        return
    between = _between(blocker, other).filter(state=State.BLOCKED)
    unanswered = between.filter(accepted_at=None)
    unanswered.exclude(messages__sender_role=Role.REVIEWER).update(
        state=State.REQUESTED
    )
    between.update(state=State.OPEN)


def set_muted(*, conversation: Conversation, member: User, muted: bool) -> None:
    """Whether new messages of this conversation cause e-mails."""
    Participant.objects.filter(conversation=conversation, user=member).update(
        muted=muted
    )


@transaction.atomic
def mark_read(*, conversation: Conversation, member: User, up_to: Message) -> int:
    """What came after `up_to` stays unread; returns how many that is."""
    seen = _locked_alone(conversation, member)
    later = seen.messages.later_than(up_to).exclude(sender_role=seen.me.role).count()
    Participant.objects.filter(pk=seen.me.pk).update(
        # An old tab, open at an earlier message, must not bring back what was read since.
        unread_count=Least(F("unread_count"), later),
        last_read_at=timezone.now(),
    )
    return min(later, seen.me.unread_count)


# --- Reports --------------------------------------------------------------------------------


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
    *, report: MessageReport, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """Closes the conversation and tells both sides why. Raises Conflict."""
    _resolve(report, MessageReport.Status.UPHELD)
    Conversation.objects.filter(pk=report.message.conversation_id).exclude(
        state=State.DECLINED
    ).update(state=State.CLOSED)
    action = Decision.Action.UPHOLD_REPORT
    close_item(kind=REPORT_KIND, target_public_id=report.public_id, outcome=action)
    decision = _log(report, moderator, action, reason_code, statement)
    emails.message_report_decided(report, decision)
    emails.message_restricted(report, decision)
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
    Status = MessageReport.Status
    upheld = MessageReport.objects.filter(pk=report.pk, status=Status.UPHELD)
    if not upheld.update(status=Status.DISMISSED, resolved_at=timezone.now()):
        raise Conflict
    _reopen(report.message.conversation)
    decision = _log(
        report,
        moderator,
        Decision.Action.DISMISS_REPORT,
        ReasonCode.NO_VIOLATION,
        statement or STATEMENTS[ReasonCode.NO_VIOLATION],
    )
    emails.message_report_decided(report, decision)
    return decision


def reported_messages(report: MessageReport) -> QuerySet[Message]:
    """The reported message and what stands just before it: all that a moderator may read."""
    upto = Message.objects.filter(
        conversation=report.message.conversation_id, id__lte=report.message_id
    )
    ids = upto.newest_first().values("pk")[: MESSAGES_BEFORE_A_REPORTED_ONE + 1]
    return Message.objects.filter(pk__in=ids).order_by("pk")


def _reopen(conversation: Conversation) -> None:
    sides = list(conversation.participants.select_related("user"))
    users = [side.user for side in sides if side.user and side.left_at is None]
    others = MessageReport.objects.filter(
        message__conversation=conversation, status=MessageReport.Status.UPHELD
    )
    if len(users) < 2 or is_blocked(*users) or others.exists():
        return
    closed = Conversation.objects.filter(pk=conversation.pk, state=State.CLOSED)
    closed.filter(accepted_at=None).update(state=State.REQUESTED)
    closed.update(state=State.OPEN)


# --- The work behind ------------------------------------------------------------------------


def lock_members(user_ids: Iterable[int | None]) -> None:
    """Whoever changes what holds between two members waits here: quotas and blocks are exact.

    In the order of the keys, so that two who write to each other don't wait for one another.
    """
    ids = sorted({pk for pk in user_ids if pk is not None})
    profiles = Profile.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(profiles.order_by("pk").values_list("pk"))


def _locked(conversation: Conversation, member: User) -> Conversation:
    """The conversation as it is now and as this member sees it; raises Conversation.DoesNotExist if it isn't theirs."""
    lock_members(conversation.participants.values_list("user", flat=True))
    return _locked_alone(conversation, member)


def _locked_alone(conversation: Conversation, member: User) -> Conversation:
    Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    return Conversation.objects.for_user(member).get(pk=conversation.pk)


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


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise MessageRefused(refusal)


def _refusal_of(error: IntegrityError) -> Refusal:
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    if constraint not in REFUSAL_BY_CONSTRAINT:
        raise error
    return REFUSAL_BY_CONSTRAINT[constraint]


def _sent_before(sender: User, client_key: uuid.UUID, body: str) -> Message | None:
    sent = (
        Message.objects.filter(sender=sender, client_key=client_key)
        .select_related("conversation")
        .first()
    )
    if sent is not None and sent.body != body:
        raise ClientKeyReused
    return sent


def _create_conversation(buyer: User, review: Review) -> Conversation:
    conversation = Conversation.objects.create(review=review, buyer=buyer)
    for_buyer, for_reviewer = two_aliases()
    Participant.objects.bulk_create(
        [
            Participant(
                conversation=conversation,
                user=buyer,
                role=Role.BUYER,
                alias=for_buyer,
                persona=buyer_persona(buyer),
            ),
            Participant(
                conversation=conversation,
                user_id=review.author_id,
                role=Role.REVIEWER,
                alias=for_reviewer,
                persona=reviewer_persona(review),
            ),
        ]
    )
    return conversation


def buyer_persona(buyer: User) -> str:
    facets = buyer.profile
    return persona(
        facets.job_function, facets.seniority, facets.company_size, facets.industry
    )


def reviewer_persona(review: Review) -> str:
    return persona(**public_facets(review) | {"country": ""})


def _add_message(
    conversation: Conversation,
    sender: User,
    role: str,
    body: str,
    client_key: uuid.UUID,
) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        sender=sender,
        sender_role=role,
        body=body,
        client_key=client_key,
    )
    sides = Participant.objects.filter(conversation=conversation)
    sides.exclude(role=role).update(unread_count=F("unread_count") + 1)
    Conversation.objects.filter(pk=conversation.pk).update(
        last_message_at=message.created_at
    )
    return message


def _open(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk, state=State.REQUESTED).update(
        state=State.OPEN, accepted_at=timezone.now()
    )


def _between(one: User, another: User) -> QuerySet[Conversation]:
    return Conversation.objects.filter(participants__user=one).filter(
        participants__user=another
    )
