"""What stands on a vendor's desk: nothing that isn't public but the state of its own answers and disputes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from products.models import Invitation, Vendor
from reviews.models import Dispute, Review, VendorResponse
from reviews.product_page import after_cursor
from reviews_site.lib.paging import encode_cursor

PAGE_SIZE = 20
MOST_INVITATIONS = 50
# How many came through a link is told from here on: fewer could be told apart.
SMALLEST_COUNT = 5


@dataclass(frozen=True)
class DeskRow:
    review: Review
    # The latest that wasn't withdrawn.
    response: VendorResponse | None
    dispute: Dispute | None


@dataclass(frozen=True)
class DeskPage:
    rows: list[DeskRow]
    older: str


def desk_page(vendor: Vendor, cursor: str) -> DeskPage:
    """Its reviews, newest first. Raises BrokenCursor."""
    found = list(
        Review.objects.published()
        .filter(after_cursor(cursor), product__vendor=vendor)
        .select_related("product")
        .prefetch_related(_responses(), _disputes(vendor))
        .newest_first()[: PAGE_SIZE + 1]
    )
    shown = found[:PAGE_SIZE]
    older = _cursor(shown[-1]) if len(found) > PAGE_SIZE else ""
    return DeskPage([_row(review) for review in shown], older)


def desk_row(vendor: Vendor, review: Review) -> DeskRow:
    """Of one review."""
    with_both = Review.objects.prefetch_related(_responses(), _disputes(vendor))
    return _row(with_both.get(pk=review.pk))


def _responses() -> Any:
    kept = VendorResponse.objects.exclude(status=VendorResponse.Status.WITHDRAWN)
    return Prefetch("responses", kept.order_by("-id"), to_attr="on_desk")


def _disputes(vendor: Vendor) -> Any:
    own = Dispute.objects.filter(vendor=vendor)
    return Prefetch("disputes", own, to_attr="disputed_on_desk")


def _row(review: Review) -> DeskRow:
    responses: list[VendorResponse] = review.on_desk  # type: ignore[attr-defined]
    disputes: list[Dispute] = review.disputed_on_desk  # type: ignore[attr-defined]
    return DeskRow(review, next(iter(responses), None), next(iter(disputes), None))


def _cursor(review: Review) -> str:
    assert review.published_at is not None
    return encode_cursor(review.published_at.isoformat(), review.pk)


def invitations(vendor: Vendor) -> QuerySet[Invitation]:
    """With `came`: how many public reviews came through each."""
    came = Count("reviews", filter=Q(reviews__status=Review.Status.PUBLISHED))
    return (
        Invitation.objects.filter(
            product__vendor=vendor, inviter=Invitation.Inviter.VENDOR
        )
        .select_related("product")
        .annotate(came=came)
        .order_by("-id")[:MOST_INVITATIONS]
    )
