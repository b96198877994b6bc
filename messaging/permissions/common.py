"""What holds for a first question as for every later message."""

from messaging.permissions.members import Member, Pair
from messaging.permissions.refusals import Refusal
from reviews.models import Review


def sender_refusal(sender: Member | None) -> Refusal | None:
    if sender is None or not sender.is_active:
        return Refusal.CLOSED
    if not sender.has_confirmed_email:
        return Refusal.EMAIL_NOT_CONFIRMED
    if sender.is_representative:
        return Refusal.REPRESENTATIVE
    return Refusal.SUSPENDED if sender.is_suspended else None


def published_refusal(review: Review) -> Refusal | None:
    return None if review.status == Review.Status.PUBLISHED else Refusal.NOT_PUBLISHED


def pair_refusal(pair: Pair) -> Refusal | None:
    reachable = (
        pair.me is not None
        and pair.other is not None
        and pair.other.is_active
        and not pair.other.is_representative
        and not pair.other.is_suspended
        and not pair.is_blocked
    )
    return None if reachable else Refusal.NOT_ACCEPTING
