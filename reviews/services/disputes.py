"""A vendor says that a review breaks a rule. The review stays public and scored until a moderator decides."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from moderation.deadlines import after_working_days
from moderation.models import Decision, ReasonCode
from moderation.services import (
    Conflict,
    NotPossible,
    close_item,
    open_item,
    record_decision,
)
from products.models import Vendor
from products.services import speak_for
from reviews import emails
from reviews.kinds import DISPUTE
from reviews.models import Dispute, Review
from reviews.services.content import draw_anew
from reviews.services.impartial import refuse_partial
from reviews.services.moderating import remove_review
from reviews.standing import (
    DISPUTE_GROUNDS,
    OPEN_DISPUTES_PER_VENDOR,
    has_too_many_disputes,
    may_dispute_now,
    text_version,
)

Status = Dispute.Status
WORKING_DAYS_TO_DECIDE = 7
DISPUTED = "Your vendor has disputed this review before; that is possible once."


# --- The vendor -----------------------------------------------------------------------------


@transaction.atomic
def open_dispute(
    *, review: Review, user: User, ground: ReasonCode, statement: str
) -> Dispute:
    """Changes nothing about the review but a label. Raises NotPossible."""
    # Whoever else opens one for this vendor waits: the limits are exact.
    vendor = Vendor.objects.select_for_update(no_key=True).get(
        pk=review.product.vendor_id
    )
    speak_for(vendor, user)
    _refuse(vendor, review, ground)
    now = timezone.now()
    dispute = _insert(
        Dispute(
            review=review,
            vendor=vendor,
            opened_by=user,
            ground=ground,
            statement=statement,
            opened_at=now,
            due_at=after_working_days(now, WORKING_DAYS_TO_DECIDE),
        )
    )
    open_item(
        kind=DISPUTE,
        target_public_id=dispute.public_id,
        opened_at=now,
        working_days=WORKING_DAYS_TO_DECIDE,
    )
    draw_anew(review.pk)
    emails.send_dispute_received(dispute)
    emails.send_dispute_opened(dispute)
    return dispute


def _refuse(vendor: Vendor, review: Review, ground: ReasonCode) -> None:
    if not Review.objects.published().filter(pk=review.pk).exists():
        raise NotPossible("This review isn’t public at the moment.")
    if ground not in DISPUTE_GROUNDS:
        raise NotPossible("Choose the rule that the review breaks.")
    if has_too_many_disputes(vendor):
        raise NotPossible(
            f"{OPEN_DISPUTES_PER_VENDOR} disputes of {vendor.name} are open. Wait until one of them is decided."
        )
    if not may_dispute_now(vendor):
        raise NotPossible("That was done too often today. Please go on tomorrow.")


def _insert(dispute: Dispute) -> Dispute:
    try:
        with transaction.atomic():
            dispute.save(force_insert=True)
    except IntegrityError as error:
        if "one_dispute_per_review_and_vendor" not in str(error):
            raise
        raise NotPossible(DISPUTED) from error
    return dispute


@transaction.atomic
def withdraw_dispute(*, dispute: Dispute, user: User) -> None:
    """Raises NotPossible for whoever doesn't speak for the vendor, and once it is decided."""
    speak_for(dispute.vendor, user)
    try:
        _end(dispute, Status.WITHDRAWN)
    except Conflict as error:
        raise NotPossible("This dispute was decided meanwhile.") from error
    close_item(kind=DISPUTE, target_public_id=dispute.public_id)
    emails.send_dispute_ended(dispute)


# --- The moderator --------------------------------------------------------------------------


@transaction.atomic
def uphold_dispute(
    *,
    dispute: Dispute,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
    seen_version: int | None = None,
) -> Decision:
    """Removes the review; its author gets the reasons and may appeal. Raises Conflict, NotPossible.

    `seen_version`: text_version() of the review that the moderator read.
    """
    refuse_partial(moderator, dispute.review)
    _refuse_unread(dispute, seen_version)
    _end(dispute, Status.UPHELD)
    decision = _log(
        dispute, moderator, Decision.Action.UPHOLD_DISPUTE, reason_code, statement
    )
    remove_review(
        review=dispute.review,
        moderator=moderator,
        reason_code=reason_code,
        statement=statement,
    )
    emails.send_dispute_upheld(dispute, decision)
    return decision


@transaction.atomic
def dismiss_dispute(
    *,
    dispute: Dispute,
    moderator: User,
    statement: str,
    seen_version: int | None = None,
) -> Decision:
    """The label goes, the review stays; the vendor is told why. Raises Conflict, NotPossible."""
    refuse_partial(moderator, dispute.review)
    _refuse_unread(dispute, seen_version)
    _end(dispute, Status.DISMISSED)
    decision = _log(
        dispute,
        moderator,
        Decision.Action.DISMISS_DISPUTE,
        ReasonCode.NO_VIOLATION,
        statement,
    )
    emails.send_dispute_dismissed(dispute, decision)
    emails.send_dispute_ended(dispute)
    return decision


# --- The work behind ------------------------------------------------------------------------


def _refuse_unread(dispute: Dispute, seen_version: int | None) -> None:
    """Where an edit was approved since the moderator read the review; the lock keeps it from being approved now."""
    if seen_version is None:
        return
    review = Review.objects.select_for_update(no_key=True).get(pk=dispute.review_id)
    if text_version(review) != seen_version:
        raise Conflict


def _end(dispute: Dispute, to: Status) -> None:
    still = Dispute.objects.filter(pk=dispute.pk, status=Status.OPEN)
    if not still.update(status=to, decided_at=timezone.now()):
        raise Conflict
    dispute.refresh_from_db()
    draw_anew(dispute.review_id)


def _log(
    dispute: Dispute,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    close_item(kind=DISPUTE, target_public_id=dispute.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=DISPUTE,
        target_public_id=dispute.public_id,
        reason_code=reason_code,
        statement=statement,
        content=dispute.statement,
    )
