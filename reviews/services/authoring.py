"""The author's verbs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from moderation.services import close_item, open_item
from products.models import Invitation, Product
from reviews import emails
from reviews.coarsening import facets_to_hide
from reviews.kinds import REVIEW, REVISION
from reviews.models import Review, ReviewRevision
from reviews.permissions import (
    Refusal,
    change_refusal,
    edit_refusal,
    review_refusal,
)
from reviews.proofs import drop_proofs
from reviews.services.considered import Considered, write_considered
from reviews.services.content import (
    ReviewContent,
    as_json,
    columns_of,
    move,
    one_live_review,
    rewrite,
    supersede_revisions,
    write_answers,
)
from reviews.services.drafts import discard_draft
from reviews.services.errors import AlreadyReviewed, Refused
from reviews.services.rating import request_rating_refresh
from reviews.services.verifying import verify_by_account
from reviews.tasks import check_review, check_revision


@transaction.atomic
def submit_review(
    *,
    author: User,
    product: Product,
    content: ReviewContent,
    answers: Mapping[str, str],
    source: Review.Source = Review.Source.ORGANIC,
    invitation: Invitation | None = None,
    considered: Considered | None = None,
) -> Review:
    """A pending review. Raises Refused with the reason, AlreadyReviewed (a Refused) for a second live one.

    With an invitation its source is that, whatever else is said; an ended one still was one.
    """
    refusal = review_refusal(author, product)
    if refusal == Refusal.ALREADY_REVIEWED:
        raise AlreadyReviewed
    if refusal:
        raise Refused(refusal)
    if invitation is not None:
        source = Review.Source.INVITED
    review = _insert_review(
        author, product, content, source=source, invitation=invitation
    )
    write_answers(review, answers)
    write_considered(review, considered or {})
    verify_by_account(review)
    discard_draft(author=author, product=product)
    open_item(
        kind=REVIEW, target_public_id=review.public_id, opened_at=review.submitted_at
    )
    check_review.delay_on_commit(review.pk)
    emails.send_review_received(review)
    return review


@transaction.atomic
def propose_edit(
    *,
    review: Review,
    author: User,
    content: ReviewContent,
    answers: Mapping[str, str],
    considered: Considered | None = None,
) -> ReviewRevision | None:
    """A pending revision of a published review, whose public text stays until a moderator approves.

    None: the review still waits itself, so it was changed in place. A later edit supersedes an earlier one.
    Without `considered`, the products that it names stay as they are. Raises Refused.
    """
    # The lock keeps a moderator from publishing halfway through the change.
    review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    refusal = edit_refusal(author, review)
    if refusal:
        raise Refused(refusal)
    if review.status == Review.Status.PENDING:
        rewrite(review, columns_of(content, author), answers, considered)
        check_review.delay_on_commit(review.pk)
        return None
    supersede_revisions(review)
    revision = ReviewRevision.objects.create(
        review=review,
        content=as_json(columns_of(content, author), answers, considered),
    )
    open_item(kind=REVISION, target_public_id=revision.public_id)
    check_revision.delay_on_commit(revision.pk)
    return revision


@transaction.atomic
def withdraw_review(*, review: Review, author: User) -> None:
    """Raises Refused when it isn't theirs or no longer waits or is public."""
    review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    refusal = change_refusal(author, review)
    if refusal:
        raise Refused(refusal)
    was_published = review.status == Review.Status.PUBLISHED
    move(review, from_=review.status, to=Review.Status.WITHDRAWN)
    drop_proofs(Review.objects.filter(pk=review.pk))
    close_item(kind=REVIEW, target_public_id=review.public_id)
    if was_published:
        request_rating_refresh(review.product_id)


def _insert_review(
    author: User, product: Product, content: ReviewContent, **origin: Any
) -> Review:
    review = Review(
        author=author,
        product=product,
        hidden_facets=facets_to_hide(content),
        **columns_of(content, author),
        **origin,
    )
    with one_live_review():
        review.save(force_insert=True)
    return review
