import datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from following import feeds
from products.models import ProductAlias
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = ("/feed/", "/products/ledger/feed/", "/categories/finance/feed/")


@pytest.fixture
def product():
    category = CategoryFactory(slug="finance", name="Finance")
    return ProductFactory(slug="ledger", name="Ledger", category=category)


def at(day: int, hour: int = 12) -> datetime.datetime:
    return datetime.datetime(2026, 3, day, hour, 34, 56, tzinfo=datetime.UTC)


def read(client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def texts(feed: ElementTree.Element, path: str) -> list[str]:
    return [element.text or "" for element in feed.findall(path, ATOM)]


@pytest.mark.parametrize("address", FEEDS)
def test_feed_has_the_newest_published_reviews_first(client, product, address):
    for day in (3, 5, 4):
        ReviewFactory(product=product, headline=f"Day {day}", published_at=at(day))
    PendingReviewFactory(product=product)
    for status in ("rejected", "withdrawn", "removed"):
        ReviewFactory(product=product, status=status)
    titles = texts(read(client, address), "a:entry/a:title")
    assert titles == ["Ledger: Day 5", "Ledger: Day 4", "Ledger: Day 3"]


def test_feed_tells_days_and_no_times(client, product):
    ReviewFactory(product=product, published_at=at(3, 23), edited_at=at(7, 1))
    response = client.get("/products/ledger/feed/")
    feed = read(client, "/products/ledger/feed/")
    assert texts(feed, "a:entry/a:published") == ["2026-03-03T00:00:00+00:00"]
    assert texts(feed, "a:entry/a:updated") == ["2026-03-07T00:00:00+00:00"]
    assert texts(feed, "a:updated") == ["2026-03-07T00:00:00+00:00"]
    assert b":34:56" not in response.content
    assert "Last-Modified" not in response


def test_reviews_of_a_day_stand_in_no_order_of_their_times(client, product):
    reviews = [ReviewFactory(product=product) for _ in range(8)]
    orders = []
    for hours in (range(8), range(8, 0, -1)):
        for review, hour in zip(reviews, hours, strict=True):
            review.published_at = at(3, hour)
            review.save()
        orders.append(texts(read(client, "/products/ledger/feed/"), "a:entry/a:id"))
    in_order_of_ids = sorted(f"urn:uuid:{review.public_id}" for review in reviews)
    assert orders == [in_order_of_ids, in_order_of_ids]


def test_entry_says_what_the_card_says(client, product, settings):
    settings.SITE_URL = "https://levelfield.example"
    review = ReviewFactory(
        product=product,
        headline="Solid",
        half_stars=9,
        pros="Good & <b>fast</b>.\n\nAnd cheap.",
        cons="Slow.",
        relationship="reseller",
        incentive="gift",
        hidden_facets=["country", "industry"],
    )
    feed = read(client, "/products/ledger/feed/")
    assert texts(feed, "a:entry/a:id") == [f"urn:uuid:{review.public_id}"]
    (link,) = feed.findall("a:entry/a:link", ATOM)
    assert link.get("href") == f"https://levelfield.example/reviews/{review.public_id}/"
    assert texts(feed, "a:entry/a:summary") == [
        "<p>4.5 of 5 stars. Reseller. Reward: Gift or voucher</p>"
        "<h2>What is good</h2><p>Good &amp; &lt;b&gt;fast&lt;/b&gt;.</p>\n\n<p>And cheap.</p>"
        "<h2>What is not</h2><p>Slow.</p>"
    ]
    assert texts(feed, "a:entry/a:author/a:name") == [
        "Buyer · IT · one level below C · 201–1,000 employees"
    ]


def test_author_is_the_name_only_of_who_signs_with_it(client, product):
    ReviewFactory(product=product, display_name="Ada", is_anonymous=False)
    ReviewFactory(product=product, display_name="Grace", is_anonymous=True)
    body = client.get("/products/ledger/feed/").content.decode()
    assert "<name>Ada</name>" in body
    assert "Grace" not in body


def test_links_come_from_the_setting_and_not_from_the_request(
    client, product, settings
):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://levelfield.example", ["*"]
    ReviewFactory(product=product)
    for address in FEEDS:
        body = client.get(address, headers={"host": "evil.example"}).content.decode()
        assert "evil.example" not in body
        assert f'href="https://levelfield.example{address}" rel="self"' in body


def test_texts_that_xml_can_not_write_do_not_break_the_feed(client, product):
    hostile = "bell\x07 escape\x1b \ufffe\uffff ]]> <!-- & 🎉 \u202e"
    ReviewFactory(
        product=product,
        headline=hostile[:100],
        pros=hostile,
        cons=hostile,
        display_name=hostile,
        is_anonymous=False,
    )
    product.name = hostile
    product.save()
    for address in FEEDS:
        assert len(read(client, address).findall("a:entry", ATOM)) == 1


def test_bytes_do_not_depend_on_who_wrote(client, product):
    review = ReviewFactory(product=product)
    before = [client.get(address).content for address in FEEDS]
    review.author = UserFactory()
    review.save()
    assert [client.get(address).content for address in FEEDS] == before


def test_feed_that_has_not_changed_is_not_sent_again(client, product):
    ReviewFactory(product=product)
    first = client.get("/products/ledger/feed/")
    assert first["Cache-Control"] == "public, max-age=300"
    asked = {"if-none-match": first["ETag"]}
    assert client.get("/products/ledger/feed/", headers=asked).status_code == 304
    ReviewFactory(product=product)
    assert client.get("/products/ledger/feed/", headers=asked).status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_empty_feed_is_a_feed_of_today(client, product, address):
    feed = read(client, address)
    assert feed.findall("a:entry", ATOM) == []
    today = timezone.now().astimezone(datetime.UTC)
    assert texts(feed, "a:updated") == [f"{today:%Y-%m-%d}T00:00:00+00:00"]


def test_hidden_products_are_in_no_feed(client, product):
    ReviewFactory(product=product)
    product.status = "hidden"
    product.save()
    assert client.get("/products/ledger/feed/").status_code == 404
    for address in ("/feed/", "/categories/finance/feed/"):
        assert read(client, address).findall("a:entry", ATOM) == []


def test_category_feed_has_what_lies_below_each_once(client, product):
    below = CategoryFactory(parent=product.categories.get(), slug="ledgers")
    deeper = ProductFactory(name="Deeper", category=below)
    deeper.product_categories.create(category=product.categories.get(), position=1)
    other = ProductFactory(name="Other", category=CategoryFactory())
    for one in (product, deeper, other):
        ReviewFactory(product=one, headline="H")
    titles = texts(read(client, "/categories/finance/feed/"), "a:entry/a:title")
    assert sorted(titles) == ["Deeper: H", "Ledger: H"]


def test_large_category_is_read_from_the_newest_of_all(product):
    category = product.categories.get()
    other = ProductFactory(category=CategoryFactory())
    for day in (3, 5, 4):
        ReviewFactory(product=product, published_at=at(day))
        ReviewFactory(product=other, published_at=at(day))
    few = feeds.of_categories([category.pk], 1)
    many = feeds.of_categories([category.pk], feeds.MANY_PRODUCTS + 1)
    assert sorted(r.pk for r in few) == sorted(r.pk for r in many)
    assert len(many) == 3


def test_feed_ends_after_thirty(client, product):
    for n in range(32):
        ReviewFactory(product=product, published_at=at(1) + datetime.timedelta(days=n))
    for address in FEEDS:
        assert len(read(client, address).findall("a:entry", ATOM)) == 30


def test_renamed_product_leads_to_its_feed(client, product):
    ProductAlias.objects.create(slug="old", product=product)
    response = client.get("/products/old/feed/")
    assert response.status_code == 301
    assert response["Location"] == "/products/ledger/feed/"


def test_unknown_things_have_no_feed(client):
    assert client.get("/products/none/feed/").status_code == 404
    assert client.get("/categories/none/feed/").status_code == 404


def test_pages_name_their_feed(client, product):
    for page, feed in (
        ("/", "/feed/"),
        ("/products/ledger/", "/products/ledger/feed/"),
        ("/categories/finance/", "/categories/finance/feed/"),
    ):
        head = client.get(page).content.decode().partition("</head>")[0]
        assert 'type="application/atom+xml"' in head
        assert f'href="{feed}"' in head


@pytest.mark.parametrize(
    ("address", "queries"), [("/feed/", 1), ("/products/ledger/feed/", 2), ("/categories/finance/feed/", 3)]
)  # fmt: skip
def test_feed_costs_the_same_for_one_review_and_for_three(
    client, product, django_assert_num_queries, address, queries
):
    ReviewFactory(product=product)
    client.get(address)
    for _ in range(2):
        with django_assert_num_queries(queries):
            client.get(address)
        ReviewFactory(product=product)
        ReviewFactory(product=product)
