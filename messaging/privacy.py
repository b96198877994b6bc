from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from messaging.models import Block, Conversation, MessageReport, Participant
from moderation.privacy import erase_records, register_things

FORMER_MEMBER = "A former member"


def export_messages(user: User) -> dict[str, Any]:
    """What they wrote and did; what others wrote to them belongs to those others."""
    return {
        "conversations": [
            _conversation(c) for c in Conversation.objects.for_user(user)
        ],
        "messages": list(
            user.messages_sent.order_by("id").values(
                "conversation__public_id", "public_id", "body", "created_at"
            )
        ),
        "reports": list(
            MessageReport.objects.filter(reporter=user)
            .order_by("id")
            .values("public_id", "reason", "details", "status", "created_at")
        ),
        "blocks": list(
            Block.objects.filter(blocker=user).order_by("id").values("created_at")
        ),
    }


def _conversation(seen: Conversation) -> dict[str, Any]:
    return {
        "public_id": seen.public_id,
        "product": seen.review.product.name,
        "state": seen.shown_state,
        "role": seen.me.role,
        "alias": seen.me.alias,
        "persona": seen.me.persona,
        "alias_of_the_other": seen.other.alias,
        "created_at": seen.created_at,
        "muted": seen.me.muted,
        "last_read_at": seen.me.last_read_at,
        "left_at": seen.me.left_at,
    }


def things_of(user: User) -> set[UUID]:
    """The log names the report of a message instead of the message."""
    reports = MessageReport.objects.filter(message__sender=user)
    return set(reports.values_list("public_id", flat=True))


def erase_messages(user: User, *, keep_published: bool) -> None:
    """The other side keeps a thread that can be read, closed, with a former member in it."""
    decided = things_of(user)
    theirs = Conversation.objects.filter(participants__user=user)
    theirs.filter(state__in=(*Conversation.LIVE, Conversation.State.BLOCKED)).update(
        state=Conversation.State.CLOSED
    )
    Participant.objects.filter(user=user).update(
        user=None, alias=FORMER_MEMBER, persona="", unread_count=0
    )
    user.messages_sent.update(sender=None)
    user.conversations_begun.update(buyer=None)
    erase_records(decided)


register_things(things_of)
register_exporter("messages", export_messages)
register_eraser(erase_messages)
