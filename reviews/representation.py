"""What happens to reviews when a member begins to speak for a vendor, when two vendors or products become one, and when
a product that they name is renamed or hidden."""

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from moderation.models import Report
from moderation.services import close_item, open_item
from products.models import Product, Vendor
from products.services import (
    register_beginning,
    register_product_change,
    register_product_merge,
    register_vendor_merge,
)
from reviews.kinds import DISPUTE, REVIEW_REPORT
from reviews.models import ConsideredProduct, Dispute, Review, ReviewReport


def raise_conflicts(user: User, vendor: Vendor) -> None:
    """What they wrote about the vendor's products or a competitor's lies before a moderator; it stays as it is.

    A review that still waits needs nothing: whoever publishes it is told of the conflict.
    """
    for review in _conflicting(user, vendor):
        _, is_new = ReviewReport.objects.get_or_create(
            review=review,
            reporter=None,
            reporter_kind=Report.ReporterKind.SITE,
            status=Report.Status.OPEN,
            defaults={
                "reason": Report.Reason.FAKE,
                "details": f"Its author now speaks for {vendor.name}.",
            },
        )
        if is_new:
            open_item(kind=REVIEW_REPORT, target_public_id=review.public_id)


def _conflicting(user: User, vendor: Vendor) -> QuerySet[Review]:
    fields = Product.objects.visible().filter(vendor=vendor).values("categories")
    own = Product.objects.filter(vendor=vendor)
    rivals = Product.objects.filter(categories__in=fields)
    return Review.objects.published().filter(
        author=user, product__in=own.union(rivals).values("pk")
    )


def move_disputes(kept: Vendor, merged: Vendor) -> None:
    """Where both have disputed one review, that of the kept one stands."""
    theirs = Dispute.objects.filter(vendor=merged)
    twice = theirs.filter(review__disputes__vendor=kept)
    for public_id in twice.values_list("public_id", flat=True):
        close_item(kind=DISPUTE, target_public_id=public_id)
    theirs.exclude(pk__in=twice.values("pk")).update(vendor=kept)


def move_considered(kept: Product, merged: Product) -> None:
    """What was said of the merged product is said of the kept one: once, and not in its own reviews."""
    said = ConsideredProduct.objects.filter(product=merged)
    again = ConsideredProduct.objects.filter(
        review=OuterRef("review"), kind=OuterRef("kind"), product=kept
    )
    movable = said.exclude(Exists(again)).exclude(review__product=kept)
    reviews = list(said.values_list("review", flat=True))
    ConsideredProduct.objects.filter(
        pk__in=list(movable.values_list("pk", flat=True))
    ).update(product=kept)
    Review.objects.filter(pk__in=reviews).update(version=F("version") + 1)


def draw_anew_where_named(product: Product) -> None:
    said = ConsideredProduct.objects.filter(product=product)
    Review.objects.filter(pk__in=said.values("review")).update(version=F("version") + 1)


register_beginning(raise_conflicts)
register_product_change(draw_anew_where_named)
register_product_merge(move_considered)
register_vendor_merge(move_disputes)
