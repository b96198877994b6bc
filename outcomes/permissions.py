import datetime

from django.db import models
from django.utils import timezone

from accounts.models import User
from outcomes.models import CheckIn
from outcomes.organisations import organisation_of
from reviews.models import Review
from reviews.permissions import conflict_of_interest

Month = CheckIn.Month
# How long after publication the question is put.
DUE_AFTER = {
    Month.SIX: datetime.timedelta(days=183),
    Month.TWELVE: datetime.timedelta(days=365),
    Month.TWENTY_FOUR: datetime.timedelta(days=730),
}
# What was missed for longer is not asked any more, and what was asked is not waited for any longer.
OPEN_FOR = datetime.timedelta(days=60)


class Refusal(models.TextChoices):
    """Why an author may not say it; the label is the sentence for them."""

    NOT_YOURS = "not_yours", "This is somebody else's review."
    NOT_PUBLIC = "not_public", "Your review isn't public at the moment."
    NOT_LIVE = "not_live", "Your review was decided or withdrawn."
    NOT_CUSTOMER = (
        "not_customer",
        "These figures are of customers alone, and your review says that you are a partner, reseller or consultant.",
    )
    CONFLICT = (
        "conflict",
        "You work for the vendor of this product or for a competitor, so what you say can't count here.",
    )
    WORK_EMAIL = (
        "work_email",
        "Confirm your work e-mail first, at the organisation that you reviewed it for: organisations are counted here, "
        "not people.",
    )
    NOT_NOW = "not_now", "This question is closed."
    ANSWERED = "answered", "This was answered already."


def check_in_refusal(
    author: User, review: Review, month: int, check_in: CheckIn | None
) -> Refusal | None:
    """None: they may say whether they stayed, or correct what they said. `check_in`: the row, where there is one."""
    if review.author_id != author.pk or not author.is_active:
        return Refusal.NOT_YOURS
    if review.status != Review.Status.PUBLISHED:
        return Refusal.NOT_PUBLIC
    if review.relationship != Review.Relationship.CUSTOMER:
        return Refusal.NOT_CUSTOMER
    if not is_open(review, month, check_in):
        return Refusal.NOT_NOW
    return Refusal.CONFLICT if conflict_of_interest(author, review.product) else None


def is_open(review: Review, month: int, check_in: CheckIn | None) -> bool:
    now = timezone.now()
    if check_in is not None and check_in.answered_at is not None:
        return True
    if check_in is not None and now <= check_in.asked_at + OPEN_FOR:
        return True
    due = due_at(review, month)
    return due is not None and due <= now <= due + OPEN_FOR


def due_at(review: Review, month: int) -> datetime.datetime | None:
    if review.published_at is None:
        return None
    return review.published_at + DUE_AFTER[Month(month)]


def delivery_refusal(author: User, review: Review) -> Refusal | None:
    """None: they may say what was sold and what was delivered, with the review or after it."""
    if review.author_id != author.pk or not author.is_active:
        return Refusal.NOT_YOURS
    if review.status not in Review.LIVE:
        return Refusal.NOT_LIVE
    if review.relationship != Review.Relationship.CUSTOMER:
        return Refusal.NOT_CUSTOMER
    if conflict_of_interest(author, review.product):
        return Refusal.CONFLICT
    return None if organisation_of(author, review) else Refusal.WORK_EMAIL
