"""Stored ratings for tests of the pages that only read them."""

from django.utils import timezone

from products.models import Product
from reviews.models import ProductRating


def rate(
    product: Product, score: float | None, *, half_width: float = 0.2, count: int = 5
):
    """A stored rating as the worker would have written it, all its figures given."""
    scored = score is not None
    return ProductRating.objects.create(
        product=product,
        half_star_counts=[0, 0, 0, 0, 0, 0, 0, count, 0, 0],
        count=count,
        mean=4.0,
        score=score,
        interval_low=score - half_width if scored else None,
        interval_high=score + half_width if scored else None,
        effective_n=float(count),
        prior_mean=3.9,
        prior_variance=1.0,
        perspectives={"buyer": {"count": count, "mean": 4.0}},
        sub_ratings={},
        as_of=timezone.now().date(),
    )
