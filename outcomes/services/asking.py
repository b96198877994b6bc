"""Authors who asked for it are asked whether they stayed: 6, 12 and 24 months after publication."""

import datetime
import logging

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.models import EmailPreference
from outcomes import emails
from outcomes.models import CheckIn
from outcomes.permissions import DUE_AFTER, OPEN_FOR
from reviews.models import Review
from reviews.permissions import conflict_of_interest

logger = logging.getLogger(__name__)

# A day's portion; what is left over is as due tomorrow.
MOST_A_DAY = 2_000


def ask_authors() -> int:
    """Returns how many were asked."""
    now = timezone.now()
    asked = 0
    for month in CheckIn.Month:
        for review in _due(now, month)[: MOST_A_DAY - asked]:
            asked += _safely_ask(review, month, now)
    return asked


def _safely_ask(review: Review, month: CheckIn.Month, now: datetime.datetime) -> bool:
    """What is wrong with one doesn't keep those who come after it, day after day."""
    try:
        return _ask(review, month, now)
    except Exception as error:
        kind = type(error).__name__
        logger.error("Review %s: not asked after %s months: %s", review.pk, month, kind)
        return False


def _due(now: datetime.datetime, month: CheckIn.Month) -> QuerySet[Review]:
    """The oldest first. Served from the few who wished it (one_preference_per_kind) to their reviews."""
    latest = now - DUE_AFTER[month]
    wished = EmailPreference.objects.filter(
        user=OuterRef("author"), kind=emails.CHECK_IN.name, enabled=True
    )
    of_it = CheckIn.objects.filter(review=OuterRef("pk"))
    # Who has left has left: later months count them without asking again (outcomes.topics).
    left = of_it.filter(month__lt=month, still_using=False)
    due = Review.objects.published().filter(
        Exists(wished),
        ~Exists(of_it.filter(month=month)),
        ~Exists(left),
        published_at__range=(latest - OPEN_FOR, latest),
        relationship=Review.Relationship.CUSTOMER,
        author__is_active=True,
    )
    return due.select_related("product", "author").order_by("published_at", "pk")


@transaction.atomic
def _ask(review: Review, month: CheckIn.Month, now: datetime.datetime) -> bool:
    """Of two at once, one asks."""
    if not isinstance(review.author, User):
        return False
    if conflict_of_interest(review.author, review.product):
        return False
    check_in = CheckIn(review=review, month=month, asked_at=now)
    CheckIn.objects.bulk_create([check_in], ignore_conflicts=True)
    if not CheckIn.objects.filter(public_id=check_in.public_id).exists():
        return False
    emails.send_check_in(check_in)
    return True
