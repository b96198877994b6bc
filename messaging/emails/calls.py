"""That times were proposed, agreed to, declined or called off, and that it begins in an hour; never where, never with whom."""

from collections.abc import Iterable

from django.utils import timezone

from messaging.emails.links import about_conversation, thread_of
from messaging.emails.messages import unwanted_acceptance
from messaging.models import CallProposal, Conversation, Participant
from messaging.times import WallTime, time_zone_of
from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import queue_email

State = CallProposal.State


def unwanted_proposal(mail: OutgoingEmail) -> str | None:
    return _moved_on(mail, State.PROPOSED) or unwanted_acceptance(mail)


def unwanted_agreement(mail: OutgoingEmail) -> str | None:
    return _moved_on(mail, State.ACCEPTED) or _begun(mail) or unwanted_acceptance(mail)


def unwanted_declination(mail: OutgoingEmail) -> str | None:
    return _moved_on(mail, State.DECLINED) or unwanted_acceptance(mail)


def unwanted_cancellation(mail: OutgoingEmail) -> str | None:
    """That a call is off matters to who waits for it, even where the conversation is over."""
    if mail.recipient is None:
        return "the recipient takes no part in it"
    me = Participant.objects.filter(
        user_id=mail.recipient.pk,
        conversation__public_id=mail.about.get("conversation"),
    ).first()
    if me is None or me.left_at:
        return "the recipient takes no part in it"
    if me.muted:
        return "the recipient muted it"
    return _moved_on(mail, State.CANCELLED) or _begun(mail)


def _call_of(mail: OutgoingEmail) -> CallProposal | None:
    return CallProposal.objects.filter(public_id=mail.about.get("call")).first()


def _moved_on(mail: OutgoingEmail, state: str) -> str | None:
    call = _call_of(mail)
    if call is None or call.state != state:
        return "the call was answered or changed since"
    return None


def _begun(mail: OutgoingEmail) -> str | None:
    call = _call_of(mail)
    if call is None or call.starts_at is None or call.starts_at <= timezone.now():
        return "its time has come"
    return None


kinds.register(
    "call_proposed",
    label="Times for a call or a meeting are proposed to you",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_proposal,
    why="You get this e-mail because you take part in a private conversation.",
)
kinds.register(
    "call_accepted",
    label="A time that you proposed is agreed to",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_agreement,
    why="You get this e-mail because you proposed times for a call or a meeting.",
)
kinds.register(
    "call_declined",
    label="The times that you proposed are declined",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_declination,
    why="You get this e-mail because you proposed times for a call or a meeting.",
)
kinds.register(
    "call_cancelled",
    label="A call or a meeting of yours is called off",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_cancellation,
    why="You get this e-mail because you had agreed to a call or a meeting.",
)
kinds.register(
    "call_reminder",
    label="A call or a meeting of yours begins in an hour",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_agreement,
    why="You get this e-mail because you have agreed to a call or a meeting.",
)


def call_proposed(call: CallProposal, seen: Conversation) -> None:
    _tell("call_proposed", call, seen, seen.other)


def call_accepted(call: CallProposal, seen: Conversation) -> None:
    _tell("call_accepted", call, seen, seen.other)


def call_declined(call: CallProposal, seen: Conversation) -> None:
    _tell("call_declined", call, seen, seen.other)


def call_cancelled(call: CallProposal, sides: Iterable[Participant]) -> None:
    for side in sides:
        _tell("call_cancelled", call, call.conversation, side)


def call_reminder(call: CallProposal) -> None:
    for side in call.conversation.participants.select_related("user"):
        _tell("call_reminder", call, call.conversation, side)


def _tell(
    kind: str, call: CallProposal, conversation: Conversation, side: Participant
) -> None:
    if side.user is None:
        return
    time_zone = time_zone_of(side.user)
    context = {
        "starts": WallTime(call.starts_at, time_zone) if call.starts_at else None,
        "minutes": call.minutes,
    }
    queue_email(
        kind=kind,
        dedupe_key=f"{kind}:{call.public_id}:{side.role}",
        recipient=side.user,
        about={
            "conversation": str(conversation.public_id),
            "call": str(call.public_id),
        },
        context=about_conversation(conversation) | context,
        thread=thread_of(conversation),
    )
