"""Who may be drawn as a reference, and who may draw."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone

from accounts.models import User
from messaging.models import Participant
from messaging.permissions import (
    DAY,
    NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
    is_representative,
)
from products.models import Product
from references.models import ReferenceDraw
from references.selection import REFERENCES
from reviews.models import Review
from reviews.permissions import (
    conflict_of_interest,
    employer_domains,
    has_confirmed_email,
)

# Whoever draws again and again chooses instead of drawing.
DRAW_AGAIN_AFTER = timedelta(days=90)
# Of fewer a draw would be no draw, and the three would be known beforehand.
SMALLEST_POOL = 5


class Refusal(models.TextChoices):
    """Why somebody may not draw; the label is the sentence for them."""

    SIGNED_OUT = "signed_out", "Sign in to draw references."
    EMAIL_NOT_CONFIRMED = (
        "email_not_confirmed",
        "Confirm your e-mail address first; then you can draw references.",
    )
    REPRESENTATIVE = (
        "representative",
        "Vendor representatives can't write to members, so they can't draw references.",
    )
    INSIDER = (
        "insider",
        "You work for this vendor or for one of its competitors, so you can't draw references here.",
    )
    DRAWN_ALREADY = (
        "drawn_already",
        f"You have drawn references for this product already. You can draw again after {DRAW_AGAIN_AFTER.days} days.",
    )
    SENDER_LIMIT = (
        "sender_limit",
        f"A draw begins {REFERENCES} conversations, and nobody begins more than "
        f"{NEW_CONVERSATIONS_PER_SENDER_AND_DAY} within 24 hours. Try again tomorrow.",
    )
    POOL_TOO_SMALL = (
        "pool_too_small",
        f"There are not yet {SMALLEST_POOL} customers of this product whom you could ask and who agreed to be drawn. "
        "Ask the reviewers you choose yourself meanwhile.",
    )


LIMITS = (Refusal.DRAWN_ALREADY, Refusal.SENDER_LIMIT)


def can_draw(buyer: User | AnonymousUser, product: Product) -> Refusal | None:
    """None: they may, if enough customers are in the pool."""
    if not isinstance(buyer, User) or not buyer.is_active:
        return Refusal.SIGNED_OUT
    if not has_confirmed_email(buyer):
        return Refusal.EMAIL_NOT_CONFIRMED
    if is_representative(buyer):
        return Refusal.REPRESENTATIVE
    if conflict_of_interest(buyer, product):
        return Refusal.INSIDER
    if last_draw(buyer, product):
        return Refusal.DRAWN_ALREADY
    return Refusal.SENDER_LIMIT if _has_begun_too_many(buyer) else None


def last_draw(buyer: User, product: Product) -> ReferenceDraw | None:
    """The one that still stands in the way of another."""
    since = timezone.now() - DRAW_AGAIN_AFTER
    draws = ReferenceDraw.objects.filter(
        buyer=buyer, product=product, created_at__gt=since
    )
    return draws.order_by("-created_at").first()


def _has_begun_too_many(buyer: User) -> bool:
    begun = Participant.objects.filter(
        user=buyer,
        role=Participant.Role.BUYER,
        conversation__created_at__gt=timezone.now() - DAY,
    )
    return begun.count() + REFERENCES > NEW_CONVERSATIONS_PER_SENDER_AND_DAY


def can_be_reference(user: User | AnonymousUser, review: Review) -> bool:
    """A customer who works for no vendor of it or of its like, about a review of theirs that is public and verified."""
    return (
        user.is_authenticated
        and review.author_id == user.pk
        and review.status == Review.Status.PUBLISHED
        and review.relationship == Review.Relationship.CUSTOMER
        and review.verification_method != ""
        and conflict_of_interest(user, review.product) is None
    )


def domains_left_out(buyer: User, product: Product) -> set[str]:
    """Nobody needs a draw to ask a colleague, and who has joined the vendor is no reference any more."""
    return employer_domains(buyer) | set(product.vendor.email_domains)
