import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.permissions import current_work_email, verifying_sign_ins
from reviews import scoring
from reviews.freshness import review_pages_changed
from reviews.models import Review, Verification

Method = Review.Method


class Proved(NamedTuple):
    """What a member has shown of themselves, and when; the strongest and newest is the greatest."""

    weight: float
    at: datetime.datetime
    method: str


def is_verified(review: Review) -> bool:
    return bool(review.verification_method) or review.source == Review.Source.IMPORTED


def verify_by_account(review: Review) -> bool:
    """By the author's work e-mail or sign-in, dated by the day it was shown, which is what the badge says.

    False: there is neither.
    """
    proved = _proved_by(review.author) if review.author else []
    if not proved:
        return False
    Verification.objects.bulk_create(
        (
            Verification(
                review=review,
                method=one.method,
                status=Verification.Status.PASSED,
                checked_at=one.at,
            )
            for one in proved
        ),
        ignore_conflicts=True,
    )
    badge = _badge(proved)
    for name, value in badge.items():
        setattr(review, name, value)
    review.save(update_fields=list(badge))
    return True


def badge_of(author: User) -> dict[str, Any]:
    """What a review of theirs would be verified by if it were sent now, as columns; empty if by nothing."""
    proved = _proved_by(author)
    return _badge(proved) if proved else {}


def _badge(proved: Iterable[Proved]) -> dict[str, Any]:
    best = max(proved)
    return {"verification_method": best.method, "verified_on": best.at.date()}


def _proved_by(author: User) -> list[Proved]:
    found = [
        Proved(scoring.METHOD_WEIGHTS[method], at, method)
        for method, at in verifying_sign_ins(author).items()
    ]
    work_email = current_work_email(author)
    if work_email is not None and work_email.verified_at is not None:
        method = Method.WORK_EMAIL
        found.append(
            Proved(scoring.METHOD_WEIGHTS[method], work_email.verified_at, method)
        )
    return found


def strengthen(review: Review, method: Review.Method) -> bool:
    """The badge shows the strongest method there is. False: it already showed one as strong."""
    weights = scoring.METHOD_WEIGHTS
    if weights[method] <= weights.get(review.verification_method, 0.0):
        return False
    Review.objects.filter(pk=review.pk).update(
        verification_method=method,
        verified_on=timezone.now().date(),
        version=F("version") + 1,
    )
    review_pages_changed([review.pk])
    review.refresh_from_db()
    return True
