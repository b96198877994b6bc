"""What an author may ask for by e-mail with a review; and once a year, whether it still holds."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from notifications.kinds import Kind
from notifications.models import EmailPreference
from notifications.permissions import choices_of
from notifications.services import set_preferences
from reviews import emails
from reviews.models import Review

EVERY = datetime.timedelta(days=365)
# A day's portion; what is left over is as due tomorrow.
MOST_A_DAY = 2_000


@dataclass(frozen=True)
class Offer:
    """An empty box on the last page of the review form."""

    kind: Kind
    label: str
    hint: str
    customers_only: bool = False


_OFFERS: list[Offer] = [
    Offer(
        emails.UPDATE_REMINDER,
        "Ask me by e-mail, a year after publication, whether it still holds.",
        "One e-mail a year, with a link to stop it.",
    )
]


def register_offer(offer: Offer) -> None:
    """For what the apps above send about a review."""
    _OFFERS.append(offer)


def offers_to(author: User, *, is_customer: bool) -> list[Offer]:
    """What they don't get yet."""
    gets = choices_of(author.pk)
    return [
        offer
        for offer in _OFFERS
        if not gets[offer.kind.name] and (is_customer or not offer.customers_only)
    ]


def ask_for_emails(*, author: User, kinds: Iterable[str]) -> None:
    """For all their reviews; the page of e-mail preferences and each of these e-mails switch it off."""
    set_preferences(user=author, enabled=dict.fromkeys(kinds, True))


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
