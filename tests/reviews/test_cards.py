import datetime
import json
import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import Http404
from django.utils import timezone

from reviews import product_page
from reviews.cards import card, render_cards
from reviews.models import Answer, Dispute, Question, Review
from reviews.product_page import widest_gap
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorResponseFactory,
    complete_profile,
)
from tests.products.ratings import rate

pytestmark = pytest.mark.django_db


def rendered(review: Review) -> str:
    return render_cards([review.pk])[review.pk]


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- What a card shows ----------------------------------------------------------------------


def test_card_shows_persona_badges_sides_and_dates():
    review = ReviewFactory(
        published_at=datetime.datetime(2026, 11, 12, tzinfo=datetime.UTC),
        verified_on=datetime.date(2026, 3, 1),
        last_used_on=datetime.date(2026, 10, 3),
    )
    shown = text_of(rendered(review))
    for expected in (
        "4 out of 5 stars",
        "Buyer · IT · one level below C · 201–1,000 employees · Healthcare · Germany",
        "Work e-mail verified in March 2026",
        "Customer",
        "No reward",
        review.pros,
        review.cons,
        "Last used in October 2026",
        "published on 12 November 2026",
        "Ask this reviewer",
    ):
        assert expected in shown


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"relationship": "reseller"}, "Reseller of the vendor: not in the score"),
        ({"incentive": "gift"}, "Reward: gift or voucher"),
        ({"source": "invited"}, "Invited"),
        (
            {"source": "imported", "verification_method": "", "verified_on": None},
            "Imported, not verified",
        ),
    ],
)
def test_card_labels_what_a_reader_should_weigh(changes, expected):
    assert expected in text_of(rendered(ReviewFactory(**changes)))


def test_imported_review_has_nobody_to_ask():
    review = ReviewFactory(
        source="imported", verification_method="", verified_on=None, author=None
    )
    assert "Ask this reviewer" not in rendered(review)


def test_card_shows_answers_under_their_questions_in_the_order_of_the_form():
    review = ReviewFactory()
    for key in ("advice", "use_case"):
        question = Question.objects.get(key=key)
        Answer.objects.create(review=review, question=question, text=f"About {key}.")
    shown = rendered(review)
    assert shown.index("About use_case.") < shown.index("About advice.")
    assert "2 answers and the details" in shown


@pytest.mark.parametrize("field", ["headline", "pros", "cons", "display_name"])
def test_markup_in_a_review_is_shown_as_text(field):
    review = ReviewFactory(is_anonymous=False, **{field: "<b hx-get='/x'>bold</b>"})
    assert "<b hx-get" not in rendered(review)


def test_preview_links_nowhere():
    preview = card(
        ReviewFactory.build(product=ProductFactory(), author=None), [], is_preview=True
    )
    assert "/reviews/" not in preview


def test_card_shows_the_vendors_response_and_leads_to_its_report():
    review = ReviewFactory(product__vendor__name="Acme")
    response = VendorResponseFactory(review=review)
    VendorResponseFactory(review=review, status="withdrawn", body="Earlier words")
    shown = rendered(review)
    assert "Acme" in text_of(shown)
    assert response.body in shown
    assert "Earlier words" not in shown
    assert f"/responses/{response.public_id}/report/" in shown


@pytest.mark.parametrize(
    ("status", "expected"),
    [("open", True), ("withdrawn", False), ("lapsed", False)],
)
def test_card_says_that_the_vendor_disputes_it(status, expected):
    review = ReviewFactory()
    now = timezone.now()
    Dispute.objects.create(
        review=review,
        vendor=review.product.vendor,
        ground="copied",
        statement="Secret statement",
        status=status,
        due_at=now,
        decided_at=None if status == "open" else now,
    )
    shown = rendered(review)
    assert ("Disputed by the vendor" in shown) is expected
    assert "Secret statement" not in shown


@pytest.mark.parametrize("number", [1, 3])
def test_cards_with_responses_and_disputes_take_one_query(
    django_assert_num_queries, number
):
    reviews = [ReviewFactory() for _ in range(number)]
    for review in reviews:
        VendorResponseFactory(review=review)
        Dispute.objects.create(
            review=review,
            vendor=review.product.vendor,
            ground="copied",
            due_at=timezone.now(),
        )
    with django_assert_num_queries(1):
        cards = render_cards([review.pk for review in reviews])
    assert len(cards) == number


def test_card_leads_to_votes_comments_report_and_its_own_page():
    review = ReviewFactory(helpful_count=3, comment_count=1)
    shown = rendered(review)
    url = review.get_absolute_url()
    for address in (f"{url}#helpful", f"{url}#comments", f"{url}report/", url):
        assert f'href="{address}"' in shown
    assert 'Helpful <span class="num">(3)</span>' in shown
    assert '<span class="num">1</span> comment<' in shown


# --- Nothing of the author ------------------------------------------------------------------


def test_anonymous_card_does_not_depend_on_who_wrote_it(client):
    product = ProductFactory(slug="same")
    now = timezone.now()
    pages = []
    for name, job in (("Anna Known", "it"), ("Boris Other", "finance")):
        author = UserFactory(email=f"{name.split()[0].lower()}@{job}.example")
        complete_profile(author, display_name=name, job_function=job, country="MT")
        review = ReviewFactory(
            product=product,
            author=author,
            public_id="6f1b8f3e-1111-4222-8333-444455556666",
            headline="The same words",
            is_anonymous=True,
            published_at=now,
            submitted_at=now,
        )
        pages.append(
            (
                client.get("/products/same/").content,
                client.get(review.get_absolute_url()).content,
            )
        )
        review.delete()
        cache.clear()
    assert pages[0] == pages[1]


def test_anonymous_card_hides_a_name_that_was_stored():
    review = ReviewFactory(is_anonymous=True, display_name="Anna Known")
    assert "Anna Known" not in rendered(review)


def test_card_is_the_same_for_a_visitor_and_a_member(client):
    review = ReviewFactory(product__slug="same")
    seen = []
    for user in (None, review.author, UserFactory()):
        if user is not None:
            client.force_login(user)
        page = client.get("/products/same/").content.decode()
        seen.append(
            page[page.index('<article class="review-card"') : page.index("</article>")]
        )
    assert seen[0] == seen[1] == seen[2]


# --- Prepared once for each version ---------------------------------------------------------


def test_changed_review_is_shown_at_once(client):
    review = ReviewFactory(product__slug="same", headline="Before")
    assert b"Before" in client.get("/products/same/").content
    Review.objects.filter(pk=review.pk).update(headline="After", version=2)
    page = client.get("/products/same/").content
    assert b"After" in page
    assert b"Before" not in page


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn", "removed"])
def test_review_that_is_no_longer_public_disappears_at_once(client, status):
    review = ReviewFactory(product__slug="same", headline="Was here")
    client.get("/products/same/")
    Review.objects.filter(pk=review.pk).update(status=status)
    assert b"Was here" not in client.get("/products/same/").content
    assert render_cards([review.pk]) == {}


# --- The figures above the cards ------------------------------------------------------------


def structured(page: str) -> dict:
    return json.loads(
        re.search(
            r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL
        )[1]
    )


def test_structured_data_state_what_the_page_shows(client):
    product = ProductFactory(slug="same", name='A <b> & "c"', summary="One line.")
    rate(product, 4.249, count=1234)
    page = client.get("/products/same/").content.decode()
    data = structured(page)
    assert data["name"] == 'A <b> & "c"'
    assert data["aggregateRating"]["ratingValue"] == "4.2"
    assert data["aggregateRating"]["reviewCount"] == 1234
    assert '<span class="score-number num">4.2</span>' in page
    assert "1,234" in text_of(page)


def test_structured_data_claim_no_rating_where_the_page_shows_none(client):
    rate(ProductFactory(slug="same"), None, count=2)
    page = client.get("/products/same/").content.decode()
    assert "aggregateRating" not in structured(page)
    assert "2 reviews" in page and "so far" in page


def test_structured_data_of_a_review_state_what_its_page_shows(client):
    review = ReviewFactory(
        product__name='A <b> & "c"',
        headline="</script><b>",
        half_stars=7,
        published_at=datetime.datetime(2026, 11, 12, tzinfo=datetime.UTC),
        comment_count=0,
    )
    page = client.get(review.get_absolute_url()).content.decode()
    data = structured(page)
    assert data == {
        "@context": "https://schema.org",
        "@type": "Review",
        "url": f"{settings.SITE_URL}{review.get_absolute_url()}",
        "name": "</script><b>",
        "reviewBody": f"{review.pros}\n\n{review.cons}",
        "datePublished": "2026-11-12",
        "author": {
            "@type": "Person",
            "name": "Buyer · IT · one level below C · 201–1,000 employees · Healthcare · Germany",
        },
        "itemReviewed": {
            "@type": "SoftwareApplication",
            "name": 'A <b> & "c"',
            "applicationCategory": "BusinessApplication",
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": "3.5",
            "bestRating": "5",
            "worstRating": "0.5",
        },
        "commentCount": 0,
    }
    shown = text_of(page)
    assert "3.5 out of 5 stars" in shown
    assert "12 November 2026" in shown
    assert data["author"]["name"] in shown
    assert "</script><b>" not in page


def test_structured_data_name_nobody_who_is_anonymous(client):
    hidden = ["company_size", "industry", "country"]
    review = ReviewFactory(display_name="Anna Known", hidden_facets=hidden)
    page = client.get(review.get_absolute_url()).content.decode()
    assert structured(page)["author"]["name"] == "Buyer · IT · one level below C"
    assert "Anna Known" not in page


def test_review_that_is_not_public_has_no_structured_data(client):
    review = PendingReviewFactory()
    client.force_login(review.author)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "ld+json" not in page


@pytest.mark.parametrize(
    ("buyer", "end_user", "gap"),
    [
        ((9, 4.5), (9, 3.4), ("Buyer", "End user")),
        ((9, 4.5), (9, 3.5), None),
        ((9, 4.5), (2, 1.0), None),
    ],
)
def test_gap_between_perspectives_is_named_above_one_star(buyer, end_user, gap):
    rating = rate(ProductFactory(), 4.0)
    rating.perspectives = {
        "buyer": {"count": buyer[0], "mean": buyer[1]},
        "end_user": {"count": end_user[0], "mean": end_user[1]},
    }
    found = widest_gap(rating)
    assert (found and found[:2]) == gap


def test_compiled_query_is_the_query():
    product = ProductFactory(slug="it's {slug} 100%")
    rate(product, 4.0)
    for _ in range(2):
        ReviewFactory(product=product)
    ReviewFactory(product__slug="other")
    for slug in (product.slug, "other", "none-such", "{slug}"):
        asked = product_page._whats_on_it(slug, product_page.EVERYTHING, "")
        rows = product_page._read(asked)
        assert product_page._FIRST_PAGE.rows({product_page.SLUG: slug}) == rows
        assert len(rows) == (slug not in ("none-such", "{slug}"))


def test_a_product_that_goes_while_its_page_is_made_is_not_found():
    product = ProductFactory()
    page = product_page.product_page(product.slug, product_page.EVERYTHING, "")
    product.delete()
    assert page is not None
    with pytest.raises(Http404):
        page.pieces()
