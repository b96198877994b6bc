"""refusals() of many reviews says of each what can_message() says of it alone."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Profile, User
from messaging.models import Block
from messaging.permissions import Refusal, can_message, refusals
from reviews.models import Review
from tests.factories import (
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.messaging.people import ask, member

pytestmark = pytest.mark.django_db


def one_of_each(buyer: User) -> list[Review]:
    """Reviews that stand for every way in which their side can refuse, and some that don't."""
    opted_out, erased, inactive, blocks, blocked, speaks, formerly, busy = (
        ReviewFactory(author=member()) for _ in range(8)
    )
    Profile.objects.filter(user=opted_out.author).update(accepts_messages="nobody")
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
    employers = ReviewFactory(author=member())
    vendor = employers.product.vendor
    vendor.email_domains = ["acme.example"]
    vendor.save()
    ask(buyer, (asked := ReviewFactory(author=member())))
    WorkEmailFactory(user=buyer, domain="mail.acme.example")
    return [
        ReviewFactory(author=member()), opted_out, erased, inactive, blocks, blocked, speaks, formerly, busy, strangers,
        employers, asked, ReviewFactory(author=buyer), PendingReviewFactory(author=member()),
    ]  # fmt: skip


def loaded(reviews: list[Review]) -> list[Review]:
    return list(Review.objects.filter(pk__in=[review.pk for review in reviews]))


def alone(buyer, reviews: list[Review]) -> dict[int, Refusal | None]:
    return {review.pk: can_message(buyer, review) for review in loaded(reviews)}


def test_every_refusal_of_the_reviews_side_is_the_same():
    buyer = member()
    reviews = one_of_each(buyer)

    found = refusals(buyer, loaded(reviews))

    assert found == alone(buyer, reviews)
    assert [found[review.pk] for review in reviews] == [
        None,
        *[Refusal.NOT_ACCEPTING] * 6,
        None,
        Refusal.REVIEWER_LIMIT,
        None,
        Refusal.VENDOR_DOMAIN,
        Refusal.ALREADY_ASKED,
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
        ("at the limit", Refusal.SENDER_LIMIT),
    ],
)
def test_every_refusal_of_the_buyers_side_is_the_same(state, expected):
    buyer = UserFactory() if state == "unconfirmed" else member()
    review = ReviewFactory(author=member())
    if state == "visitor":
        buyer = AnonymousUser()
    elif state == "inactive":
        buyer.is_active = False
    elif state == "representative":
        VendorRepresentativeFactory(user=buyer)
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

    with django_assert_num_queries(14):
        refusals(buyer, reviews[:1])
    with django_assert_num_queries(14):
        refusals(buyer, reviews)
    with django_assert_num_queries(3):
        refusals(buyer, [])
