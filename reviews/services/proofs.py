"""A proof of use: sent by the author, looked at and decided on by a moderator, and gone with the decision."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import (
    Conflict,
    NotPossible,
    close_item,
    open_item,
    record_decision,
)
from reviews import emails, proofs
from reviews.kinds import PROOF
from reviews.models import ProofPage, Review, Verification
from reviews.permissions import Refusal, proof_refusal
from reviews.services.errors import Refused
from reviews.services.impartial import refuse_partial
from reviews.services.rating import request_rating_refresh
from reviews.services.verifying import strengthen

Status = Verification.Status


def send_proof(*, review: Review, author: User, data: bytes) -> Verification:
    """Takes the place of an earlier one that still waits. Raises Refused, or UnusableFile with what is wrong with it."""
    _refuse(author, review)
    # Before the transaction: it takes a second or two.
    pages = proofs.draw_pages(data)
    return _keep(review, author, pages)


@transaction.atomic
def _keep(review: Review, author: User, pages: Sequence[bytes]) -> Verification:
    review = _lock(review.pk)
    _refuse(author, review)
    verification, _ = Verification.objects.update_or_create(
        review=review,
        method=Review.Method.PROOF_OF_USE,
        defaults={
            "status": Status.PENDING,
            "checked_by": None,
            "checked_at": None,
            "evidence_deleted_at": None,
        },
    )
    verification.pages.all().delete()
    ProofPage.objects.bulk_create(
        ProofPage(verification=verification, position=position, image=page)
        for position, page in enumerate(pages, start=1)
    )
    open_item(kind=PROOF, target_public_id=verification.public_id)
    return verification


@transaction.atomic
def take_back_proof(*, review: Review, author: User) -> None:
    """Raises Refused when the review isn't theirs, Conflict when nothing waits any more."""
    review = _lock(review.pk)
    if review.author_id != author.pk:
        raise Refused(Refusal.NOT_YOURS)
    if not proofs.waiting_proofs().filter(review=review).exists():
        raise Conflict
    proofs.drop_proofs(Review.objects.filter(pk=review.pk))


@transaction.atomic
def look_at_proof(*, verification: Verification, moderator: User) -> Decision:
    """Logged before a page is shown. Raises Conflict when it waits no longer, Refused for a moderator who isn't impartial."""
    _lock_waiting(verification, moderator, seen=None)
    return record_decision(
        moderator=moderator,
        action=Decision.Action.VIEW_PROOF,
        target_kind=PROOF,
        target_public_id=verification.public_id,
        reason_code=ReasonCode.NO_VIOLATION,
        statement="Looked at to decide on it.",
    )


@transaction.atomic
def accept_proof(
    *,
    verification: Verification,
    moderator: User,
    statement: str = "",
    seen: int | None = None,
) -> Decision:
    """`seen`: proofs.newest_page() when the moderator looked. Raises Conflict, NotPossible."""
    review = _lock_waiting(verification, moderator, seen)
    _refuse_unseen(verification, moderator)
    _end(verification, moderator, Status.PASSED)
    is_stronger = strengthen(review, Review.Method.PROOF_OF_USE)
    if is_stronger and review.status == Review.Status.PUBLISHED:
        request_rating_refresh(review.product_id)
    decision = _decide(
        verification,
        moderator,
        Decision.Action.ACCEPT_PROOF,
        ReasonCode.MEETS_GUIDELINES,
        statement,
    )
    emails.send_proof_accepted(review, decision)
    return decision


@transaction.atomic
def reject_proof(
    *,
    verification: Verification,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    seen: int | None = None,
) -> Decision:
    """The review stays as it is. Raises Conflict, NotPossible."""
    review = _lock_waiting(verification, moderator, seen)
    _refuse_unseen(verification, moderator)
    _end(verification, moderator, Status.FAILED)
    decision = _decide(
        verification, moderator, Decision.Action.REJECT_PROOF, reason_code, statement
    )
    emails.send_proof_rejected(review, decision)
    return decision


def expire_proofs() -> int:
    """What nobody decided on within 30 days is deleted, and its author told. Returns how many."""
    old = ProofPage.objects.filter(uploaded_at__lt=timezone.now() - proofs.KEPT_FOR)
    found = Verification.objects.filter(pk__in=old.values("verification"))
    return sum(_expire(verification) for verification in found)


@transaction.atomic
def _expire(verification: Verification) -> bool:
    review = _lock(verification.review_id)
    since = proofs.uploaded_at(verification)
    # A newer one took its place meanwhile.
    if since is None or since > timezone.now() - proofs.KEPT_FOR:
        return False
    proofs.delete_pages(Verification.objects.filter(pk=verification.pk))
    waiting = proofs.waiting_proofs().filter(pk=verification.pk)
    if waiting.update(status=Status.FAILED, checked_at=timezone.now()):
        close_item(kind=PROOF, target_public_id=verification.public_id)
        emails.send_proof_expired(review, verification, since)
    return True


def _lock(review_id: int) -> Review:
    """Always the review first, so that two of these never wait for each other."""
    return (
        Review.objects.select_related("product")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=review_id)
    )


def _lock_waiting(
    verification: Verification, moderator: User, seen: int | None
) -> Review:
    review = _lock(verification.review_id)
    refuse_partial(moderator, review)
    if not proofs.waiting_proofs().filter(pk=verification.pk).exists():
        raise Conflict
    if seen is not None and seen != proofs.newest_page(verification):
        raise Conflict
    return review


def _refuse(author: User, review: Review) -> None:
    if refusal := proof_refusal(author, review):
        raise Refused(refusal)


def _refuse_unseen(verification: Verification, moderator: User) -> None:
    if not proofs.was_looked_at(verification, moderator):
        raise NotPossible("Look at the proof before you decide on it.")


def _end(verification: Verification, moderator: User, to: Verification.Status) -> None:
    proofs.waiting_proofs().filter(pk=verification.pk).update(
        status=to, checked_by=moderator, checked_at=timezone.now()
    )
    proofs.delete_pages(Verification.objects.filter(pk=verification.pk))
    verification.refresh_from_db()


def _decide(
    verification: Verification,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    close_item(
        kind=PROOF, target_public_id=verification.public_id, outcome=action.value
    )
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=PROOF,
        target_public_id=verification.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
    )
