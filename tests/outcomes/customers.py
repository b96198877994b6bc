"""Customers with a public review and a work e-mail, and what they say later."""

import datetime

from django.utils import timezone

from accounts.models import User
from notifications.services import set_preferences
from outcomes.models import CheckIn, Delivery
from reviews.models import Review
from tests.factories import ReviewFactory, UserFactory, WorkEmailFactory, confirm_email


def ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def customer(*, domain: str = "", asks: bool = True) -> User:
    user = confirm_email(UserFactory())
    name = domain or f"{user.email.partition('@')[2]}"
    WorkEmailFactory(user=user, domain=name, address=f"person{user.pk}@{name}")
    if asks:
        set_preferences(user=user, enabled={"check_in": True})
    return user


def review_of(
    product, author: User | None = None, *, days: float = 200, **changes
) -> Review:
    return ReviewFactory(
        product=product,
        author=author or customer(),
        published_at=ago(days),
        submitted_at=ago(days + 1),
        **changes,
    )


def asked(review: Review, month: int = 6, *, days: float = 1) -> CheckIn:
    return CheckIn.objects.create(review=review, month=month, asked_at=ago(days))


def answered(
    review: Review,
    month: int = 6,
    *,
    still_using: bool = True,
    days: float = 100,
    organisation: str = "",
    **changes,
) -> CheckIn:
    return CheckIn.objects.create(
        review=review,
        month=month,
        still_using=still_using,
        asked_at=ago(days + 1),
        answered_at=ago(days),
        organisation=organisation or f"of-review-{review.pk}.example",
        **changes,
    )


def delivered(
    review: Review, *, days: float = 100, organisation: str = "", **changes
) -> Delivery:
    said = {
        "signed_on": datetime.date(2025, 1, 1),
        "promised_on": datetime.date(2025, 6, 1),
        "live_on": datetime.date(2025, 8, 1),
    } | changes
    return Delivery.objects.create(
        review=review,
        organisation=organisation or f"of-review-{review.pk}.example",
        created_at=ago(days),
        changed_at=ago(days),
        **said,
    )
