"""Somebody is ready to share their details, or both were: never which, never a value."""

from django.utils import timezone

from messaging.emails.links import about_conversation, thread_of
from messaging.emails.messages import unwanted_acceptance
from messaging.models import Conversation
from messaging.sharing import Contacts, contacts_of
from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import queue_email


def unwanted_offer(mail: OutgoingEmail) -> str | None:
    return unwanted_acceptance(mail) or _nothing_offered(_contacts(mail))


def unwanted_sharing(mail: OutgoingEmail) -> str | None:
    return unwanted_acceptance(mail) or _nothing_shared(_contacts(mail))


def _contacts(mail: OutgoingEmail) -> Contacts:
    """Of a recipient who takes part: that was asked before."""
    assert mail.recipient is not None
    rows = Conversation.objects.for_user(mail.recipient)
    return contacts_of(rows.get(public_id=mail.about["conversation"]))


def _nothing_offered(contacts: Contacts) -> str | None:
    unanswered = set(contacts.offered) - set(contacts.mine)
    return None if unanswered else "the offer was answered or taken back"


def _nothing_shared(contacts: Contacts) -> str | None:
    return None if contacts.shared else "what was shared is withdrawn"


kinds.register(
    "contact_offered",
    label="Somebody is ready to share contact details with you",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_offer,
    why="You get this e-mail because you take part in a private conversation.",
)
kinds.register(
    "contact_shared",
    label="Contact details are shared in one of your conversations",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    still_wanted=unwanted_sharing,
    why="You get this e-mail because you take part in a private conversation.",
)


def contact_offered(conversation: Conversation) -> None:
    """To the other side than `me`."""
    _tell_other("contact_offered", conversation)


def contact_shared(conversation: Conversation) -> None:
    """To the other side than `me`, who sees it at once."""
    _tell_other("contact_shared", conversation)


def _tell_other(kind: str, conversation: Conversation) -> None:
    recipient = conversation.other.user
    if recipient is None:
        return
    # Once a day, however often somebody chooses and takes back.
    once = f"{conversation.public_id}:{conversation.me.role}:{timezone.now():%Y-%m-%d}"
    queue_email(
        kind=kind,
        dedupe_key=f"{kind}:{once}",
        recipient=recipient,
        about={"conversation": str(conversation.public_id)},
        context=about_conversation(conversation),
        thread=thread_of(conversation),
    )
