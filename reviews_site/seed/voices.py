"""What is praised and criticised: counted for the most reviewed products; the worker counts the others."""

from reviews import voice
from reviews.models import ProductRating


def count(counted: int, wished: int) -> None:
    """Of so many products at once; wishes for so many in all."""
    busiest = ProductRating.objects.filter(scored_count__gte=voice.MIN_REVIEWS)
    ids = list(
        busiest.order_by("-scored_count", "product").values_list("product", flat=True)[
            :wished
        ]
    )
    voice.serve_all(ids[:counted])
    voice.want(ids[counted:])
