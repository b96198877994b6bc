"""What holds for a first question as for every later message."""

from accounts.models import User
from messaging.permissions.members import (
    is_blocked,
    is_representative,
    is_suspended,
)
from messaging.permissions.refusals import Refusal
from reviews.models import Review
from reviews.permissions import has_confirmed_email


def sender_refusal(sender: User | None) -> Refusal | None:
    if sender is None or not sender.is_active:
        return Refusal.CLOSED
    if not has_confirmed_email(sender):
        return Refusal.EMAIL_NOT_CONFIRMED
    if is_representative(sender):
        return Refusal.REPRESENTATIVE
    return Refusal.SUSPENDED if is_suspended(sender) else None


def published_refusal(review: Review) -> Refusal | None:
    return None if review.status == Review.Status.PUBLISHED else Refusal.NOT_PUBLISHED


def pair_refusal(sender: User | None, recipient: User | None) -> Refusal | None:
    reachable = (
        sender is not None
        and recipient is not None
        and recipient.is_active
        and not is_representative(recipient)
        and not is_suspended(recipient)
        and not is_blocked(sender, recipient)
    )
    return None if reachable else Refusal.NOT_ACCEPTING
