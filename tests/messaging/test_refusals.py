"""refusals() of many reviews says of each what can_message() says of it alone."""

from contextlib import suppress

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from messaging.models import Block
from messaging.permissions import Refusal, can_message, refusals
from messaging.services import MessageRefused
from reviews.models import Review
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.messaging.people import ELSEWHERE, ask, choose, declined, member, suspend

pytestmark = pytest.mark.django_db


def one_of_each(buyer: User) -> list[Review]:
    """Reviews that stand for every way in which their side can refuse, and some that don't."""
    opted_out, erased, inactive, blocks, blocked, speaks, formerly, busy = (
        ReviewFactory(author=member()) for _ in range(8)
    )
    suspended, alike, unlike, unlike_and_blocks = (
        ReviewFactory(author=member()) for _ in range(4)
    )
    choose(opted_out.author, "nobody")
    for review in (alike, unlike, unlike_and_blocks):
        choose(review.author, "like_me")
    Review.objects.filter(pk__in=[unlike.pk, unlike_and_blocks.pk]).update(**ELSEWHERE)
    Block.objects.create(blocker=unlike_and_blocks.author, blocked=buyer)
    suspend(suspended.author)
    Review.objects.filter(pk=erased.pk).update(author=None)
    User.objects.filter(pk=inactive.author_id).update(is_active=False)
    Block.objects.create(blocker=blocks.author, blocked=buyer)
    Block.objects.create(blocker=buyer, blocked=blocked.author)
    VendorRepresentativeFactory(user=speaks.author)
    VendorRepresentativeFactory(user=formerly.author, ended_at=timezone.now())
    for _ in range(3):
        ask(member(), ReviewFactory(author=busy.author))
    strangers = ReviewFactory(author=member())
    Block.objects.create(blocker=strangers.author, blocked=busy.author)
    employers, rivals = (
        ReviewFactory(author=member(), product__category=category)
        for category in [CategoryFactory()] * 2
    )
    vendor = employers.product.vendor
    vendor.email_domains = ["acme.example"]
    vendor.save()
    ask(buyer, (asked := ReviewFactory(author=member())))
    WorkEmailFactory(user=buyer, domain="mail.acme.example")
    return [
        ReviewFactory(author=member()), opted_out, erased, inactive, blocks, blocked, speaks, formerly, busy, strangers,
        employers, rivals, asked, suspended, alike, unlike, unlike_and_blocks, ReviewFactory(author=buyer), PendingReviewFactory(author=member()),
    ]  # fmt: skip


def loaded(reviews: list[Review]) -> list[Review]:
    return list(Review.objects.filter(pk__in=[review.pk for review in reviews]))


def alone(buyer, reviews: list[Review]) -> dict[int, Refusal | None]:
    return {review.pk: can_message(buyer, review) for review in loaded(reviews)}


def asked_in_fact(buyer, reviews: list[Review]) -> set[int]:
    """Each on its own: one question sent must not count against the next."""
    sent = set()
    for review in loaded(reviews):
        point = transaction.savepoint()
        with suppress(MessageRefused):
            sent.add(ask(buyer, review).review_id)
        transaction.savepoint_rollback(point)
    return sent


def test_every_refusal_of_the_reviews_side_is_the_same():
    buyer = member()
    reviews = one_of_each(buyer)

    found = refusals(buyer, loaded(reviews))

    assert found == alone(buyer, reviews)
    assert {pk for pk, refusal in found.items() if refusal is None} == asked_in_fact(
        buyer, reviews
    )
    assert [found[review.pk] for review in reviews] == [
        None,
        *[Refusal.NOT_ACCEPTING] * 6,
        None,
        Refusal.REVIEWER_LIMIT,
        None,
        Refusal.VENDOR_DOMAIN,
        Refusal.COMPETITOR,
        Refusal.ALREADY_ASKED,
        Refusal.NOT_ACCEPTING,
        None,
        Refusal.NOT_ALIKE,
        Refusal.NOT_ACCEPTING,
        Refusal.OWN_REVIEW,
        Refusal.NOT_PUBLISHED,
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("visitor", Refusal.SIGNED_OUT),
        ("inactive", Refusal.CLOSED),
        ("unconfirmed", Refusal.EMAIL_NOT_CONFIRMED),
        ("representative", Refusal.REPRESENTATIVE),
        ("suspended", Refusal.SUSPENDED),
        ("at the limit", Refusal.SENDER_LIMIT),
        ("slowed down", Refusal.SLOWED_DOWN),
    ],
)
def test_every_refusal_of_the_buyers_side_is_the_same(state, expected):
    buyer = UserFactory() if state == "unconfirmed" else member()
    review = ReviewFactory(author=member())
    if state == "visitor":
        buyer = AnonymousUser()
    elif state == "inactive":
        buyer.is_active = False
        buyer.save()
    elif state == "representative":
        VendorRepresentativeFactory(user=buyer)
    elif state == "suspended":
        suspend(buyer)
    elif state == "slowed down":
        declined(buyer, 3)
        for _ in range(2):
            ask(buyer, ReviewFactory(author=member()))
    elif state == "at the limit":
        for _ in range(5):
            ask(buyer, ReviewFactory(author=member()))

    assert refusals(buyer, [review]) == {review.pk: expected} == alone(buyer, [review])


def test_an_account_address_at_the_vendor_counts_as_well():
    seller = confirm_email(UserFactory(email="sales@acme.example"))
    of_acme, of_another = ReviewFactory(author=member()), ReviewFactory(author=member())
    of_acme.product.vendor.email_domains = ["acme.example"]
    of_acme.product.vendor.save()

    found = refusals(seller, [of_acme, of_another])

    assert found == alone(seller, [of_acme, of_another])
    assert found[of_acme.pk] == Refusal.VENDOR_DOMAIN


def test_fifty_reviews_take_as_many_queries_as_one(django_assert_num_queries):
    buyer = member()
    reviews = loaded(one_of_each(buyer))

    # Who works for a vendor takes two more: its products, and those that compete with them.
    with django_assert_num_queries(13):
        refusals(buyer, reviews[:1])
    with django_assert_num_queries(13):
        refusals(buyer, reviews)
    with django_assert_num_queries(1):
        refusals(buyer, [])


def test_one_question_costs_what_three_cost(django_assert_num_queries):
    buyer = member()
    reviews = loaded([ReviewFactory(author=member()) for _ in range(3)])

    with django_assert_num_queries(9):
        can_message(buyer, reviews[0])
    with django_assert_num_queries(9):
        refusals(buyer, reviews)
