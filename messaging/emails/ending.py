"""A conversation without messages will be closed or deleted: whoever can read it is told before."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from messaging.emails.links import about_conversation
from messaging.models import Conversation, Participant
from messaging.retention import (
    MONTHS_UNTIL_CLOSED,
    MONTHS_UNTIL_DELETED,
    closes_at,
    deleted_at,
)
from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import ToQueue, queue_emails

Due = Callable[[Conversation], datetime | None]


def no_longer_closes(mail: OutgoingEmail) -> str | None:
    return _no_longer(mail, closes_at)


def no_longer_goes(mail: OutgoingEmail) -> str | None:
    return _no_longer(mail, deleted_at)


def _no_longer(mail: OutgoingEmail, due: Due) -> str | None:
    sides = Participant.objects.filter(
        user=mail.recipient_id,
        conversation__public_id=mail.about.get("conversation"),
    )
    side = sides.select_related("conversation").first()
    if side is None:
        return "the recipient takes no part in it"
    if due(side.conversation) is None:
        return "something happened in it meanwhile"
    return None


kinds.register(
    "conversation_closes",
    label="A conversation without messages will be closed",
    transactional=True,
    still_wanted=no_longer_closes,
)
kinds.register(
    "conversation_goes",
    label="An old conversation will be deleted",
    transactional=True,
    still_wanted=no_longer_goes,
)


def conversations_close(conversations: QuerySet[Conversation]) -> None:
    _tell("conversation_closes", conversations, closes_at)


def conversations_go(conversations: QuerySet[Conversation]) -> None:
    _tell("conversation_goes", conversations, deleted_at)


def _tell(kind: str, conversations: QuerySet[Conversation], due: Due) -> None:
    """Whoever left may still read it, so they are told as well."""
    sides = Participant.objects.filter(
        conversation__in=conversations, user__is_active=True
    )
    queue_emails(
        kind=kind,
        mails=[
            _mail(kind, side, due(side.conversation))
            for side in sides.select_related("user", "conversation__review__product")
        ],
    )


def _mail(kind: str, side: Participant, at: datetime | None) -> ToQueue:
    conversation = side.conversation
    assert at is not None and side.user is not None
    return ToQueue(
        recipient=side.user,
        # The same conversation may fall silent again.
        dedupe_key=f"{kind}:{conversation.public_id}:{side.role}:{at:%Y-%m-%d}",
        context=about_conversation(conversation)
        | {
            "at": at,
            "last_message_at": conversation.last_message_at,
            "months_until_closed": MONTHS_UNTIL_CLOSED,
            "months_until_deleted": MONTHS_UNTIL_DELETED,
        },
        about={"conversation": str(conversation.public_id)},
    )
