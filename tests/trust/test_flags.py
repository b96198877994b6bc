"""A flag hides nothing: a hundred false reports and a vendor's dispute leave a review where it is."""

import pytest
from django.test import Client

from moderation.models import QueueItem, ReasonCode
from reviews import services
from reviews.models import ProductRating, Review, ReviewReport
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    confirm_email,
)

pytestmark = pytest.mark.django_db
RATED = [
    field.attname for field in ProductRating._meta.fields if field.name != "refreshed_at"
]  # fmt: skip


@pytest.fixture
def reviews() -> list[Review]:
    product = ProductFactory(slug="ledger", category=CategoryFactory(slug="books"))
    made = [ReviewFactory(product=product, half_stars=stars) for stars in (2, 7, 8, 9)]
    recompute_all_ratings()
    return made


def what_the_public_gets(client: Client) -> dict[str, bytes]:
    """Lists in their order, the ranking, the score, the API."""
    paths = (
        "/products/ledger/", "/products/?sort=score", "/categories/books/", "/products/ledger/score/",
        "/api/v1/products/ledger/", "/api/v1/reviews/?product=ledger", "/",
    )  # fmt: skip
    return {path: client.get(path).content for path in paths}


def stored(review: Review) -> tuple[object, ...]:
    columns = Review.objects.filter(pk=review.pk).values().get()
    # A dispute is named on the card, so the card is drawn anew; nothing else may move.
    return tuple(value for name, value in columns.items() if name != "version")


def rating(review: Review) -> object:
    found = ProductRating.objects.filter(product=review.product_id).values(*RATED)
    return rounded(found.get())


def rounded(value: object) -> object:
    """Sums of floats differ in the last digit with the order in which rows lie on the disk."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return round(value, 9) if isinstance(value, float) else value


def report_a_hundred_times(review: Review, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ACCOUNT_RATE_LIMITS = False
    for number in range(100):
        client = Client()
        if number % 2:
            client.force_login(confirm_email(UserFactory()))
        data = {"reason": "fake", "details": f"Not true, says number {number}."}
        answer = client.post(f"/reviews/{review.public_id}/report/", data)
        assert answer.status_code == 302, answer.content


def test_a_hundred_false_reports_change_nothing_at_all(client, settings, reviews):
    target = reviews[0]
    before = what_the_public_gets(client), stored(target), rating(target)

    report_a_hundred_times(target, settings)
    recompute_all_ratings()

    assert ReviewReport.objects.filter(review=target, status="open").count() == 100
    assert QueueItem.objects.waiting().filter(kind="review_report").count() == 1
    assert (what_the_public_gets(client), stored(target), rating(target)) == before


def test_a_dispute_on_top_of_them_adds_a_label_and_nothing_else(
    client, settings, reviews
):
    target = reviews[0]
    vendor = target.product.vendor
    speaker = VendorRepresentativeFactory(vendor=vendor).user
    before_api = client.get("/api/v1/reviews/?product=ledger").json()["results"]
    before = stored(target), rating(target)

    report_a_hundred_times(target, settings)
    services.open_dispute(
        review=Review.objects.get(pk=target.pk),
        user=speaker,
        ground=ReasonCode.COPIED,
        statement="Whole sentences of it stand in an advertisement.",
    )
    recompute_all_ratings()

    assert (stored(target), rating(target)) == before
    after_api = client.get("/api/v1/reviews/?product=ledger").json()["results"]
    for was, now in zip(before_api, after_api, strict=True):
        assert now.pop("open_dispute") is None or now["public_id"] == str(
            target.public_id
        )
        was.pop("open_dispute")
        assert now == was
    page = client.get("/products/ledger/").content.decode()
    assert page.index(reviews[-1].headline) < page.index(target.headline)
    assert "isputed by the vendor" in page
