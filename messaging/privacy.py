from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from messaging.models import (
    Block,
    CallProposal,
    Conversation,
    MessageDraft,
    MessageReport,
    MessagingSuspension,
    Participant,
)
from messaging.sharing import erase_contacts, export_contacts
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
                "conversation__public_id",
                "public_id",
                "body",
                "reply_to__public_id",
                "created_at",
            )
        ),
        "drafts": list(
            MessageDraft.objects.filter(user=user)
            .order_by("id")
            .values("conversation__public_id", "review__public_id", "body", "saved_at")
        ),
        "contacts": export_contacts(user),
        "calls": [_call(each) for each in _calls(user)],
        "reports": list(
            MessageReport.objects.filter(reporter=user)
            .order_by("id")
            .values("public_id", "reason", "details", "status", "created_at")
        ),
        "blocks": list(
            Block.objects.filter(blocker=user).order_by("id").values("created_at")
        ),
        "suspensions": list(
            MessagingSuspension.objects.filter(user=user)
            .order_by("id")
            .values("public_id", "created_at", "until", "lifted_at")
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
        "archived_at": seen.me.archived_at,
        "last_read_at": seen.me.last_read_at,
        "left_at": seen.me.left_at,
    }


def _calls(user: User) -> list[CallProposal]:
    mine = CallProposal.objects.filter(proposer__user=user).order_by("id")
    return list(mine.select_related("conversation").prefetch_related("slots"))


def _call(call: CallProposal) -> dict[str, Any]:
    return {
        "conversation": call.conversation.public_id,
        "public_id": call.public_id,
        "state": call.state,
        "minutes": call.minutes,
        "place": call.place,
        "time_zone": call.time_zone,
        "slots": [slot.starts_at for slot in call.slots.all()],
        "starts_at": call.starts_at,
        "created_at": call.created_at,
    }


def things_of(user: User) -> set[UUID]:
    """The log names the report of a message instead of the message."""
    reports = MessageReport.objects.filter(message__sender=user)
    return set(reports.values_list("public_id", flat=True))


def erase_messages(user: User, *, keep_published: bool) -> None:
    """Of conversations that were ended before (representation.py), the other side keeps a thread that can be read."""
    decided = things_of(user)
    conversations = _hold_conversations(user)
    sides = Participant.objects.filter(user=user)
    erase_contacts(user)
    CallProposal.objects.filter(proposer__in=sides).update(place="", time_zone="UTC")
    MessageDraft.objects.filter(user=user).delete()
    sides.update(user=None, alias=FORMER_MEMBER, persona="", unread_count=0)
    user.messages_sent.update(sender=None)
    user.conversations_begun.update(buyer=None)
    _delete_what_nobody_can_read(conversations)
    erase_records(decided)


def _hold_conversations(user: User) -> list[int]:
    """In the order of their keys, the ended ones too: two who share several and go at once wait for one another."""
    rows = Conversation.objects.filter(participants__user=user).order_by("pk")
    held = rows.select_for_update(no_key=True, of=("self",))
    return list(held.values_list("pk", flat=True))


def _delete_what_nobody_can_read(conversations: list[int]) -> None:
    """Both are gone; what a moderator must still decide about goes with the other silent ones."""
    somebody = Participant.objects.filter(user__isnull=False)
    reported = MessageReport.objects.filter(status=MessageReport.Status.OPEN)
    left = Conversation.objects.filter(pk__in=conversations)
    left.exclude(pk__in=somebody.values("conversation")).exclude(
        pk__in=reported.values("message__conversation")
    ).delete()


register_things(things_of)
register_exporter("messages", export_messages)
register_eraser(erase_messages)
