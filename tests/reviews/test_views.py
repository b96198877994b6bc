import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from moderation.models import ReasonCode
from products.models import Product, ProductAlias
from reviews import services
from reviews.models import Review, ReviewDraft
from reviews_site.lib.paging import encode_cursor
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
)
from tests.products.ratings import rate
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db


def headlines(response) -> list[str]:
    return re.findall(
        r'<h[23]><a class="link-plain" href="/reviews/[^"]+">([^<]+)</a>',
        response.content.decode(),
    )


@pytest.fixture
def product() -> Product:
    return ProductFactory(slug="ledger", name="Ledger")


def published(product: Product, days_ago: float = 0, **kwargs) -> Review:
    at = timezone.now() - datetime.timedelta(days=days_ago)
    return ReviewFactory(product=product, published_at=at, **kwargs)


# --- The product page -----------------------------------------------------------------------


def test_product_page_shows_the_newest_reviews_first(client, product):
    published(product, 3, headline="Old")
    published(product, 1, headline="New")
    published(product, 2, headline="Middle")
    assert headlines(client.get("/products/ledger/")) == ["New", "Middle", "Old"]


def test_product_page_shows_only_what_is_published(client, product):
    PendingReviewFactory(product=product, headline="Waits")
    for status in (
        Review.Status.REJECTED,
        Review.Status.WITHDRAWN,
        Review.Status.REMOVED,
    ):
        published(product, status=status, headline=str(status))
    assert headlines(client.get("/products/ledger/")) == []


def walk(client, path: str) -> list[str]:
    found: list[str] = []
    address: str | None = path
    while address:
        response = client.get(address)
        assert response.status_code == 200
        found += headlines(response)
        older = re.search(r'rel="next" href="([^"#]+)', response.content.decode())
        address = (
            path.partition("?")[0] + older[1].replace("&amp;", "&") if older else None
        )
    return found


def test_pages_show_each_review_exactly_once(client, product):
    moment = timezone.now() - datetime.timedelta(days=1)
    for n in range(45):
        # Nine of each moment: a page ends among equals.
        at = moment - datetime.timedelta(seconds=n // 9)
        ReviewFactory(product=product, headline=f"Review {n}", published_at=at)
    found = walk(client, "/products/ledger/")
    newest_first = Review.objects.newest_first().values_list("headline", flat=True)
    assert found == list(newest_first)


def test_pages_keep_the_filters(client, product):
    for n in range(25):
        published(
            product, n, headline=f"Four {n}", half_stars=7 + n % 2, perspective="buyer"
        )
        published(product, n, headline=f"Five {n}", half_stars=9, perspective="buyer")
    found = walk(client, "/products/ledger/?stars=4&perspective=buyer")
    assert found == [f"Four {n}" for n in range(25)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stars=4", {"A", "B"}),
        ("perspective=administrator", {"B"}),
        ("stars=5&perspective=administrator", set()),
    ],
)
def test_reviews_are_filtered_by_stars_and_perspective(
    client, product, query, expected
):
    published(product, headline="A", half_stars=7)
    published(product, headline="B", half_stars=8, perspective="administrator")
    published(product, headline="C", half_stars=9)
    assert set(headlines(client.get(f"/products/ledger/?{query}"))) == expected


@pytest.mark.parametrize(
    "query",
    [
        "stars=0",
        "stars=6",
        "stars=x",
        "stars=" + "9" * 5000,
        "perspective=boss",
        "after=garbage",
        "after=" + encode_cursor("yesterday", 1),
        "after=" + encode_cursor("2026-01-01", 1),
        "after=" + encode_cursor("2026-01-01T00:00:00", 1),
        "after=" + encode_cursor("2026-01-01T00:00:00+00:00", 2**63),
        "after=" + "A" * 5000,
        "after=%00",
        "perspective=%00",
    ],
)
def test_bad_review_filter_is_refused(client, product, query):
    published(product)
    assert client.get(f"/products/ledger/?{query}").status_code == 400


@pytest.mark.parametrize("status", [Product.Status.HIDDEN, Product.Status.DISCONTINUED])
def test_product_that_is_not_public_is_not_found(client, status):
    product = ProductFactory(slug="gone", status=status)
    ProductAlias.objects.create(slug="once", product=product)
    assert client.get("/products/gone/").status_code == 404
    assert client.get("/products/once/").status_code == 404
    assert client.get("/products/never/").status_code == 404


def test_alias_leads_to_the_product(client, product):
    ProductAlias.objects.create(slug="ledger-classic", product=product)
    response = client.get("/products/ledger-classic/?stars=4")
    assert response.status_code == 301
    assert response["Location"] == "/products/ledger/?stars=4"


def links_below_the_actions(response) -> list[tuple[str, str]]:
    row = response.text.partition('<ul class="product-links')[2].partition("</ul>")[0]
    return [
        (address, re.sub(r"<[^>]+>", "", words))
        for address, words in re.findall(r'href="([^"]+)"[^>]*>(.*?)</a>', row)
    ]


def test_product_page_leads_to_its_reviews_from_the_top(client, product):
    published(product, 2)
    rate(product, 4.0, count=1234)

    assert links_below_the_actions(client.get("/products/ledger/")) == [
        ("#reviews", "Read 1,234 reviews"),
        ("/products/ledger/references/", "Three references at random"),
        ("/products/ledger/follow/", "Follow"),
    ]


def test_product_page_without_reviews_leads_to_none(client, product):
    assert links_below_the_actions(client.get("/products/ledger/")) == [
        ("/products/ledger/follow/", "Follow")
    ]


def test_links_out_vouch_for_nothing(client):
    ProductFactory(slug="out", website="https://out.example/")
    page = client.get("/products/out/").content.decode()
    assert re.search(r'href="https://out.example/" rel="nofollow noopener', page)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("signed_in", [False, True])
def test_product_page_takes_a_fixed_number_of_queries(
    client, django_assert_num_queries, product, number, signed_in
):
    rate(product, 4.0)
    for _ in range(number):
        published(product)
    if signed_in:
        client.force_login(UserFactory())
    # What is on the page, the product, its released cells, the cards; for a member also session, user and unread
    # messages.
    with django_assert_num_queries(9 if signed_in else 6):
        assert len(headlines(client.get("/products/ledger/"))) == number


@pytest.mark.parametrize("number", [1, 3])
def test_prepared_product_page_takes_one_query(
    client, django_assert_num_queries, product, number
):
    rate(product, 4.0)
    for _ in range(number):
        published(product)
    client.get("/products/ledger/")
    with django_assert_num_queries(1):
        assert len(headlines(client.get("/products/ledger/"))) == number


# --- One review -----------------------------------------------------------------------------


def test_published_review_has_a_page_for_all(client, product):
    review = published(product, headline="For all")
    response = client.get(f"/reviews/{review.public_id}/")
    assert headlines(response) == ["For all"]
    assert b'name="robots"' not in response.content


HIDDEN = [
    Review.Status.PENDING,
    Review.Status.REJECTED,
    Review.Status.WITHDRAWN,
    Review.Status.REMOVED,
]


@pytest.mark.parametrize("status", HIDDEN)
def test_review_that_is_not_public_is_seen_by_its_author_alone(client, product, status):
    review = PendingReviewFactory(product=product, status=status, headline="Mine")
    address = f"/reviews/{review.public_id}/"
    assert client.get(address).status_code == 404
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(review.author)
    response = client.get(address)
    assert response.status_code == 200
    assert b"Mine" in response.content
    assert b'name="robots" content="noindex"' in response.content


def test_review_of_an_erased_author_is_nobodys_own(client, product):
    review = PendingReviewFactory(product=product, author=None)
    client.force_login(UserFactory())
    assert client.get(f"/reviews/{review.public_id}/").status_code == 404


def test_author_of_a_rejected_review_reads_the_reason(client, product):
    review = PendingReviewFactory(product=product)
    services.reject_review(
        review=review,
        moderator=UserFactory(is_staff=True),
        reason_code=ReasonCode.PRIVATE_DATA,
        statement="It names a colleague.",
    )
    client.force_login(review.author)
    for address in (f"/reviews/{review.public_id}/", "/me/reviews/"):
        assert b"It names a colleague." in client.get(address).content


@pytest.mark.parametrize(
    "path",
    [
        "/reviews/6f1b8f3e-1111-4222-8333-444455556666/",
        "/reviews/not-a-uuid/",
        "/reviews/1/",
    ],
)
def test_unknown_review_is_not_found(client, path):
    assert client.get(path).status_code == 404


# --- My reviews -----------------------------------------------------------------------------


def test_own_reviews_show_all_states_and_nobody_elses(client):
    me = UserFactory()
    for status in HIDDEN:
        PendingReviewFactory(author=me, status=status, headline=f"Mine {status}")
    ReviewFactory(headline="Not mine")
    client.force_login(me)
    page = client.get("/me/reviews/").content.decode()
    for status in HIDDEN:
        assert f">Mine {status}</a>" in page
    assert "Not mine" not in page


def test_draft_is_offered_until_its_review_is_sent(client, product):
    me = UserFactory()
    services.save_draft(author=me, product=product, data={"pros": "x"})
    client.force_login(me)
    assert b"Go on writing" in client.get("/me/reviews/").content
    ReviewFactory(author=me, product=product)
    assert b"Go on writing" not in client.get("/me/reviews/").content


@pytest.mark.parametrize("number", [1, 3])
def test_own_reviews_take_as_many_queries_for_three_as_for_one(
    client, django_assert_num_queries, number
):
    me = UserFactory()
    for _ in range(number):
        review = ReviewFactory(author=me)
        services.propose_edit(
            review=review, author=me, content=review_content(), answers={}
        )
        services.save_draft(author=me, product=ProductFactory(), data={})
    client.force_login(me)
    # Session, user, unread messages; reviews, decisions, drafts, work e-mail.
    with django_assert_num_queries(8):
        assert client.get("/me/reviews/").status_code == 200


def test_own_reviews_with_a_broken_cursor_start_from_the_newest(client):
    review = ReviewFactory(headline="Here")
    client.force_login(review.author)
    assert b"Here" in client.get("/me/reviews/?after=garbage").content


def test_withdrawing_asks_first_and_then_takes_the_review_away(client, product):
    review = published(product, headline="Mine")
    address = f"/reviews/{review.public_id}/withdraw/"
    client.force_login(review.author)
    assert client.get(address).status_code == 200
    review.refresh_from_db()
    assert review.status == Review.Status.PUBLISHED
    assert client.post(address).status_code == 302
    review.refresh_from_db()
    assert review.status == Review.Status.WITHDRAWN
    assert client.post(address).status_code == 403
    assert client.get(address).status_code == 403
    assert headlines(Client().get("/products/ledger/")) == []


@pytest.mark.parametrize("verb", ["edit", "withdraw"])
def test_others_cannot_touch_a_review(client, product, verb):
    review = published(product)
    address = f"/reviews/{review.public_id}/{verb}/"
    for method in (client.get, client.post):
        assert method(address).status_code == 302
    client.force_login(UserFactory(is_staff=True))
    for method in (client.get, client.post):
        assert method(address).status_code == 404
    review.refresh_from_db()
    assert review.status == Review.Status.PUBLISHED
    assert not ReviewDraft.objects.exists()


def test_posts_need_the_token(product):
    review = published(product)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(review.author)
    assert strict.post(f"/reviews/{review.public_id}/withdraw/").status_code == 403
    review.refresh_from_db()
    assert review.status == Review.Status.PUBLISHED
