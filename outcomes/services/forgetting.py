from django.db import transaction
from django.db.models import QuerySet

from outcomes.leaving import leave_figures
from outcomes.models import CheckIn, Delivery
from reviews.models import Review


@transaction.atomic
def forget_outcomes(*, reviews: QuerySet[Review]) -> None:
    """All that was ever said with these reviews, and the figures that it stood behind."""
    ids = list(
        reviews.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    leave_figures(ids)
    CheckIn.objects.filter(review__in=ids).delete()
    Delivery.objects.filter(review__in=ids).delete()
