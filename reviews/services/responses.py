"""The vendor's one public answer: who may speak for it writes, a moderator reads, and no name stands under it."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
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
from products.services import speak_for
from reviews import emails
from reviews.kinds import RESPONSE
from reviews.models import Review, VendorResponse
from reviews.services.content import draw_anew
from reviews.services.impartial import refuse_partial
from reviews.standing import may_respond_now
from reviews_site.lib.visitor_pages import everything_changed

Status = VendorResponse.Status
ANSWERED = "This review is answered already. Open it again to see the answer."


# --- The vendor -----------------------------------------------------------------------------


@transaction.atomic
def respond(
    *, review: Review, user: User, body: str, replaces: UUID | None = None
) -> VendorResponse:
    """Waits for a moderator. Raises NotPossible for whoever doesn't speak for the vendor, and for a second answer.

    `replaces`: the answer that it takes the place of; that one is withdrawn now.
    """
    vendor = review.product.vendor
    speak_for(vendor, user)
    if not Review.objects.published().filter(pk=review.pk).exists():
        raise NotPossible("This review isn’t public at the moment.")
    if not may_respond_now(vendor):
        raise NotPossible("That was done too often today. Please go on tomorrow.")
    if replaces is not None:
        _withdraw(review.responses.filter(public_id=replaces).first())
    response = _insert(review, user, body)
    open_item(
        kind=RESPONSE,
        target_public_id=response.public_id,
        opened_at=response.created_at,
    )
    return response


def _insert(review: Review, user: User, body: str) -> VendorResponse:
    try:
        with transaction.atomic():
            return VendorResponse.objects.create(review=review, author=user, body=body)
    except IntegrityError as error:
        if "one_live_response_per_review" not in str(error):
            raise
        raise NotPossible(ANSWERED) from error


@transaction.atomic
def withdraw_response(*, response: VendorResponse, user: User) -> None:
    """Raises NotPossible for whoever doesn't speak for the vendor, and for an answer that is gone already."""
    speak_for(response.review.product.vendor, user)
    _withdraw(response)


def _withdraw(response: VendorResponse | None) -> None:
    if response is None:
        raise NotPossible(ANSWERED)
    live = VendorResponse.objects.filter(pk=response.pk, status__in=VendorResponse.LIVE)
    if not live.update(status=Status.WITHDRAWN):
        raise NotPossible("This answer was decided on or withdrawn meanwhile.")
    close_item(kind=RESPONSE, target_public_id=response.public_id)
    draw_anew(response.review_id)
    # Lists of the API have its words too.
    everything_changed()


# --- The moderator --------------------------------------------------------------------------


@transaction.atomic
def publish_response(
    *, response: VendorResponse, moderator: User, statement: str = ""
) -> Decision:
    """Raises Conflict, NotPossible."""
    decision = _decide(
        response,
        moderator,
        Decision.Action.PUBLISH,
        ReasonCode.MEETS_GUIDELINES,
        statement,
        from_=Status.PENDING,
        to=Status.PUBLISHED,
        published_at=timezone.now(),
    )
    emails.send_response_published(response, decision)
    emails.send_review_answered(response)
    return decision


@transaction.atomic
def reject_response(
    *,
    response: VendorResponse,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    """Raises Conflict, NotPossible."""
    decision = _decide(
        response,
        moderator,
        Decision.Action.REJECT,
        reason_code,
        statement,
        from_=Status.PENDING,
        to=Status.REJECTED,
    )
    emails.send_response_rejected(response, decision)
    return decision


@transaction.atomic
def remove_response(
    *,
    response: VendorResponse,
    moderator: User,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    """Raises Conflict, NotPossible."""
    decision = _decide(
        response,
        moderator,
        Decision.Action.REMOVE,
        reason_code,
        statement,
        from_=Status.PUBLISHED,
        to=Status.REMOVED,
    )
    emails.send_response_removed(response, decision)
    return decision


@transaction.atomic
def restore_response(
    *, response: VendorResponse, moderator: User, statement: str = ""
) -> Decision:
    """What was rejected or removed is public again. Raises Conflict; NotPossible where another answer stands there."""
    response.refresh_from_db()
    # One that was emptied by time has nothing to come back with.
    if response.status not in (Status.REJECTED, Status.REMOVED) or not response.body:
        raise Conflict
    decision = _decide(
        response,
        moderator,
        Decision.Action.RESTORE,
        ReasonCode.NO_VIOLATION,
        statement,
        from_=Status(response.status),
        to=Status.PUBLISHED,
        published_at=response.published_at or timezone.now(),
    )
    emails.send_response_published(response, decision)
    return decision


def _decide(
    response: VendorResponse,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
    **move: Any,
) -> Decision:
    refuse_partial(moderator, response.review)
    _move(response, **move)
    draw_anew(response.review_id)
    if move["from_"] == Status.PUBLISHED:
        everything_changed()
    close_item(kind=RESPONSE, target_public_id=response.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=RESPONSE,
        target_public_id=response.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
        content=response.body,
    )


def _move(
    response: VendorResponse, *, from_: Status, to: Status, **columns: Any
) -> None:
    rows = VendorResponse.objects.filter(pk=response.pk, status=from_)
    try:
        with transaction.atomic():
            moved = rows.update(status=to, **columns)
    except IntegrityError as error:
        if "one_live_response_per_review" not in str(error):
            raise
        raise NotPossible("Another answer of the vendor stands there now.") from error
    if not moved:
        raise Conflict
    response.refresh_from_db()
