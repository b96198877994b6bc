import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.privacy import erase, export
from disclosure import releasing
from disclosure.models import Cell, CohortMember
from outcomes.models import CheckIn, Delivery
from outcomes.privacy import erase_outcomes
from products.models import Vendor, VendorClaim
from products.services import approve_claim
from tests.factories import (
    ProductFactory,
    UserFactory,
    VendorClaimFactory,
    VendorFactory,
)
from tests.outcomes.customers import (
    ago,
    answered,
    asked,
    customer,
    delivered,
    review_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory(slug="grafana", name="Grafana")


@pytest.fixture
def authors(product):
    """Five, of an organisation each, behind figures of both topics."""
    made = []
    for number in range(5):
        review = review_of(product, customer(domain=f"firm{number}.example"), days=400)
        answered(
            review,
            organisation=f"firm{number}.example",
            days=200,
            use="grew",
            buy_again="yes",
        )
        delivered(
            review, organisation=f"firm{number}.example", days=200, cost_gap_percent=15
        )
        made.append(review.author)
    for topic in ("retention", "delivery"):
        releasing.release(product.pk, topic, ago(0).date())
    assert topics() == {"retention", "delivery"}
    return made


def topics() -> set[str]:
    return set(Cell.objects.values_list("topic", flat=True))


def test_export_holds_all_that_was_said(product):
    review = review_of(product)
    after = ProductFactory(slug="prometheus")
    answered(
        review,
        still_using=False,
        replaced_by=after,
        buy_again="no",
        organisation="a.example",
    )
    asked(review, 12)
    delivered(review, cost_gap_percent=25, scope="most", organisation="a.example")

    found = export(review.author)["outcomes"]
    said = [
        (
            row["review__product__slug"],
            row["month"],
            row["still_using"],
            row["replaced_by__slug"],
            row["buy_again"],
        )
        for row in found["did_they_stay"]
    ]
    assert said == [
        ("grafana", 6, False, "prometheus", "no"),
        ("grafana", 12, None, None, ""),
    ]
    [row] = found["deliveries"]
    assert (row["organisation"], row["cost_gap_percent"], row["scope"]) == (
        "a.example",
        25,
        "most",
    )
    json.dumps(found, default=str)


def test_export_holds_nothing_of_others(product):
    answered(review_of(product))
    delivered(review_of(product))

    assert export(UserFactory())["outcomes"] == {"did_they_stay": [], "deliveries": []}


@pytest.mark.parametrize("keep_published", [True, False])
def test_erasure_leaves_neither_rows_nor_figures(authors, keep_published):
    erase(authors[0], keep_published=keep_published)

    assert (CheckIn.objects.count(), Delivery.objects.count()) == (4, 4)
    assert topics() == set()
    assert not CohortMember.objects.filter(organisation="firm0.example").exists()


def test_erasure_locks_the_reviews_before_it_looks_for_answers(authors):
    """An answer that is being given meanwhile would be left behind."""
    with CaptureQueriesContext(connection) as seen:
        erase_outcomes(authors[0], keep_published=True)
    first = seen.captured_queries[0]["sql"]
    assert "reviews_review" in first and "FOR NO KEY UPDATE" in first


def test_erasure_of_another_changes_nothing(authors):
    erase(UserFactory(), keep_published=False)

    assert (CheckIn.objects.count(), Delivery.objects.count()) == (5, 5)
    assert topics() == {"retention", "delivery"}


def begin(member: User, vendor: Vendor) -> None:
    claim = VendorClaimFactory(
        user=member, vendor=vendor, status=VendorClaim.Status.PENDING
    )
    approve_claim(claim=claim, moderator=UserFactory(is_staff=True))


def test_who_begins_to_speak_for_the_vendor_loses_what_they_said(authors, product):
    begin(authors[0], product.vendor)

    assert (CheckIn.objects.count(), Delivery.objects.count()) == (4, 4)
    assert topics() == set()


def test_who_begins_to_speak_for_another_vendor_keeps_it(authors):
    begin(authors[0], VendorFactory())

    assert (CheckIn.objects.count(), Delivery.objects.count()) == (5, 5)
    assert topics() == {"retention", "delivery"}
