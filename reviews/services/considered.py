"""Which other products an author names: those looked at, the one used before, the one moved on to."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F

from products.models import Product, ProductAlias
from reviews.freshness import review_pages_changed
from reviews.models import ConsideredProduct, Review

# Kind to slugs, in the order in which they were typed.
Considered = Mapping[str, Sequence[str]]
Kind = ConsideredProduct.Kind
# What the form of the review asks; the third is what somebody says later, when asked whether they still use it.
ASKED = (Kind.COMPARED, Kind.SWITCHED_FROM)
MOST_CONSIDERED: dict[str, int] = {Kind.COMPARED: 5, Kind.SWITCHED_FROM: 1}


def considered_of(review: Review) -> dict[str, list[str]]:
    """What was said on the form, with every kind that it asks for."""
    named: dict[str, list[str]] = {kind.value: [] for kind in ASKED}
    said = review.considered.filter(kind__in=ASKED).order_by("id")
    for kind, slug in said.values_list("kind", "product__slug"):
        named[kind].append(slug)
    return named


def write_considered(review: Review, considered: Considered) -> None:
    """In place of what the form said before. Products that are gone, and the reviewed one itself, are left out."""
    found = _by_slug({slug for slugs in considered.values() for slug in slugs})
    review.considered.filter(kind__in=ASKED).delete()
    named = [
        (kind, found[slug])
        for kind in ASKED
        for slug in considered.get(kind, ())[: MOST_CONSIDERED[kind]]
        if slug in found and found[slug] != review.product_id
    ]
    ConsideredProduct.objects.bulk_create(
        ConsideredProduct(review=review, product_id=product_id, kind=kind)
        for kind, product_id in dict.fromkeys(named)
    )


def _by_slug(slugs: set[str]) -> dict[str, int]:
    """Slug to id; a product that was merged or renamed since is found by its old one."""
    if not slugs:
        return {}
    aliases = ProductAlias.objects.filter(slug__in=slugs)
    products = Product.objects.filter(slug__in=slugs)
    return {
        **dict(aliases.values_list("slug", "product")),
        **dict(products.values_list("slug", "pk")),
    }


@transaction.atomic
def say_moved_on(*, review: Review, product: Product | None) -> None:
    """The author uses this one now in its place; the last one said counts, None takes it back.

    It stands on the review's card. Saying the same again changes nothing.
    """
    # One at a time, so that two answers don't leave two products.
    Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    said = review.considered.filter(kind=Kind.SWITCHED_TO)
    before = set(said.values_list("product", flat=True))
    now = {product.pk} if product and product.pk != review.product_id else set()
    if before == now:
        return
    said.delete()
    ConsideredProduct.objects.bulk_create(
        ConsideredProduct(review=review, product_id=pk, kind=Kind.SWITCHED_TO)
        for pk in now
    )
    Review.objects.filter(pk=review.pk).update(version=F("version") + 1)
    review_pages_changed([review.pk])
