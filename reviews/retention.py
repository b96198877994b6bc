"""What was rejected or removed is kept a year with its reason; then its ground and a salted hash stay, in the log."""

import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from moderation.models import Appeal, Decision
from moderation.privacy import erase_records
from reviews.kinds import COMMENT, RESPONSE, REVIEW
from reviews.models import (
    Comment,
    Dispute,
    Review,
    ReviewRevision,
    VendorResponse,
    Verification,
)
from reviews.privacy import empty_reviews
from reviews.proofs import drop_proofs

KEPT_FOR = datetime.timedelta(days=365)
FORGOTTEN_HEADLINE = "Deleted a year after it was refused"
AT_ONCE = 500


def forget_refused() -> int:
    """Returns how many reviews, comments and vendors' responses were emptied."""
    forgotten = 0
    for forget in (_forget_reviews, _forget_comments, _forget_responses):
        while count := forget():
            forgotten += count
    return forgotten


@transaction.atomic
def _forget_reviews() -> int:
    refused = _long_refused(Review.objects.exclude(pros=""), REVIEW, "submitted_at")
    ids = _locked(refused)
    reviews = Review.objects.filter(pk__in=ids)
    revisions = ReviewRevision.objects.filter(review__in=ids)
    targets = set(ids.values())
    for about in (revisions, Verification.objects, Dispute.objects):
        targets.update(_public_ids(about.filter(review__in=ids)))
    drop_proofs(reviews)
    revisions.delete()
    empty_reviews(reviews, FORGOTTEN_HEADLINE)
    reviews.update(author=None)
    erase_records(targets)
    return len(ids)


def _forget_comments() -> int:
    rows = Comment.objects.exclude(body="")
    return _forget_texts(rows, COMMENT, display_name="", persona="")


def _forget_responses() -> int:
    return _forget_texts(VendorResponse.objects.exclude(body=""), RESPONSE)


@transaction.atomic
def _forget_texts(rows: QuerySet[Any], kind: str, **signature: str) -> int:
    ids = _locked(_long_refused(rows, kind, "created_at"))
    rows.filter(pk__in=ids).update(body="", author=None, **signature)
    erase_records(set(ids.values()))
    return len(ids)


def _long_refused(rows: QuerySet[Any], kind: str, sent_at: str) -> QuerySet[Any]:
    """By the last decision about it, unless an appeal still waits."""
    about_it = Decision.objects.filter(
        target_kind=kind, target_public_id=OuterRef("public_id")
    )
    appealed = about_it.filter(appeal__status=Appeal.Status.OPEN)
    last = about_it.order_by("-id").values("created_at")[:1]
    return (
        rows.filter(status__in=("rejected", "removed"))
        .annotate(refused_at=Coalesce(Subquery(last), sent_at))
        .filter(~Exists(appealed), refused_at__lt=timezone.now() - KEPT_FOR)
    )


def _locked(rows: QuerySet[Any]) -> dict[int, UUID]:
    """Some of them; the lock keeps a moderator from restoring one meanwhile."""
    held = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return dict(held.values_list("pk", "public_id")[:AT_ONCE])


def _public_ids(rows: QuerySet[Any]) -> list[UUID]:
    return list(rows.values_list("public_id", flat=True))
