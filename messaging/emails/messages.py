from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from messaging.emails.links import about_conversation, thread_of
from messaging.models import Conversation, Message
from messaging.permissions import is_at_rest, is_blocked, is_representative
from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.permissions import wants
from notifications.services import (
    AT_ONCE,
    hasten_email,
    last_email_at,
    queue_email,
)

State = Conversation.State
# While messages stay unread and more come.
REMIND_AFTER = timedelta(days=1)


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
    if is_at_rest(conversation):
        return "nobody can write in it for now"
    return None


def _read(conversation: Conversation | None) -> str | None:
    if conversation is not None and conversation.me.unread_count == 0:
        return "it was read already"
    return None


kinds.register(
    "message_request",
    label="Somebody asks you about a review of yours",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_request,
    why="You get this e-mail because members may ask you about your reviews.",
)
MESSAGE_NEW = kinds.register(
    "message_new",
    label="New messages in your conversations",
    pace="Soon after one arrives; then once a day at most until you have read them",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_message,
    why="You get this e-mail because you take part in a private conversation.",
)
kinds.register(
    "message_accepted",
    label="A reviewer accepts your question",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_acceptance,
    why="You get this e-mail because you asked a reviewer.",
)


def message_request(message: Message, reviewer: User | None) -> None:
    _tell("message_request", message.conversation, reviewer, message.public_id)


def message_new(
    message: Message, recipient: User | None, *, unread_before: int
) -> None:
    """One e-mail for all that comes within a few minutes; a reminder a day while more comes and nothing is read."""
    if recipient is None or not wants(recipient.pk, MESSAGE_NEW):
        return
    conversation = message.conversation
    thread = thread_of(conversation)
    after = _wait(thread, recipient, unread_before)
    if not hasten_email(
        kind=MESSAGE_NEW.name, thread=thread, recipient=recipient, after=after
    ):
        _tell(MESSAGE_NEW.name, conversation, recipient, message.public_id, after)


def _wait(thread: str, recipient: User, unread_before: int) -> timedelta:
    burst = timedelta(seconds=settings.MESSAGE_EMAIL_SECONDS)
    last = last_email_at(thread=thread, recipient=recipient) if unread_before else None
    if last is None:
        return burst
    return max(burst, last + REMIND_AFTER - timezone.now())


def message_accepted(conversation: Conversation, buyer: User | None) -> None:
    _tell("message_accepted", conversation, buyer, conversation.public_id)


def _tell(
    kind: str,
    conversation: Conversation,
    recipient: User | None,
    because_of: object,
    after: timedelta = AT_ONCE,
) -> None:
    if recipient is None:
        return
    queue_email(
        kind=kind,
        dedupe_key=f"{kind}:{because_of}",
        recipient=recipient,
        about={"conversation": str(conversation.public_id)},
        context=about_conversation(conversation),
        thread=thread_of(conversation),
        after=after,
    )
