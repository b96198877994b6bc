from django.db import models

from accounts.permissions import has_current_work_email
from moderation.permissions import can_moderate
from prices.models import PriceReport
from products.models import Product
from reviews.models import Review
from reviews.permissions import (
    Visitor,
    conflict_of_interest,
    has_confirmed_email,
    live_review,
)


class Refusal(models.TextChoices):
    """Why somebody may not say what they pay; the label is the sentence for them."""

    SIGN_IN = "sign_in", "Sign in to say what you pay."
    CONFIRM_EMAIL = "confirm_email", "Confirm your e-mail address first."
    REVIEW_FIRST = (
        "review_first",
        "Prices here come from people who have reviewed the product: write your review first.",
    )
    NOT_A_CUSTOMER = (
        "not_a_customer",
        "Prices here are what customers pay, and your review says that you are a partner, reseller or consultant.",
    )
    WORK_EMAIL = (
        "work_email",
        "Confirm your work e-mail first: each organisation counts once, and its domain is how we tell them apart.",
    )
    REPRESENTATIVE = (
        "representative",
        "You represent this vendor, so you can't say what its products cost.",
    )
    INSIDER = (
        "insider",
        "Your e-mail address is the vendor's own, so you can't say what its products cost.",
    )
    COMPETITOR = (
        "competitor",
        "You work for a vendor of competing products, so you can't say what this one costs.",
    )


def can_report_price(user: Visitor, product: Product) -> Refusal | None:
    """None: they may say what their organisation pays for it, or change what they said."""
    if not user.is_authenticated or not user.is_active:
        return Refusal.SIGN_IN
    if not has_confirmed_email(user):
        return Refusal.CONFIRM_EMAIL
    if conflict := conflict_of_interest(user, product):
        return Refusal(conflict.value)
    review = live_review(user, product)
    if review is None:
        return Refusal.REVIEW_FIRST
    if review.relationship != Review.Relationship.CUSTOMER:
        return Refusal.NOT_A_CUSTOMER
    return None if has_current_work_email(user) else Refusal.WORK_EMAIL


def may_read_report(moderator: Visitor, report: PriceReport) -> bool:
    """A moderator, not on their own, and nobody of the vendor or of a competitor."""
    return (
        moderator.is_authenticated
        and can_moderate(moderator)
        and report.member_id != moderator.pk
        and conflict_of_interest(moderator, report.product) is None
    )
