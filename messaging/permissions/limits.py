"""How many conversations may begin within 24 hours: by one sender, and with one reviewer."""

from collections.abc import Collection

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, MessageReport, Participant
from messaging.permissions.refusals import (
    DAY,
    NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
    NEW_CONVERSATIONS_SLOWED_DOWN,
    NEW_CONVERSATIONS_SLOWED_DOWN_MORE,
    STRIKES_COUNT_FOR,
    STRIKES_TO_SLOW_DOWN,
    STRIKES_TO_SLOW_DOWN_MORE,
    Refusal,
)


def sender_limit(sender: User) -> Refusal | None:
    begun = _begun_today().filter(user=sender, role=Participant.Role.BUYER).count()
    # So many anybody may.
    if begun < NEW_CONVERSATIONS_SLOWED_DOWN_MORE:
        return None
    allowed = allowed_a_day(sender)
    if begun < allowed:
        return None
    is_usual = allowed == NEW_CONVERSATIONS_PER_SENDER_AND_DAY
    return Refusal.SENDER_LIMIT if is_usual else Refusal.SLOWED_DOWN


def allowed_a_day(sender: User) -> int:
    """New conversations of this sender; fewer for whose questions were declined or found to break the rules."""
    strikes = _strikes(sender)
    if strikes >= STRIKES_TO_SLOW_DOWN_MORE:
        return NEW_CONVERSATIONS_SLOWED_DOWN_MORE
    if strikes >= STRIKES_TO_SLOW_DOWN:
        return NEW_CONVERSATIONS_SLOWED_DOWN
    return NEW_CONVERSATIONS_PER_SENDER_AND_DAY


def received_today(reviewers: Collection[int]) -> dict[int, int]:
    """How many began with each of them, where any did."""
    received = _begun_today().filter(user__in=reviewers, role=Participant.Role.REVIEWER)
    return dict(received.values_list("user").annotate(n=Count("pk")))


def _begun_today() -> QuerySet[Participant]:
    since = timezone.now() - DAY
    return Participant.objects.filter(
        # What begins has its first message then: the index of the inbox leads to these few, however many there are.
        folder__in=Participant.Folder.values,
        last_message_at__gt=since,
        conversation__created_at__gt=since,
    )


def _strikes(sender: User) -> int:
    since = timezone.now() - STRIKES_COUNT_FOR
    declined = Conversation.objects.filter(
        buyer=sender, state=Conversation.State.DECLINED, ended_at__gt=since
    )
    upheld = MessageReport.objects.filter(
        message__sender=sender,
        status=MessageReport.Status.UPHELD,
        resolved_at__gt=since,
    )
    return declined.count() + upheld.count()
