"""What members are told by e-mail about their conversations: that something is there; never what, never from whom."""

from collections.abc import Mapping

from django.utils.formats import date_format

from accounts.models import User
from messaging.models import Conversation, Message, MessageReport
from messaging.permissions import is_blocked, is_representative
from moderation.models import Decision, DecisionRecord, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered, render_email
from notifications.services import queue_email

State = Conversation.State


# --- Asked again just before sending --------------------------------------------------------


def unwanted_request(mail: OutgoingEmail) -> str | None:
    conversation = _seen_by_recipient(mail)
    if conversation is not None and conversation.state != State.REQUESTED:
        return "the request was answered or closed"
    return _unwanted(conversation) or _read(conversation)


def unwanted_message(mail: OutgoingEmail) -> str | None:
    conversation = _seen_by_recipient(mail)
    return _unwanted(conversation) or _read(conversation)


def unwanted_acceptance(mail: OutgoingEmail) -> str | None:
    return _unwanted(_seen_by_recipient(mail))


def _seen_by_recipient(mail: OutgoingEmail) -> Conversation | None:
    if mail.recipient is None:
        return None
    return (
        Conversation.objects.for_user(mail.recipient)
        .filter(public_id=mail.about.get("conversation"))
        .first()
    )


def _unwanted(conversation: Conversation | None) -> str | None:
    if conversation is None:
        return "the recipient takes no part in it"
    me, other = conversation.me, conversation.other
    if conversation.state not in Conversation.LIVE or me.left_at:
        return "the conversation is closed"
    if me.muted:
        return "the recipient muted it"
    if me.user is None or other.user is None or is_blocked(me.user, other.user):
        return "the two don't reach each other any more"
    if is_representative(me.user) or is_representative(other.user):
        return "a vendor representative takes part"
    return None


def _read(conversation: Conversation | None) -> str | None:
    if conversation is not None and conversation.me.unread_count == 0:
        return "it was read already"
    return None


kinds.register(
    "message_request",
    label="Somebody asks you about a review of yours",
    transactional=False,
    still_wanted=unwanted_request,
    why="You get this e-mail because members may ask you about your reviews.",
)
kinds.register(
    "message_new",
    label="A new message in one of your conversations",
    transactional=False,
    still_wanted=unwanted_message,
    why="You get this e-mail because you take part in a private conversation.",
)
kinds.register(
    "message_accepted",
    label="A reviewer accepts your question",
    transactional=False,
    still_wanted=unwanted_acceptance,
    why="You get this e-mail because you asked a reviewer.",
)
kinds.register(
    "message_report_decided", label="A report of yours is decided", transactional=True
)
kinds.register(
    "message_restricted", label="A decision about what you wrote", transactional=True
)


# --- One function per e-mail ----------------------------------------------------------------


def message_request(message: Message, reviewer: User | None) -> None:
    _tell("message_request", message.conversation, reviewer, message.public_id)


def message_new(message: Message, recipient: User | None) -> None:
    _tell("message_new", message.conversation, recipient, message.public_id)


def message_accepted(conversation: Conversation, buyer: User | None) -> None:
    _tell("message_accepted", conversation, buyer, conversation.public_id)


def message_report_decided(report: MessageReport, decision: Decision) -> None:
    _tell_decision(
        "message_report_decided",
        report,
        decision,
        report.reporter,
        {"decision": decision},
    )


def message_restricted(report: MessageReport, decision: Decision) -> None:
    _tell_decision(
        "message_restricted",
        report,
        decision,
        report.message.sender,
        _reasons(report, decision),
    )


def preview_restriction(
    report: MessageReport, reason_code: ReasonCode, statement: str
) -> Rendered:
    """The e-mail that the sender would get, for the moderator to read before deciding."""
    decision = Decision(action=Decision.Action.UPHOLD_REPORT, reason_code=reason_code)
    decision.record = DecisionRecord(statement=statement)
    context = _context(report.message.conversation) | _reasons(report, decision)
    kind = "message_restricted"
    return render_email(kinds.get(kind), f"emails/{kind}", context, "")


def _reasons(report: MessageReport, decision: Decision) -> dict[str, object]:
    return statement_of_reasons(
        decision,
        restricted=f"your message of {date_format(report.message.created_at, 'j F Y')}",
        effect="The conversation is closed: neither of you can write in it.",
    )


def _tell(
    kind: str, conversation: Conversation, recipient: User | None, because_of: object
) -> None:
    if recipient is None:
        return
    queue_email(
        kind=kind,
        dedupe_key=f"{kind}:{because_of}",
        recipient=recipient,
        about={"conversation": str(conversation.public_id)},
        context=_context(conversation),
    )


def _tell_decision(
    kind: str,
    report: MessageReport,
    decision: Decision,
    recipient: User | None,
    context: Mapping[str, object],
) -> None:
    if recipient is None:
        return
    queue_email(
        kind=kind,
        # An appeal may decide the report anew.
        dedupe_key=f"{kind}:{report.public_id}:{decision.public_id}",
        recipient=recipient,
        about={"report": str(report.public_id)},
        context=_context(report.message.conversation) | dict(context),
    )


def _context(conversation: Conversation) -> dict[str, object]:
    return {
        "product_name": conversation.review.product.name,
        "conversation_url": absolute(conversation.get_absolute_url()),
    }
