import pytest
from django.contrib.auth.models import AnonymousUser

from prices.permissions import Refusal, can_report_price, may_read_report
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
from tests.prices.customers import customer, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    vendor = VendorFactory(email_domains=["vendor.example"])
    return ProductFactory(vendor=vendor, category=CategoryFactory())


def test_customer_with_a_review_may_say_what_they_pay(product):
    assert can_report_price(customer(product), product) is None


def test_waiting_review_is_enough(product):
    user = confirm_email(UserFactory())
    WorkEmailFactory(user=user)
    PendingReviewFactory(product=product, author=user)
    assert can_report_price(user, product) is None


def test_who_is_not_signed_in_may_not(product):
    assert can_report_price(AnonymousUser(), product) == Refusal.SIGN_IN


def test_who_has_not_confirmed_their_address_may_not(product):
    user = UserFactory()
    ReviewFactory(product=product, author=user)
    assert can_report_price(user, product) == Refusal.CONFIRM_EMAIL


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "removed"])
def test_who_has_no_live_review_may_not(product, status):
    user = confirm_email(UserFactory())
    WorkEmailFactory(user=user)
    ReviewFactory(product=product, author=user, status=status)
    assert can_report_price(user, product) == Refusal.REVIEW_FIRST


def test_review_of_another_product_is_not_enough(product):
    user = customer(ProductFactory())
    assert can_report_price(user, product) == Refusal.REVIEW_FIRST


@pytest.mark.parametrize("relationship", ["partner", "reseller", "consultant"])
def test_who_is_no_customer_may_not(product, relationship):
    user = customer(product)
    user.reviews.update(relationship=relationship)
    assert can_report_price(user, product) == Refusal.NOT_A_CUSTOMER


def test_who_has_no_current_work_email_may_not(product):
    user = customer(product)
    user.work_emails.all().delete()
    assert can_report_price(user, product) == Refusal.WORK_EMAIL


def test_representative_insider_and_competitor_may_not(product):
    representative = customer(product)
    VendorRepresentativeFactory(vendor=product.vendor, user=representative)
    insider = customer(product, "vendor.example")
    rival = ProductFactory(
        vendor=VendorFactory(email_domains=["rival.example"]),
        category=product.categories.get(),
    )
    competitor = customer(product, "rival.example")
    assert rival.pk != product.pk
    assert can_report_price(representative, product) == Refusal.REPRESENTATIVE
    assert can_report_price(insider, product) == Refusal.INSIDER
    assert can_report_price(competitor, product) == Refusal.COMPETITOR


def test_report_is_read_by_an_impartial_moderator_alone(product):
    author = customer(product)
    report = told(product, author)
    assert may_read_report(UserFactory(is_staff=True), report)
    assert not may_read_report(UserFactory(), report)
    assert not may_read_report(UserFactory(is_staff=True, is_active=False), report)
    author.is_staff = True
    assert not may_read_report(author, report)
    insider = customer(product, "vendor.example")
    insider.is_staff = True
    assert not may_read_report(insider, report)
