"""What a vendor may do about a review: answer it, dispute it, and nothing else; and what ends with a review."""

import datetime
from collections.abc import Callable, Iterable

from django.utils import timezone

from accounts.models import User
from moderation.models import ReasonCode
from moderation.reasons import GROUNDS_FOR_REFUSAL
from moderation.services import close_item
from products.models import Vendor
from reviews.kinds import DISPUTE
from reviews.models import Dispute, Review, VendorResponse
from reviews.permissions import conflict_of_interest

# Named limits: what a vendor with many reviews needs, and far below what a script wants.
RESPONSES_PER_VENDOR_AND_DAY = 50
OPEN_DISPUTES_PER_VENDOR = 10
DISPUTES_PER_VENDOR_AND_DAY = 20
DISPUTE_LENGTH = 4_000
# What a vendor can say that a review breaks; whether its author's use was verified is not for the vendor to doubt.
DISPUTE_GROUNDS: tuple[ReasonCode, ...] = tuple(
    code
    for code in GROUNDS_FOR_REFUSAL
    if code not in (ReasonCode.NOT_ENTITLED, ReasonCode.NOT_VERIFIED)
)


def may_respond_now(vendor: Vendor) -> bool:
    written = VendorResponse.objects.filter(
        review__product__vendor=vendor, created_at__gt=_a_day_ago()
    )
    return written.count() < RESPONSES_PER_VENDOR_AND_DAY


def may_dispute_now(vendor: Vendor) -> bool:
    opened = Dispute.objects.filter(vendor=vendor, opened_at__gt=_a_day_ago())
    return opened.count() < DISPUTES_PER_VENDOR_AND_DAY


def has_too_many_disputes(vendor: Vendor) -> bool:
    still = Dispute.objects.filter(vendor=vendor, status=Dispute.Status.OPEN)
    return still.count() >= OPEN_DISPUTES_PER_VENDOR


def is_impartial(moderator: User, review: Review) -> bool:
    """Neither its author nor somebody of the vendor or of a competitor."""
    return (
        review.author_id != moderator.pk
        and conflict_of_interest(moderator, review.product) is None
    )


def text_version(review: Review) -> int:
    """Goes up with each approved edit; `version` goes up with each vote as well."""
    return int(review.edited_at.timestamp()) if review.edited_at else 0


def lapse_disputes(review_ids: Iterable[int]) -> None:
    """Of reviews that are no longer public nothing is left to dispute."""
    still = Dispute.objects.filter(review__in=review_ids, status=Dispute.Status.OPEN)
    for public_id in still.values_list("public_id", flat=True):
        close_item(kind=DISPUTE, target_public_id=public_id)
    still.update(status=Dispute.Status.LAPSED, decided_at=timezone.now())


Ending = Callable[[Iterable[int]], None]
# What the apps above end, in the same transaction, when reviews are no longer public or no longer a customer's.
_ENDINGS: list[Ending] = []


def register_end(act: Ending) -> None:
    _ENDINGS.append(act)


def end_what_hangs_on(review_ids: Iterable[int]) -> None:
    ids = list(review_ids)
    for act in _ENDINGS:
        act(ids)


def _a_day_ago() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=1)
