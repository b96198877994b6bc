import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from messaging.models import Conversation
from messaging.permissions import is_at_rest
from messaging.waiting import reachable
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.services import ToQueue, queue_emails

LISTED = 20


def unwanted_digest(mail: OutgoingEmail) -> str | None:
    if mail.recipient is None:
        return "the recipient is gone"
    named = mail.about["conversations"]
    still = list(reachable(mail.recipient).filter(public_id__in=named))
    if len(still) < len(named) or any(is_at_rest(each) for each in still):
        return "a conversation that it names has ended, rests or was muted"
    return (
        None if any(each.me.unread_count for each in still) else "it was read already"
    )


DIGEST = kinds.register(
    "message_digest",
    label="Once a day: conversations with unread messages",
    why="You get this e-mail because you chose one e-mail a day about your conversations.",
    transactional=False,
    topic=kinds.PRIVATE_MESSAGES,
    on_by_default=False,
    still_wanted=unwanted_digest,
    instead_of="message_new",
    pace="Once a day, in the morning: one e-mail about all conversations with unread messages",
)


@dataclass(frozen=True)
class Unread:
    """What waits for one member, newest first; LISTED of them are named."""

    reader: User
    conversations: list[Conversation]


def message_digests(readers: Iterable[Unread]) -> int:
    """Returns how many were put into the outbox."""
    return queue_emails(kind=DIGEST.name, mails=[_digest(each) for each in readers])


def _digest(unread: Unread) -> ToQueue:
    listed = unread.conversations[:LISTED]
    return ToQueue(
        recipient=unread.reader,
        # That it is one a day is seen to where the reader is locked.
        dedupe_key=f"{DIGEST.name}:{uuid.uuid4()}",
        about={"conversations": [str(each.public_id) for each in listed]},
        context={
            "lines": [
                (each.review.product.name, each.me.unread_count) for each in listed
            ],
            "is_cut": len(unread.conversations) > len(listed),
            "inbox_url": absolute(reverse("messaging:inbox")),
        },
    )
