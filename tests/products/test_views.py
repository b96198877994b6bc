import re

import pytest

from products.categories import CategoryTree
from products.figures import histogram, interval_bar, whole_stars
from products.models import Category, Product
from products.rankings import shared_ranks
from reviews_site.lib.paging import (
    BrokenCursor,
    decode_cursor,
    encode_cursor,
    moment_of,
)
from tests.factories import CategoryFactory, ProductFactory, VendorFactory
from tests.products.ratings import rate
from tests.products.test_filters import names

pytestmark = pytest.mark.django_db


# --- Category -------------------------------------------------------------------------------


def ranked(response) -> list[tuple[str, str]]:
    """(rank, product) of each line of the table."""
    return re.findall(
        r'<td class="rank num">(\d+).*?<th scope="row"><a href="[^"]+">([^<]+)</a>',
        response.content.decode(),
        re.DOTALL,
    )


def test_category_ranks_products_and_those_whose_intervals_overlap_share_a_rank(client):
    category = CategoryFactory(slug="crm")
    for name, score in [("C", 3.0), ("A", 4.5), ("B", 4.3), ("D", 2.9)]:
        rate(ProductFactory(name=name, category=category), score)
    assert ranked(client.get("/categories/crm/")) == [
        ("1", "A"),
        ("1", "B"),
        ("3", "C"),
        ("3", "D"),
    ]


def test_category_takes_in_the_products_of_its_subcategories(client):
    parent = CategoryFactory(slug="security")
    child = CategoryFactory(slug="identity", parent=parent, product_count=1)
    grandchild = CategoryFactory(parent=child)
    rate(ProductFactory(name="Deep", category=grandchild), 4.0)
    response = client.get("/categories/security/")
    assert ranked(response) == [("1", "Deep")]
    assert 'href="/categories/identity/"' in response.content.decode()


def test_category_lists_products_without_a_score_after_the_ranking(client):
    category = CategoryFactory(slug="crm")
    rate(ProductFactory(name="Two reviews", category=category), None, count=2)
    ProductFactory(name="None at all", category=category)
    page = client.get("/categories/crm/").content.decode()
    after = page[page.index("Not enough reviews yet") :]
    assert "Two reviews" in after
    assert "None at all" in after


def test_category_hides_what_the_public_does_not_see(client):
    category = CategoryFactory(slug="crm")
    hidden = ProductFactory(
        name="Hidden one", category=category, status=Product.Status.HIDDEN
    )
    rate(hidden, 5.0)
    assert b"Hidden one" not in client.get("/categories/crm/").content


@pytest.mark.parametrize("number", [1, 3])
def test_category_takes_as_many_queries_for_three_products_as_for_one(
    client, django_assert_num_queries, number
):
    category = CategoryFactory(slug="crm")
    for _ in range(number):
        rate(ProductFactory(category=category), 4.0)
        ProductFactory(category=category)
    # The category, the tree, the order, those without a score; its products and their reviews by facet.
    with django_assert_num_queries(6):
        assert len(ranked(client.get("/categories/crm/"))) == number


@pytest.mark.parametrize("path", ["/categories/none/", "/vendors/none/"])
def test_unknown_place_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/categories/%00/", "/vendors/a%00/", "/products/a%00/"]
)
def test_nul_in_a_path_is_refused(client, path):
    assert client.get(path).status_code in (400, 404)


def test_category_tree_survives_a_loop():
    tree = CategoryTree([(1, "a", "A", 2, 0), (2, "b", "B", 1, 0)])
    assert [node.slug for node in tree.path(tree.nodes[1])] == ["a", "b"]


# --- Vendor ---------------------------------------------------------------------------------


def test_vendor_page_lists_its_products_by_name(client):
    vendor = VendorFactory(slug="acme", name="Acme", website="https://acme.example/")
    ProductFactory(name="Zeta", vendor=vendor)
    ProductFactory(name="Beta", vendor=vendor)
    ProductFactory(name="Of others")
    response = client.get("/vendors/acme/")
    assert names(response) == ["Beta", "Zeta"]
    assert (
        'href="https://acme.example/" rel="nofollow noopener'
        in response.content.decode()
    )


@pytest.mark.parametrize("number", [1, 3])
def test_vendor_page_takes_as_many_queries_for_three_products_as_for_one(
    client, django_assert_num_queries, number
):
    vendor = VendorFactory(slug="acme")
    for _ in range(number):
        rate(ProductFactory(vendor=vendor), 4.0)
    with django_assert_num_queries(3):
        assert len(names(client.get("/vendors/acme/"))) == number


def test_vendor_page_with_a_broken_cursor_says_so(client):
    VendorFactory(slug="acme")
    response = client.get("/vendors/acme/?after=garbage")
    assert response.status_code == 400
    assert b"Start again from the first page" in response.content


# --- Ranks, pictures, cursors ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("intervals", "ranks"),
    [
        ([], []),
        ([(4.0, 4.4)], [1]),
        ([(4.0, 4.4), (3.9, 4.0)], [1, 1]),
        ([(4.0, 4.4), (3.5, 3.9)], [1, 2]),
        # The third overlaps the second, yet not the first: it starts a rank of its own.
        ([(4.0, 4.4), (3.7, 4.1), (3.5, 3.8), (3.4, 3.6)], [1, 1, 3, 3]),
    ],
)
def test_shared_ranks_measure_against_the_first_of_the_group(intervals, ranks):
    assert shared_ranks(intervals) == ranks


def test_whole_stars_count_a_half_with_the_star_above():
    counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert whole_stars(counts) == [(5, 19), (4, 15), (3, 11), (2, 7), (1, 3)]


def test_pictures_survive_empty_and_extreme_figures():
    assert "NaN" not in histogram([0] * 10)
    assert 'x="0.0%"' in interval_bar(0.5, 0.5, 5.0)
    assert 'width="100.0%"' in interval_bar(0.5, 0.5, 5.0)


def test_cursor_returns_what_went_in():
    values = ("naïve “name”", 3.9999999999999996, 2**62)
    assert decode_cursor(encode_cursor(*values), str, float, int) == values


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "é",
        "W10",
        encode_cursor("x"),
        encode_cursor(1, 2),
        encode_cursor(2**63),
        encode_cursor(True),
        "W05hTl0",
        "WzFlOTk5XQ",
        "[" * 400,
        encode_cursor(1) + "x" * 600,
    ],
)
def test_broken_cursor_is_recognised(cursor):
    with pytest.raises(BrokenCursor):
        decode_cursor(cursor, int)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-01-01T00:00:00",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+00:01",
    ],
)
def test_a_moment_that_no_page_wrote_is_recognised(text):
    with pytest.raises(BrokenCursor):
        moment_of(text)


def test_a_moment_of_a_far_time_zone_can_be_looked_for(client):
    product = ProductFactory()
    cursor = encode_cursor("2026-01-01T00:00:00+23:59", 1)
    assert client.get(f"{product.get_absolute_url()}?after={cursor}").status_code == 200


def test_cursor_with_unstorable_text_is_recognised():
    for text in ("a\x00b", "\ud800"):
        with pytest.raises((BrokenCursor, UnicodeEncodeError)):
            decode_cursor(encode_cursor(text), str)


def test_category_address_is_its_slug():
    assert Category(slug="crm").get_absolute_url() == "/categories/crm/"
