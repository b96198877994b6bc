"""What happens to conversations when a member speaks or works for a vendor from now on, or goes, and when a review ends."""

from collections.abc import Iterable

from accounts.models import User
from accounts.privacy import register_eraser
from accounts.services import register_closing, register_confirmation
from messaging import privacy  # noqa: F401 (its eraser is registered first, so the one below runs before it)
from messaging.services import (
    close_conversations,
    end_with_reviews,
    rest_at_vendor,
    rest_conversations,
)
from products.models import Vendor
from products.services import register_beginning
from reviews.privacy import lock_reviews_before_erasure
from reviews.standing import register_end


def end_for_vendor(user: User, vendor: Vendor) -> None:
    """Vendors say in public what they have to say: whoever speaks for one takes part in no conversation."""
    close_conversations(member=user)


def rest_with_employer(user: User) -> None:
    """Whoever turns out to work for a vendor asks no reviewer of it, nor of its competitors."""
    rest_at_vendor(member=user)


def rest_while_disabled(user: User) -> None:
    """The account may be enabled again, and its conversations go on; what was agreed and shown in them doesn't."""
    rest_conversations(member=user)


def end_with_account(user: User, *, keep_published: bool) -> None:
    lock_reviews_before_erasure(user)
    close_conversations(member=user)


def end_of_reviews(review_ids: Iterable[int]) -> None:
    end_with_reviews(review_ids=review_ids)


register_beginning(end_for_vendor)
register_confirmation(rest_with_employer)
register_closing(rest_while_disabled)
register_eraser(end_with_account)
register_end(end_of_reviews)
