"""When a conversation in which nobody says anything any more ends: rules and dates. The verbs are services.

Nothing is due before a warning is 30 days old, however long nothing ran here. A warning counts only where nothing can
have happened after it: the silence it spoke of must have begun before it. One that is older than that is given anew.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from messaging.models import (
    CallProposal,
    Conversation,
    ConversationQuerySet,
    MessageReport,
)
from moderation.models import Appeal
from moderation.reasons import APPEAL_WITHIN

State = Conversation.State
ENDED = tuple(state for state in State.values if state not in Conversation.LIVE)
MONTHS_UNTIL_CLOSED = 24
MONTHS_UNTIL_DELETED = 6
DAYS_OF_WARNING = 30


def _months(count: int) -> timedelta:
    return timedelta(days=round(count * 365.25 / 12))


QUIET = _months(MONTHS_UNTIL_CLOSED)
KEPT = _months(MONTHS_UNTIL_DELETED)
WARNING = timedelta(days=DAYS_OF_WARNING)


def closing_to_announce() -> ConversationQuerySet:
    quiet = _quiet_since(timezone.now() - QUIET + WARNING)
    return quiet.exclude(_closing_announced())


def to_close() -> ConversationQuerySet:
    quiet = _quiet_since(timezone.now() - QUIET)
    long_ago = Q(closing_announced_at__lte=timezone.now() - WARNING)
    return quiet.filter(_closing_announced() & long_ago)


def deletion_to_announce() -> ConversationQuerySet:
    over = _over_since(timezone.now() + WARNING)
    return over.exclude(_deletion_announced())


def to_delete() -> ConversationQuerySet:
    long_ago = Q(deletion_announced_at__lte=timezone.now() - WARNING)
    return _over_since(timezone.now()).filter(_deletion_announced() & long_ago)


def closes_at(conversation: Conversation) -> datetime | None:
    """None while nothing is announced."""
    announced = conversation.closing_announced_at
    last = last_said_at(conversation)
    if conversation.state not in Conversation.LIVE or not announced:
        return None
    return max(last + QUIET, announced + WARNING) if announced > last else None


def deleted_at(conversation: Conversation) -> datetime | None:
    """None while nothing is announced."""
    announced, ended = conversation.deletion_announced_at, conversation.ended_at
    if not announced or not ended or announced < ended:
        return None
    silent = conversation.last_message_at + QUIET + KEPT
    return max(ended + KEPT, silent, announced + WARNING)


def last_said_at(conversation: Conversation) -> datetime:
    accepted = conversation.accepted_at or conversation.last_message_at
    return max(conversation.last_message_at, accepted)


def _quiet_since(moment: datetime) -> ConversationQuerySet:
    """Live, without a word, an answer or anything about a call since then, and nothing for a moderator to look at."""
    talked = CallProposal.objects.filter(
        Q(created_at__gt=moment) | Q(answered_at__gt=moment) | Q(starts_at__gt=moment),
        conversation=OuterRef("pk"),
    )
    return Conversation.objects.filter(
        Q(accepted_at=None) | Q(accepted_at__lte=moment),
        ~Exists(talked),
        ~Exists(_open_reports()),
        state__in=Conversation.LIVE,
        last_message_at__lte=moment,
    )


def _over_since(moment: datetime) -> ConversationQuerySet:
    """Ended, however it ended, and kept for as long as one that closed for want of messages."""
    return Conversation.objects.filter(
        ~Exists(_open_reports()),
        ~Exists(_appealable_reports()),
        state__in=ENDED,
        ended_at__lte=moment - KEPT,
        last_message_at__lte=moment - QUIET - KEPT,
    )


def _closing_announced() -> Q:
    return Q(closing_announced_at__gt=timezone.now() - QUIET + WARNING)


def _deletion_announced() -> Q:
    return Q(deletion_announced_at__gt=timezone.now() - KEPT + WARNING)


def _open_reports() -> QuerySet[MessageReport]:
    return _reports().filter(status=MessageReport.Status.OPEN)


def _appealable_reports() -> QuerySet[MessageReport]:
    """Whoever decides an appeal must be able to read what was decided on."""
    appeals = Appeal.objects.filter(
        status=Appeal.Status.OPEN, decision__target_public_id=OuterRef("public_id")
    )
    lately = Q(resolved_at__gt=timezone.now() - APPEAL_WITHIN)
    return _reports().filter(lately | Exists(appeals))


def _reports() -> QuerySet[MessageReport]:
    return MessageReport.objects.filter(message__conversation=OuterRef("pk"))


def ending_context(conversation: Conversation) -> dict[str, Any]:
    """For jinja/messaging/_ending.html."""
    closes, deleted = closes_at(conversation), deleted_at(conversation)
    due = closes or deleted
    if due is None:
        return {"ending": None}
    return {
        "ending": {
            "closes_at": closes,
            "deleted_at": deleted,
            "is_due": due <= timezone.now(),
            "months_until_closed": MONTHS_UNTIL_CLOSED,
        }
    }
