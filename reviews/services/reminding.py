"""Once a year an author who asked for it is asked whether a review still holds."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from notifications.models import EmailPreference
from notifications.permissions import wants
from notifications.services import set_preferences
from reviews import emails
from reviews.models import Review

EVERY = datetime.timedelta(days=365)
# A day's portion; what is left over is as due tomorrow.
MOST_A_DAY = 2_000


def wants_update_reminders(author: User) -> bool:
    return wants(author.pk, emails.UPDATE_REMINDER)


def ask_for_update_reminders(*, author: User) -> None:
    """For all their reviews; the page of e-mail preferences and each reminder switch it off."""
    set_preferences(user=author, enabled={emails.UPDATE_REMINDER.name: True})


def remind_authors() -> int:
    """Returns how many reminders were sent."""
    now = timezone.now()
    return sum(_remind(review, now) for review in _due(now)[:MOST_A_DAY])


def _due(now: datetime.datetime) -> QuerySet[Review]:
    """A year after publication, after the last change and after the last reminder."""
    asked = EmailPreference.objects.filter(
        user=OuterRef("author"), kind=emails.UPDATE_REMINDER.name, enabled=True
    )
    # Postgres' greatest() leaves out what is null.
    public = Review.objects.published().annotate(
        quiet_since=Greatest("published_at", "edited_at", "reminded_at")
    )
    due = public.filter(Exists(asked), quiet_since__lte=now - EVERY)
    return due.select_related("product", "author").order_by("quiet_since", "pk")


@transaction.atomic
def _remind(review: Review, now: datetime.datetime) -> bool:
    """Of two at once, one sends."""
    unmoved = Review.objects.published().filter(
        pk=review.pk, reminded_at=review.reminded_at
    )
    if not unmoved.update(reminded_at=now):
        return False
    review.reminded_at = now
    emails.send_update_reminder(review)
    return True
