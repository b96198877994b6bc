import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from products.models import Product, ProductCategory
from reviews.models import Review
from reviews.permissions import (
    Refusal,
    can_edit,
    conflict_of_interest,
    edit_refusal,
    review_refusal,
)
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)

pytestmark = pytest.mark.django_db


def test_review_refusal_is_none_for_a_confirmed_member():
    member = confirm_email(UserFactory())
    product = ProductFactory()
    assert review_refusal(member, product) is None


def test_review_refusal_asks_a_visitor_to_sign_in():
    assert review_refusal(AnonymousUser(), ProductFactory()) == Refusal.SIGN_IN


def test_review_refusal_asks_for_the_confirmation_of_the_address():
    assert review_refusal(UserFactory(), ProductFactory()) == Refusal.CONFIRM_EMAIL


@pytest.mark.parametrize("status", [Product.Status.HIDDEN, Product.Status.DISCONTINUED])
def test_review_refusal_for_a_product_that_is_not_shown(status):
    member = confirm_email(UserFactory())
    assert review_refusal(member, ProductFactory(status=status)) == Refusal.CLOSED


@pytest.mark.parametrize("make", [PendingReviewFactory, ReviewFactory])
def test_review_refusal_for_a_second_live_review(make):
    review = make(author=confirm_email(UserFactory()))
    refusal = review_refusal(review.author, review.product)
    assert refusal == Refusal.ALREADY_REVIEWED


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "removed"])
def test_review_refusal_is_none_after_an_earlier_review_ended(status):
    review = ReviewFactory(author=confirm_email(UserFactory()), status=status)
    assert review_refusal(review.author, review.product) is None


def test_review_refusal_for_a_representative_ends_with_the_office():
    representative = VendorRepresentativeFactory()
    member = confirm_email(representative.user)
    product = ProductFactory(vendor=representative.vendor)
    assert review_refusal(member, product) == Refusal.REPRESENTATIVE
    representative.ended_at = timezone.now()
    representative.save()
    assert review_refusal(member, product) is None


def test_review_refusal_for_a_work_email_of_the_vendor_outlives_its_removal():
    member = confirm_email(UserFactory())
    product = ProductFactory(
        vendor=VendorFactory(email_domains=["acme.example", "acme.test"])
    )
    address = WorkEmailFactory(user=member, domain="acme.test")
    assert review_refusal(member, product) == Refusal.INSIDER
    address.lapsed_at = timezone.now()
    address.save()
    assert review_refusal(member, product) == Refusal.INSIDER
    address.verified_at = timezone.now() - datetime.timedelta(days=366)
    address.save()
    assert review_refusal(member, product) is None


def test_review_refusal_ignores_an_unconfirmed_and_a_stale_work_email():
    member = confirm_email(UserFactory())
    product = ProductFactory(vendor=VendorFactory(email_domains=["acme.example"]))
    WorkEmailFactory(user=member, domain="acme.example", verified_at=None)
    WorkEmailFactory(
        user=member,
        domain="acme.example",
        address="old@acme.example",
        verified_at=timezone.now() - datetime.timedelta(days=366),
    )
    assert review_refusal(member, product) is None


def test_review_refusal_for_a_competitor_in_the_same_category():
    category = CategoryFactory()
    rival = VendorFactory(email_domains=["rival.example"])
    ProductFactory(vendor=rival, category=category)
    member = confirm_email(UserFactory())
    WorkEmailFactory(user=member, domain="rival.example")
    assert review_refusal(member, ProductFactory(category=category)) == (
        Refusal.COMPETITOR
    )
    assert review_refusal(member, ProductFactory(category=CategoryFactory())) is None


def test_review_refusal_does_not_call_a_secondary_category_harmless():
    shared = CategoryFactory()
    rival = VendorFactory(email_domains=["rival.example"])
    theirs = ProductFactory(vendor=rival, category=CategoryFactory())
    ProductCategory.objects.create(product=theirs, category=shared, position=1)
    member = confirm_email(UserFactory())
    WorkEmailFactory(user=member, domain="rival.example")
    assert review_refusal(member, ProductFactory(category=shared)) == (
        Refusal.COMPETITOR
    )


def test_only_the_author_changes_a_review_and_only_while_it_lives():
    review = ReviewFactory()
    assert can_edit(review.author, review)
    assert not can_edit(UserFactory(), review)
    assert not can_edit(UserFactory(is_staff=True), review)
    assert not can_edit(AnonymousUser(), review)
    review.status = Review.Status.REMOVED
    assert not can_edit(review.author, review)


def test_nobody_owns_the_review_of_an_erased_member():
    review = ReviewFactory(author=None)
    assert not can_edit(AnonymousUser(), review)
    assert not can_edit(UserFactory(), review)


# --- Where somebody works -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domains", "address", "refused"),
    [
        (["acme.example"], "jo@acme.example", True),
        (["acme.example"], "jo@mail.eu.acme.example", True),
        (["eu.acme.example"], "jo@mail.eu.acme.example", True),
        (["eu.acme.example"], "jo@us.acme.example", False),
        (["acme.co.uk"], "jo@lab.acme.co.uk", True),
        (["acme.co.uk"], "jo@rival.co.uk", False),
        (["acme.example"], "jo@notacme.example", False),
        (["gmail.com"], "jo@gmail.com", False),
    ],
)
def test_address_one_signs_in_with_counts_as_a_work_email(domains, address, refused):
    member = confirm_email(UserFactory(email=address))
    product = ProductFactory(vendor=VendorFactory(email_domains=domains))
    expected = Refusal.INSIDER if refused else None
    assert review_refusal(member, product) == expected


def test_work_email_on_a_subdomain_counts_too():
    member = confirm_email(UserFactory())
    WorkEmailFactory(user=member, domain="acme.example", address="jo@eu.acme.example")
    product = ProductFactory(vendor=VendorFactory(email_domains=["eu.acme.example"]))
    assert review_refusal(member, product) == Refusal.INSIDER


def test_edit_refusal_finds_an_author_who_joined_the_vendor_and_lets_them_withdraw():
    review = ReviewFactory(author=confirm_email(UserFactory()))
    assert edit_refusal(review.author, review) is None
    assert edit_refusal(UserFactory(), review) == Refusal.NOT_YOURS
    VendorRepresentativeFactory(vendor=review.product.vendor, user=review.author)
    assert edit_refusal(review.author, review) == Refusal.REPRESENTATIVE
    assert can_edit(review.author, review)


def test_conflict_takes_two_queries_for_who_works_nowhere(django_assert_num_queries):
    member, product = confirm_email(UserFactory()), ProductFactory()
    with django_assert_num_queries(2):
        assert conflict_of_interest(member, product) is None
