from typing import Any

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from outcomes.leaving import leave_figures
from outcomes.models import CheckIn, Delivery
from reviews.models import Review


def export_outcomes(user: User) -> dict[str, Any]:
    answers = CheckIn.objects.filter(review__author=user).order_by("review_id", "month")
    deliveries = Delivery.objects.filter(review__author=user).order_by("review_id")
    return {
        "did_they_stay": list(
            answers.values(
                "review__public_id",
                "review__product__slug",
                "month",
                "organisation",
                "still_using",
                "use",
                "replaced_by__slug",
                "buy_again",
                "asked_at",
                "answered_at",
            )
        ),
        "deliveries": list(
            deliveries.values(
                "review__public_id",
                "review__product__slug",
                "organisation",
                "signed_on",
                "promised_on",
                "live_on",
                "cost_gap_percent",
                "scope",
                "created_at",
                "changed_at",
            )
        ),
    }


def erase_outcomes(user: User, *, keep_published: bool) -> None:
    """Also where the review stays: what stood behind figures was said by somebody who is gone."""
    # The lock of the services: an answer that is being given now waits, and then finds no author.
    own = Review.objects.select_for_update(no_key=True).filter(author=user)
    ids = list(own.order_by("pk").values_list("pk", flat=True))
    leave_figures(ids)
    CheckIn.objects.filter(review__in=ids).delete()
    Delivery.objects.filter(review__in=ids).delete()


register_exporter("outcomes", export_outcomes)
register_eraser(erase_outcomes)
