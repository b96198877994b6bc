from accounts.models import User
from messaging.emails.links import about_conversation
from messaging.models import Conversation, Message
from messaging.permissions import is_blocked, is_representative
from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import queue_email

State = Conversation.State


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


def message_request(message: Message, reviewer: User | None) -> None:
    _tell("message_request", message.conversation, reviewer, message.public_id)


def message_new(message: Message, recipient: User | None) -> None:
    _tell("message_new", message.conversation, recipient, message.public_id)


def message_accepted(conversation: Conversation, buyer: User | None) -> None:
    _tell("message_accepted", conversation, buyer, conversation.public_id)


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
        context=about_conversation(conversation),
    )
