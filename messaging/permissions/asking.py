"""May a member begin a conversation about a review? Of one review, and of many in as many queries as of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Profile, User
from messaging.models import Block, Conversation, MessagingSuspension, Participant
from messaging.permissions.common import (
    pair_refusal,
    published_refusal,
    sender_refusal,
)
from messaging.permissions.members import employers, works_for_vendor
from messaging.permissions.refusals import (
    DAY,
    NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY,
    NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
    Refusal,
)
from products.models import VendorRepresentative
from reviews.models import Review


def can_message(buyer: User | AnonymousUser, review: Review) -> Refusal | None:
    """May this member begin a conversation about this review? None is yes."""
    if not isinstance(buyer, User):
        return Refusal.SIGNED_OUT
    return (
        sender_refusal(buyer)
        or _review_refusal(buyer, review)
        or _buyer_refusal(buyer, review)
        or _author_refusal(review)
        or pair_refusal(buyer, review.author)
        or _asked_refusal(buyer, review)
        or _limit_refusal(buyer, review)
    )


def refusals(
    buyer: User | AnonymousUser, reviews: Iterable[Review]
) -> dict[int, Refusal | None]:
    """can_message() about each of them, by the review's id, in as many queries for fifty as for one."""
    reviews = list(reviews)
    if not isinstance(buyer, User):
        return {review.pk: Refusal.SIGNED_OUT for review in reviews}
    refusal = sender_refusal(buyer)
    if refusal or not reviews:
        return {review.pk: refusal for review in reviews}
    known = _KnownOfAll.by(buyer, reviews)
    return {
        review.pk: _review_refusal(buyer, review) or known.refusal(review)
        for review in reviews
    }


def _review_refusal(buyer: User, review: Review) -> Refusal | None:
    return published_refusal(review) or (
        Refusal.OWN_REVIEW if review.author_id == buyer.pk else None
    )


def _buyer_refusal(buyer: User, review: Review) -> Refusal | None:
    return Refusal.VENDOR_DOMAIN if works_for_vendor(buyer, review) else None


def _author_refusal(review: Review) -> Refusal | None:
    accepts = Profile.objects.filter(
        user=review.author_id, accepts_messages=Profile.AcceptsMessages.EVERYONE
    )
    return None if accepts.exists() else Refusal.NOT_ACCEPTING


def _asked_refusal(buyer: User, review: Review) -> Refusal | None:
    asked = Conversation.objects.filter(buyer=buyer, review=review)
    return Refusal.ALREADY_ASKED if asked.exists() else None


def _limit_refusal(buyer: User, review: Review) -> Refusal | None:
    today = Participant.objects.filter(
        conversation__created_at__gt=timezone.now() - DAY
    )
    begun = today.filter(user=buyer, role=Participant.Role.BUYER)
    if begun.count() >= NEW_CONVERSATIONS_PER_SENDER_AND_DAY:
        return Refusal.SENDER_LIMIT
    received = today.filter(user=review.author_id, role=Participant.Role.REVIEWER)
    if received.count() >= NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY:
        return Refusal.REVIEWER_LIMIT
    return None


@dataclass(frozen=True)
class _KnownOfAll:
    """What the checks of can_message() ask about one review at a time, of many at once: ids."""

    own_products: set[int]
    accepting: set[int]
    out_of_reach: set[int]
    asked: set[int]
    has_begun: int
    received: dict[int, int]

    @classmethod
    def by(cls, buyer: User, reviews: list[Review]) -> "_KnownOfAll":
        authors = {review.author_id for review in reviews if review.author_id}
        today = Participant.objects.filter(
            conversation__created_at__gt=timezone.now() - DAY
        )
        return cls(
            own_products=_own_products(buyer, {r.product_id for r in reviews}),
            accepting=_accepting(authors),
            out_of_reach=_out_of_reach(buyer, authors),
            asked=_ids(
                Conversation.objects.filter(buyer=buyer, review__in=reviews), "review"
            ),
            has_begun=today.filter(user=buyer, role=Participant.Role.BUYER).count(),
            received=dict(
                today.filter(user__in=authors, role=Participant.Role.REVIEWER)
                .values_list("user")
                .annotate(n=Count("pk"))
            ),
        )

    def refusal(self, review: Review) -> Refusal | None:
        if review.product_id in self.own_products:
            return Refusal.VENDOR_DOMAIN
        author = review.author_id
        if author not in self.accepting or author in self.out_of_reach:
            return Refusal.NOT_ACCEPTING
        if review.pk in self.asked:
            return Refusal.ALREADY_ASKED
        if self.has_begun >= NEW_CONVERSATIONS_PER_SENDER_AND_DAY:
            return Refusal.SENDER_LIMIT
        if self.received.get(author, 0) >= NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY:
            return Refusal.REVIEWER_LIMIT
        return None


def _ids(rows: QuerySet[Any], column: str) -> set[int]:
    return set(rows.values_list(column, flat=True))


def _own_products(buyer: User, products: set[int]) -> set[int]:
    own = employers(buyer).filter(products__in=products)
    return products & _ids(own, "products")


def _accepting(authors: set[int]) -> set[int]:
    everyone = Profile.AcceptsMessages.EVERYONE
    return _ids(
        Profile.objects.filter(user__in=authors, accepts_messages=everyone), "user"
    )


def _out_of_reach(buyer: User, authors: set[int]) -> set[int]:
    inactive = User.objects.filter(pk__in=authors, is_active=False)
    speaking = VendorRepresentative.objects.current().filter(user__in=authors)
    blocks = Block.objects.filter(
        Q(blocker=buyer, blocked__in=authors) | Q(blocker__in=authors, blocked=buyer)
    )
    pairs = blocks.values_list("blocker", "blocked")
    blocked = {pk for pair in pairs for pk in pair} - {buyer.pk}
    suspended = MessagingSuspension.objects.current().filter(user__in=authors)
    return (
        _ids(inactive, "pk")
        | _ids(speaking, "user")
        | _ids(suspended, "user")
        | blocked
    )
