"""What a moderator needs to decide: read-only, and never an address."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision
from products.models import Product
from reviews.models import Review, ReviewRevision
from reviews.permissions import Refusal, conflict_of_interest, has_confirmed_email

# The deadline that the guidelines promise, for every rating the same.
WORKING_DAYS_TO_DECIDE = 3
MEDIAN_OVER = datetime.timedelta(days=30)


@dataclass(frozen=True)
class QueueFigures:
    waiting: int
    oldest_at: datetime.datetime | None
    late: int
    edits: int
    decided: int
    # From submission to decision, over the last 30 days.
    median_hours: float | None


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
    conflict: Refusal | None
    counts: dict[str, int]
    other_reviews: list[Review]
    refusals: list[Decision]


def queue_figures(now: datetime.datetime | None = None) -> QueueFigures:
    now = now or timezone.now()
    pending = pending_reviews()
    waiting = pending.aggregate(n=Count("pk"), oldest=Min("submitted_at"))
    decided, median_hours = _median_hours(now - MEDIAN_OVER)
    return QueueFigures(
        waiting=waiting["n"],
        oldest_at=waiting["oldest"],
        late=pending.filter(submitted_at__lt=late_before(now)).count(),
        edits=pending_revisions().count(),
        decided=decided,
        median_hours=median_hours,
    )


def late_before(now: datetime.datetime) -> datetime.datetime:
    """What arrived before this is over the deadline; Saturdays and Sundays don't count."""
    moment, left = now, WORKING_DAYS_TO_DECIDE
    while left:
        moment -= datetime.timedelta(days=1)
        left -= moment.weekday() < 5
    return moment


def pending_reviews() -> QuerySet[Review]:
    """Oldest first, good and bad alike."""
    pending = Review.objects.filter(status=Review.Status.PENDING)
    return pending.order_by("submitted_at", "id")


def longest_waiting(limit: int = 8) -> list[Review]:
    return list(pending_reviews().select_related("product")[:limit])


def pending_revisions() -> QuerySet[ReviewRevision]:
    return ReviewRevision.objects.filter(
        status=ReviewRevision.Status.PENDING, review__status=Review.Status.PUBLISHED
    )


def _median_hours(since: datetime.datetime) -> tuple[int, float | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), percentile_cont(0.5) WITHIN GROUP (
                ORDER BY extract(epoch FROM d.created_at - r.submitted_at)) / 3600
            FROM moderation_decision d JOIN reviews_review r ON r.public_id = d.target_public_id
            WHERE d.target_kind = 'review' AND d.action IN ('publish', 'reject') AND d.created_at > %s
            """,
            [since],
        )
        count, hours = cursor.fetchone()
    return count, hours


def author_file(review: Review) -> AuthorFile | None:
    """None: the author was erased."""
    author = review.author
    if author is None:
        return None
    others = Review.objects.filter(author=author).exclude(pk=review.pk)
    counts = others.order_by().values_list("status").annotate(Count("pk"))
    return AuthorFile(
        joined_at=author.date_joined,
        has_confirmed_email=has_confirmed_email(author),
        company_name=author.profile.company_name,
        work_addresses=_work_addresses(author, review.product),
        conflict=conflict_of_interest(author, review.product),
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
