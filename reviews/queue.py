"""What a moderator needs to know about an author and a review: read-only, and never an address."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import User
from accounts.permissions import verifying_sign_ins
from moderation.models import Decision
from products.models import Product
from reviews.models import Review, ReviewRevision
from reviews.permissions import Refusal, conflict_of_interest, has_confirmed_email


@dataclass(frozen=True)
class WorkAddress:
    """Only the domain: where somebody works is what there is to check."""

    domain: str
    verified_at: datetime.datetime | None
    is_current: bool
    is_the_vendors: bool


@dataclass(frozen=True)
class AuthorFile:
    joined_at: datetime.datetime
    has_confirmed_email: bool
    company_name: str
    work_addresses: list[WorkAddress]
    # linkedin or openid to when they last signed in so.
    sign_ins: dict[str, datetime.datetime]
    conflict: Refusal | None
    counts: dict[str, int]
    other_reviews: list[Review]
    refusals: list[Decision]

    @property
    def has_current_work_email(self) -> bool:
        return any(address.is_current for address in self.work_addresses)


def pending_edit_of(review: Review) -> ReviewRevision | None:
    """One that can be decided: of a review that is public."""
    if review.status != Review.Status.PUBLISHED:
        return None
    return review.revisions.filter(status=ReviewRevision.Status.PENDING).first()


def author_file(review: Review) -> AuthorFile | None:
    return member_file(review.author, review.product, besides=review.pk)


def member_file(
    author: User | None, product: Product, *, besides: int = 0
) -> AuthorFile | None:
    """Of whoever wrote something about this product; `besides` this review. None: the author was erased."""
    if author is None:
        return None
    others = Review.objects.filter(author=author).exclude(pk=besides)
    counts = others.order_by().values_list("status").annotate(Count("pk"))
    return AuthorFile(
        joined_at=author.date_joined,
        has_confirmed_email=has_confirmed_email(author),
        company_name=author.profile.company_name,
        work_addresses=_work_addresses(author, product),
        sign_ins=verifying_sign_ins(author),
        conflict=conflict_of_interest(author, product),
        counts=dict(counts),
        other_reviews=list(
            others.select_related("product").order_by("-submitted_at")[:10]
        ),
        refusals=_refusals(others.values_list("public_id", flat=True)),
    )


def _work_addresses(author: User, product: Product) -> list[WorkAddress]:
    return [
        WorkAddress(
            domain=address.domain,
            verified_at=address.verified_at,
            is_current=address.is_current,
            is_the_vendors=address.domain in product.vendor.email_domains,
        )
        for address in author.work_emails.order_by("-verified_at", "-created_at")
    ]


def _refusals(targets: Iterable[UUID]) -> list[Decision]:
    refused = Decision.objects.filter(
        target_kind="review",
        target_public_id__in=targets,
        action__in=[Decision.Action.REJECT, Decision.Action.REMOVE],
    )
    return list(refused[:5])


def decision_history(review: Review) -> QuerySet[Decision]:
    """Of the review and of its edits, newest first."""
    revisions = review.revisions.values_list("public_id", flat=True)
    return Decision.objects.filter(
        target_kind__in=["review", "review_revision"],
        target_public_id__in=[review.public_id, *revisions],
    ).select_related("record__moderator")
