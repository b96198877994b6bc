import datetime
import math
import re

import pytest
from django.utils import timezone

from products.models import ProductAlias
from reviews import scoring
from reviews.models import ProductRating, Review
from reviews.ratings import recompute_all_ratings, refresh_product_rating
from reviews.score_page import PAGE_SIZE, age_in_words, steps, weighed_today
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
)

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def rated():
    """Four reviews, one of them not scored, in a category with a mean of its own."""
    product = ProductFactory(name="Ledger", category=CategoryFactory(name="Accounting"))
    ReviewFactory(product=product, half_stars=10, verification_method="proof_of_use")
    ReviewFactory(product=product, half_stars=8, published_at=days_ago(365))
    ReviewFactory(product=product, half_stars=4, incentive="gift")
    ReviewFactory(product=product, half_stars=10, relationship="reseller")
    PendingReviewFactory(product=product, headline="Not public yet")
    recompute_all_ratings()
    return product


def test_the_page_shows_the_score_and_every_step(client, rated):
    response = client.get(f"/products/{rated.slug}/score/")
    assert response.status_code == 200
    text, rating = text_of(response), rated.rating
    assert f"Why {rating.score:.1f}?" in text
    assert "Ratings in Accounting have a mean of 4.000 stars" in text
    # 1 + 0.8 · 0.5 + 0.8 · 0.8 = 2.04
    assert "From 4 reviews, 3 of them in the score" in text
    assert "(7 · 4.000 + 7.880) / (7 + 2.040) = 3.969" in text
    assert f"{rating.interval_low:.2f} to {rating.interval_high:.2f}" in text
    assert f"effective n {rating.effective_n:.1f}" in text
    assert "Not public yet" not in text


def test_the_steps_lead_to_the_stored_score_and_interval(rated):
    rating = ProductRating.objects.get(product=rated)
    way = steps(rating)
    assert way is not None
    score = (7 * rating.prior_mean + way.weighted_stars) / (7 + way.weights)
    assert score == pytest.approx(rating.score, abs=1e-12)
    margin = scoring.Z_90 * math.sqrt(way.variance / way.n)
    assert rating.interval_low == pytest.approx(score - margin, abs=1e-12)
    assert rating.interval_high == pytest.approx(min(5.0, score + margin), abs=1e-12)
    shares = sum(part.share for part in way.parts) + 100 * 7 / way.total
    assert shares == pytest.approx(100)


def test_each_review_has_its_weight_and_the_reasons_newest_first(client, rated):
    response = client.get(f"/products/{rated.slug}/score/")
    rows = [
        ([reason.text for reason in row.reasons], round(row.weight, 3))
        for row in response.context["rows"]
    ]
    assert rows == [
        (["new today", "work e-mail", "reseller"], 0.0),
        (["new today", "work e-mail", "rewarded"], 0.64),
        (["new today", "proof of use"], 1.0),
        (["12 months old", "work e-mail"], 0.4),
    ]
    assert "not scored" in text_of(response)


def test_weights_are_those_of_the_day_of_the_score(client, rated):
    ProductRating.objects.update(as_of=days_ago(-365).date())
    rows = client.get(f"/products/{rated.slug}/score/").context["rows"]
    assert rows[2].weight == pytest.approx(0.5)


def test_a_product_without_a_score_says_what_is_missing(client):
    product = ProductFactory()
    text = text_of(client.get(f"/products/{product.slug}/score/"))
    assert "Why there is no score yet" in text
    assert f"{product.name} has 0." in text
    ReviewFactory.create_batch(2, product=product)
    refresh_product_rating(product.pk)
    response = client.get(f"/products/{product.slug}/score/")
    assert f"{product.name} has 2." in text_of(response)
    assert len(response.context["rows"]) == 2
    assert response.context["steps"] is None


def test_a_rating_stored_before_its_sums_shows_the_rest(client, rated):
    ProductRating.objects.update(sums={}, methods={}, trend=[])
    response = client.get(f"/products/{rated.slug}/score/")
    assert response.status_code == 200
    assert len(response.context["rows"]) == 4


def test_the_trend_is_a_picture_and_a_table(client, rated):
    html = client.get(f"/products/{rated.slug}/score/").content.decode()
    assert '<svg class="trend"' in html
    quarters = client.get(f"/products/{rated.slug}/score/").context["quarters"]
    assert sum(quarter["count"] for quarter in quarters) == 3
    assert len(quarters) == 5
    for quarter in quarters:
        assert f'<th scope="row">{quarter["quarter"]}</th>' in html


def test_pages_by_key_name_each_review_once(client):
    product = ProductFactory()
    reviews = [
        ReviewFactory.build(product=product, author=None, published_at=days_ago(n // 2))
        for n in range(PAGE_SIZE + 7)
    ]
    Review.objects.bulk_create(reviews)
    refresh_product_rating(product.pk)
    path = f"/products/{product.slug}/score/"
    first = client.get(path).context
    second = client.get(path + first["older"].split("#")[0]).context
    named = [row.review.public_id for row in [*first["rows"], *second["rows"]]]
    assert len(first["rows"]) == PAGE_SIZE
    assert sorted(named) == sorted(review.public_id for review in reviews)
    assert (second["older"], second["newest"]) == ("", f"{path}#weights")


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "W10", "x" * 700, "é"])
def test_a_broken_cursor_is_a_400_with_the_first_page(client, rated, cursor):
    response = client.get(f"/products/{rated.slug}/score/?after={cursor}")
    assert response.status_code == 400


def test_the_page_asks_as_many_queries_for_one_as_for_three(
    client, django_assert_num_queries
):
    product = ProductFactory(category=CategoryFactory())
    for reviews in (1, 2):
        ReviewFactory.create_batch(reviews, product=product)
        refresh_product_rating(product.pk)
        with django_assert_num_queries(2):
            client.get(f"/products/{product.slug}/score/")


def test_a_renamed_product_leads_to_its_page_and_a_hidden_one_to_none(client, rated):
    ProductAlias.objects.create(product=rated, slug="old-ledger")
    response = client.get("/products/old-ledger/score/")
    assert (response.status_code, response["Location"]) == (
        301,
        f"/products/{rated.slug}/score/",
    )
    rated.status = "hidden"
    rated.save(update_fields=["status"])
    assert client.get(f"/products/{rated.slug}/score/").status_code == 404
    assert client.get("/products/nobody-knows/score/").status_code == 404


def test_the_page_does_not_depend_on_who_wrote(client, rated):
    before = client.get(f"/products/{rated.slug}/score/").content
    other = ReviewFactory(display_name="Ada Lovelace", is_anonymous=False)
    review = Review.objects.filter(product=rated, status="published").first()
    Review.objects.filter(pk=review.pk).update(author=other.author)
    assert client.get(f"/products/{rated.slug}/score/").content == before
    assert review.author.email.encode() not in before


def test_every_score_leads_to_its_page(client, rated):
    link = f'href="/products/{rated.slug}/score/"'
    category = rated.categories.get()
    for path in (
        f"/products/{rated.slug}/",
        "/products/",
        "/search/?q=Ledger",
        f"/categories/{category.slug}/",
        rated.vendor.get_absolute_url(),
    ):
        assert link in client.get(path).content.decode(), path


def test_a_review_says_what_it_weighs_today(client):
    review = ReviewFactory(published_at=days_ago(365))
    text = text_of(client.get(review.get_absolute_url()))
    assert "Counts 0.40 in the score today: 12 months old, work e-mail." in text
    reseller = ReviewFactory(relationship="reseller")
    text = text_of(client.get(reseller.get_absolute_url()))
    assert "Not in the score: new today, work e-mail, reseller." in text


def test_weighed_today_of_an_imported_review():
    review = ReviewFactory(source="imported", verification_method="", verified_on=None)
    weighed = weighed_today(review)
    assert weighed.weight == 0
    assert [r.text for r in weighed.reasons] == [
        "new today",
        "imported, not verified here",
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "new today"),
        (0, "new today"),
        (1, "1 day old"),
        (60, "60 days old"),
        (61, "2 months old"),
        (729, "23 months old"),
        (730, "2 years old"),
        (5000, "13 years old"),
    ],
)
def test_age_in_words(days, words):
    assert age_in_words(days) == words
