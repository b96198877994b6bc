"""May a member begin a conversation about a review?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.likeness import are_alike
from accounts.models import Profile, User
from messaging.models import Block, Conversation, MessagingSuspension
from messaging.permissions.common import published_refusal, sender_refusal
from messaging.permissions.limits import received_today, sender_limit
from messaging.permissions.members import member_of
from messaging.permissions.refusals import (
    NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY,
    Refusal,
)
from messaging.permissions.vendors import vendor_refusals
from products.models import VendorRepresentative
from reviews.coarsening import public_facets
from reviews.models import Review

Accepts = Profile.AcceptsMessages


def can_message(buyer: User | AnonymousUser, review: Review) -> Refusal | None:
    """May this member begin a conversation about this review? None is yes."""
    return refusals(buyer, [review])[review.pk]


def refusals(
    buyer: User | AnonymousUser, reviews: Iterable[Review]
) -> dict[int, Refusal | None]:
    """can_message() about each of them, by the review's id, in as many queries for fifty as for one."""
    reviews = list(reviews)
    if not isinstance(buyer, User):
        return {review.pk: Refusal.SIGNED_OUT for review in reviews}
    sender = member_of(buyer)
    refusal = sender_refusal(sender)
    if sender is None or refusal or not reviews:
        return {review.pk: refusal for review in reviews}
    known = _Known.by(buyer, sender.names, reviews)
    return {review.pk: known.refusal(review) for review in reviews}


@dataclass(frozen=True)
class _Known:
    """All that decides about these reviews; members and reviews by their ids."""

    buyer: User
    of_vendor: dict[int, Refusal]
    # What the authors chose; those who are gone or inactive are missing.
    accepts: dict[int, str]
    out_of_reach: set[int]
    asked: set[int]
    sender_limit: Refusal | None
    received: dict[int, int]

    @classmethod
    def by(cls, buyer: User, names: list[str], reviews: list[Review]) -> "_Known":
        authors = {review.author_id for review in reviews if review.author_id}
        return cls(
            buyer=buyer,
            of_vendor=vendor_refusals(names, {r.product_id for r in reviews}),
            accepts=_accepts(authors),
            out_of_reach=_out_of_reach(buyer, authors),
            asked=_ids(
                Conversation.objects.filter(buyer=buyer, review__in=reviews), "review"
            ),
            sender_limit=sender_limit(buyer),
            received=received_today(authors),
        )

    def refusal(self, review: Review) -> Refusal | None:
        if refusal := published_refusal(review):
            return refusal
        if review.author_id == self.buyer.pk:
            return Refusal.OWN_REVIEW
        return self.of_vendor.get(review.product_id) or self._author_refusal(review)

    def _author_refusal(self, review: Review) -> Refusal | None:
        """Likeness comes late: whom an author blocked reads the same before it as after."""
        author = review.author_id
        if author is None or author in self.out_of_reach:
            return Refusal.NOT_ACCEPTING
        accepts = self.accepts.get(author, Accepts.NOBODY)
        if accepts == Accepts.NOBODY:
            return Refusal.NOT_ACCEPTING
        if review.pk in self.asked:
            return Refusal.ALREADY_ASKED
        if accepts == Accepts.LIKE_ME and not self._is_like_author_of(review):
            return Refusal.NOT_ALIKE
        if self.sender_limit:
            return self.sender_limit
        is_full = self.received.get(author, 0) >= NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY
        return Refusal.REVIEWER_LIMIT if is_full else None

    def _is_like_author_of(self, review: Review) -> bool:
        """By what the review shows to everybody: a refusal tells nothing of what it hides, however often one tries."""
        return are_alike(self.buyer.profile, public_facets(review))


def _ids(rows: QuerySet[Any], column: str) -> set[int]:
    return set(rows.values_list(column, flat=True))


def _accepts(authors: set[int]) -> dict[int, str]:
    active = Profile.objects.filter(user__in=authors, user__is_active=True)
    return dict(active.values_list("user", "accepts_messages"))


def _out_of_reach(buyer: User, authors: set[int]) -> set[int]:
    speaking = VendorRepresentative.objects.current().filter(user__in=authors)
    suspended = MessagingSuspension.objects.current().filter(user__in=authors)
    blocks = Block.objects.filter(
        Q(blocker=buyer, blocked__in=authors) | Q(blocker__in=authors, blocked=buyer)
    )
    pairs = blocks.values_list("blocker", "blocked")
    blocked = {pk for pair in pairs for pk in pair} - {buyer.pk}
    return _ids(speaking, "user") | _ids(suspended, "user") | blocked
