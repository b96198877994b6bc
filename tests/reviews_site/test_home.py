import re
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.models import Review
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def quoted_headlines(page: str) -> list[str]:
    return re.findall(r'<h3><a class="link-plain" href="[^"]+">([^<]+)</a></h3>', page)


def test_home_quotes_the_six_newest_published_reviews(client):
    now = timezone.now()
    for days in range(7):
        ReviewFactory(
            headline=f"{days} days old", published_at=now - timedelta(days=days)
        )
    PendingReviewFactory(headline="Not decided yet")

    page = client.get("/").content.decode()

    assert quoted_headlines(page) == [f"{days} days old" for days in range(6)]


def test_home_lists_twelve_top_categories_that_have_products(client):
    for count in range(14):
        CategoryFactory(name=f"With {count}", product_count=count)
    parent = CategoryFactory(name="Empty parent", product_count=0)
    CategoryFactory(name="Child", parent=parent, product_count=99)

    categories = client.get("/").context["categories"]

    assert [category.product_count for category in categories] == list(range(13, 1, -1))


@pytest.mark.parametrize("items", [1, 3])
def test_home_asks_one_query_once_it_is_prepared(
    client, django_assert_num_queries, items
):
    for _ in range(items):
        CategoryFactory(product_count=5)
        ReviewFactory()

    # Which reviews are the newest, those reviews, the categories.
    with django_assert_num_queries(3):
        page = client.get("/")
    with django_assert_num_queries(1):
        assert client.get("/").content == page.content

    assert len(quoted_headlines(page.content.decode())) == items


def test_home_quotes_a_new_review_and_forgets_a_removed_one_at_once(client):
    old = ReviewFactory(headline="The old one")
    client.get("/")
    ReviewFactory(headline="The new one")
    page = client.get("/").content.decode()
    assert quoted_headlines(page) == ["The new one", "The old one"]
    Review.objects.filter(pk=old.pk).update(status=Review.Status.REMOVED)
    assert quoted_headlines(client.get("/").content.decode()) == ["The new one"]


def test_home_of_an_empty_site_says_what_is_missing(client):
    page = client.get("/")

    assert page.status_code == 200
    assert b"No products yet" in page.content
    assert b"No reviews yet" in page.content


def test_home_sets_no_cookie_for_a_visitor(client):
    page = client.get("/")

    assert not page.cookies
    assert b"csrf" not in page.content.lower()


def test_home_names_only_authors_who_want_it(client):
    ReviewFactory(display_name="Ann Public", is_anonymous=False)
    ReviewFactory(display_name="Ben Hidden", is_anonymous=True)

    page = client.get("/").content.decode()

    assert "Ann Public" in page
    assert "Ben Hidden" not in page


def test_home_shows_text_of_members_as_text(client):
    ReviewFactory(headline="<img src=x onerror=alert(1)>", pros="<b hx-get=/x>bold</b>")

    page = client.get("/").content.decode()

    assert "<img" not in page
    assert "<b hx-get" not in page


def test_home_of_a_member_has_account_menu_and_token(client):
    client.force_login(UserFactory())

    page = client.get("/").content.decode()

    assert '<a href="/me/">' in page
    assert 'hx-headers=\'{"X-CSRFToken": ' in page
    assert "/accounts/signup/" not in page


def test_robots_names_the_sitemap_by_site_url(client):
    page = client.get("/robots.txt", headers={"host": "localhost"})

    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: http://testserver/sitemap.xml" in page.content.decode()
