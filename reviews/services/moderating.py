"""The moderator's verbs on reviews and on edits of them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import Conflict, NotPossible, close_item, record_decision
from reviews import emails
from reviews.coarsening import facets_to_hide
from reviews.kinds import REVIEW, REVISION
from reviews.models import Review, ReviewRevision
from reviews.permissions import conflict_of_interest
from reviews.proofs import drop_proofs
from reviews.services.considered import considered_of
from reviews.services.content import (
    answers_of,
    as_json,
    from_json,
    move,
    one_live_review,
    rewrite,
    stored_columns,
)
from reviews.services.errors import NotVerified, Refused
from reviews.services.impartial import refuse_partial
from reviews.services.rating import request_rating_refresh
from reviews.services.verifying import is_verified, verify_by_account


@transaction.atomic
def publish_review(
    *,
    review: Review,
    moderator: User,
    statement: str = "",
    seen_version: int | None = None,
    from_: Review.Status = Review.Status.PENDING,
) -> Decision:
    """Raises Conflict, NotVerified, or Refused where the author turns out to be an insider.

    `seen_version`: the version the moderator read; if its author changed it meanwhile, that is a Conflict.
    `from_` REJECTED takes a rejection back; AlreadyReviewed where its author wrote another one since.
    """
    refuse_partial(moderator, review)
    _make_publishable(review, from_)
    with one_live_review():
        move(
            review,
            from_=from_,
            to=Review.Status.PUBLISHED,
            seen_version=seen_version,
            published_at=timezone.now(),
            hidden_facets=facets_to_hide(review),
        )
    request_rating_refresh(review.product_id)
    decision = _decide(
        review,
        moderator,
        Decision.Action.PUBLISH,
        ReasonCode.MEETS_GUIDELINES,
        statement,
    )
    emails.send_review_published(review, decision)
    return decision


@transaction.atomic
def reject_review(
    *,
    review: Review,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    seen_version: int | None = None,
) -> Decision:
    """Raises Conflict, or Refused for a moderator who isn't impartial."""
    refuse_partial(moderator, review)
    move(
        review,
        from_=Review.Status.PENDING,
        to=Review.Status.REJECTED,
        seen_version=seen_version,
    )
    drop_proofs(Review.objects.filter(pk=review.pk))
    decision = _decide(
        review, moderator, Decision.Action.REJECT, reason_code, statement
    )
    emails.send_review_rejected(review, decision)
    return decision


@transaction.atomic
def remove_review(
    *, review: Review, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """Raises Conflict, or Refused for a moderator who isn't impartial."""
    refuse_partial(moderator, review)
    move(review, from_=Review.Status.PUBLISHED, to=Review.Status.REMOVED)
    drop_proofs(Review.objects.filter(pk=review.pk))
    request_rating_refresh(review.product_id)
    decision = _decide(
        review, moderator, Decision.Action.REMOVE, reason_code, statement
    )
    emails.send_review_removed(review, decision)
    return decision


@transaction.atomic
def restore_review(*, review: Review, moderator: User, statement: str = "") -> Decision:
    """It comes back with the date it was first published on. Raises Conflict, AlreadyReviewed.

    NotPossible where its text was deleted by its author's erasure or a year after the removal.
    """
    refuse_partial(moderator, review)
    review.refresh_from_db()
    _refuse_emptied(review)
    with one_live_review():
        move(
            review,
            from_=Review.Status.REMOVED,
            to=Review.Status.PUBLISHED,
            hidden_facets=facets_to_hide(review),
        )
    request_rating_refresh(review.product_id)
    decision = _decide(
        review,
        moderator,
        Decision.Action.RESTORE,
        ReasonCode.NO_VIOLATION,
        statement,
    )
    emails.send_review_restored(review, decision)
    return decision


@transaction.atomic
def approve_edit(
    *,
    revision: ReviewRevision,
    moderator: User,
    statement: str = "",
    from_: ReviewRevision.Status = ReviewRevision.Status.PENDING,
) -> Decision:
    """The proposed text becomes public; the revision keeps what it replaced. Raises Conflict, Refused.

    `from_` REJECTED takes a rejection back, unless a later edit was published since (NotPossible).
    """
    if from_ == ReviewRevision.Status.REJECTED:
        _refuse_outdated(revision)
    review = _lock_published(revision.review_id)
    refuse_partial(moderator, review)
    _refuse_insider(review)
    replaced = as_json(
        stored_columns(review), answers_of(review), considered_of(review)
    )
    _decide_revision(
        revision, ReviewRevision.Status.APPROVED, from_=from_, replaced=replaced
    )
    columns, answers, considered = from_json(revision.content)
    rewrite(review, columns | {"edited_at": timezone.now()}, answers, considered)
    request_rating_refresh(review.product_id)
    decision = _decide(
        revision,
        moderator,
        Decision.Action.APPROVE_EDIT,
        ReasonCode.MEETS_GUIDELINES,
        statement,
    )
    emails.send_edit_approved(review, decision)
    return decision


@transaction.atomic
def reject_edit(
    *,
    revision: ReviewRevision,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    """The published text stays. Raises Conflict."""
    refuse_partial(moderator, revision.review)
    _decide_revision(revision, ReviewRevision.Status.REJECTED)
    decision = _decide(
        revision, moderator, Decision.Action.REJECT_EDIT, reason_code, statement
    )
    emails.send_edit_rejected(revision.review, decision)
    return decision


def _refuse_outdated(revision: ReviewRevision) -> None:
    later = ReviewRevision.objects.filter(
        review=revision.review_id,
        id__gt=revision.pk,
        status=ReviewRevision.Status.APPROVED,
    )
    if later.exists():
        raise NotPossible("A later edit of this review was published since.")


def _lock_published(review_id: int) -> Review:
    review = (
        Review.objects.published()
        .select_for_update(no_key=True)
        .filter(pk=review_id)
        .first()
    )
    if review is None:
        raise Conflict
    return review


def _decide_revision(
    revision: ReviewRevision,
    to: ReviewRevision.Status,
    *,
    from_: ReviewRevision.Status = ReviewRevision.Status.PENDING,
    **columns: Any,
) -> None:
    moved = ReviewRevision.objects.filter(pk=revision.pk, status=from_).update(
        status=to, decided_at=timezone.now(), **columns
    )
    if not moved:
        raise Conflict
    revision.refresh_from_db()


def _decide(
    target: Review | ReviewRevision,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    kind = REVIEW if isinstance(target, Review) else REVISION
    close_item(kind=kind, target_public_id=target.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=kind,
        target_public_id=target.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
        content=_text_of(target),
    )


def _text_of(target: Review | ReviewRevision) -> str:
    if isinstance(target, Review):
        return "\n".join([target.headline, target.pros, target.cons])
    return "\n".join(target.content[name] for name in ("headline", "pros", "cons"))


def _make_publishable(review: Review, from_: Review.Status) -> None:
    """Looks at the author as they are now: verified meanwhile, or found to be an insider."""
    review.refresh_from_db()
    if review.status != from_:
        raise Conflict
    _refuse_emptied(review)
    _refuse_insider(review)
    if not is_verified(review) and not verify_by_account(review):
        raise NotVerified


def _refuse_emptied(review: Review) -> None:
    """By its author's erasure, or a year after it was refused."""
    if not review.pros:
        raise NotPossible("Its text is deleted, so there is nothing to restore.")


def _refuse_insider(review: Review) -> None:
    """They may have joined the vendor or a rival since they wrote."""
    if review.author is None:
        return
    if refusal := conflict_of_interest(review.author, review.product):
        raise Refused(refusal)
