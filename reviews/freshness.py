"""Which pages a change of reviews is on: said in its transaction by whoever makes it (docs/performance.md)."""

from collections.abc import Collection, Iterable

from reviews.models import Review
from reviews_site.lib.visitor_pages import changed


def review_pages_changed(review_ids: Collection[int]) -> None:
    """Their own pages, and their products'. What is no longer public is everything_changed(): quoted in many places."""
    if review_ids:
        changed(lambda: _addresses(review_ids))


def _addresses(review_ids: Collection[int]) -> Iterable[str]:
    rows = Review.objects.filter(pk__in=review_ids)
    for public_id, slug in rows.values_list("public_id", "product__slug"):
        yield f"/reviews/{public_id}/"
        yield f"/products/{slug}/"
