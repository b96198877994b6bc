import dataclasses
import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from outcomes.leaving import DELIVERY, leave_figures
from outcomes.models import Delivery
from outcomes.organisations import organisation_of
from outcomes.permissions import Refusal, delivery_refusal
from outcomes.services.errors import Refused
from reviews.models import Review


@dataclass(frozen=True, kw_only=True)
class Stated:
    """Months as their first days; `live_on` None: not live yet."""

    signed_on: datetime.date
    promised_on: datetime.date
    live_on: datetime.date | None = None
    cost_gap_percent: int | None = None
    scope: str = ""


@transaction.atomic
def state_delivery(*, review: Review, stated: Stated) -> Delivery:
    """In its author's name; a second one takes the place of the first. Raises Refused."""
    review = _locked(review)
    if review.author is None:
        raise Refused(Refusal.NOT_YOURS)
    refusal = delivery_refusal(review.author, review)
    if refusal:
        raise Refused(refusal)
    delivery = Delivery.objects.filter(review=review).first() or Delivery(review=review)
    said = dataclasses.asdict(stated)
    if delivery.pk and all(getattr(delivery, name) == said[name] for name in said):
        # Saved again as it was, it keeps its day.
        return delivery
    for name, value in said.items():
        setattr(delivery, name, value)
    # A correction is still about the organisation that it was said of.
    delivery.organisation = delivery.organisation or organisation_of(
        review.author, review
    )
    delivery.changed_at = timezone.now()
    delivery.save()
    return delivery


@transaction.atomic
def take_back_delivery(*, review: Review) -> None:
    """It is deleted, and what it stood behind goes at once."""
    review = _locked(review)
    leave_figures([review.pk], [DELIVERY])
    Delivery.objects.filter(review=review).delete()


def _locked(review: Review) -> Review:
    """The review's row is the lock: of two at once, and of this and a withdrawal, one waits for the other."""
    return (
        Review.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product", "author")
        .get(pk=review.pk)
    )
