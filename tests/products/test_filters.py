import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from products.listing import PAGE_SIZE
from products.models import Category, Product, ProductCategory
from products.search import plain
from reviews_site.lib.paging import encode_cursor
from tests.factories import CategoryFactory, ProductFactory, VendorFactory
from tests.products.ratings import rate

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    """The products shown, in the order of the page."""
    return re.findall(
        r'<h3><a href="/products/[^"]+">([^<]+)</a>', response.content.decode()
    )


def get(client, query: str = ""):
    return client.get(f"/products/{query}")


def in_category(category: Category, **kwargs) -> Product:
    return ProductFactory(category=category, **kwargs)


# --- Each filter ----------------------------------------------------------------------------


def test_category_filter_takes_products_of_subcategories(client):
    security = CategoryFactory(slug="security")
    identity = CategoryFactory(slug="identity", parent=security)
    in_category(security, name="Above")
    in_category(identity, name="Below")
    in_category(CategoryFactory(slug="payroll"), name="Elsewhere")
    assert names(get(client, "?category=security&sort=name")) == ["Above", "Below"]


def test_product_in_category_and_subcategory_is_listed_once(client):
    security = CategoryFactory(slug="security")
    product = in_category(security, name="Both")
    below = CategoryFactory(parent=security)
    ProductCategory.objects.create(product=product, category=below, position=1)
    assert names(get(client, "?category=security")) == ["Both"]


@pytest.mark.parametrize("named", ["acme", "Acme Ltd", "ACME LTD"])
def test_vendor_filter_takes_slug_or_name(client, named):
    ProductFactory(name="Theirs", vendor=VendorFactory(slug="acme", name="Acme Ltd"))
    ProductFactory(name="Other")
    assert names(client.get("/products/", {"vendor": named})) == ["Theirs"]


@pytest.mark.parametrize(
    "query", ["deployment=saas", "pricing_model=quote", "licence=MIT", "q=ledger"]
)
def test_filter_keeps_only_products_that_fit(client, query):
    ProductFactory(
        name="Fits",
        deployment=["saas", "hybrid"],
        pricing_model="quote",
        licence="MIT",
        summary="A ledger.",
    )
    ProductFactory(
        name="Other", deployment=["desktop"], pricing_model="free", licence="X"
    )
    assert names(get(client, f"?{query}")) == ["Fits"]


def test_min_rating_filter_compares_the_score(client):
    rate(ProductFactory(name="Good"), 4.0)
    rate(ProductFactory(name="Poor"), 3.9)
    rate(ProductFactory(name="Unscored"), None, count=2)
    assert names(get(client, "?min_rating=4")) == ["Good"]


def test_filters_narrow_together(client):
    ProductFactory(name="Both", deployment=["saas"], licence="MIT")
    ProductFactory(name="One", deployment=["saas"], licence="GPL")
    assert names(get(client, "?deployment=saas&licence=MIT")) == ["Both"]


@pytest.mark.parametrize("status", [Product.Status.HIDDEN, Product.Status.DISCONTINUED])
def test_list_shows_active_products_only(client, status):
    ProductFactory(name="Gone", status=status)
    assert names(get(client)) == []


# --- The address is the state ---------------------------------------------------------------


def test_chips_take_one_filter_away_and_keep_the_rest(client):
    ProductFactory(deployment=["saas"], licence="MIT")
    page = get(client, "?deployment=saas&licence=MIT&sort=name").content.decode()
    assert 'href="/products/?licence=MIT&amp;sort=name"' in page
    assert 'href="/products/?deployment=saas&amp;sort=name"' in page


def test_empty_fields_of_the_form_leave_the_address(client):
    response = get(client, "?q=&category=&deployment=saas&sort=score")
    assert response.status_code == 302
    assert response["Location"] == "/products/?deployment=saas"


def test_unknown_parameter_is_left_out_and_named(client):
    ProductFactory(name="Shown")
    response = get(client, "?colour=blue")
    assert response.status_code == 200
    assert names(response) == ["Shown"]
    assert "“colour”, which this list doesn't know" in response.content.decode()


BAD_QUERIES = [
    "category=none-such",
    "vendor=none-such",
    "deployment=moon",
    "pricing_model=barter",
    "licence=none-such",
    "min_rating=6",
    "min_rating=nan",
    "sort=price",
    "q=" + "x" * 101,
    "category=" + "x" * 5000,
    "after=!!!",
    "after=" + encode_cursor("score", "four", 1),
    "after=" + encode_cursor("price", 4.0, 1),
    "after=" + encode_cursor("score", 4.0, 2**70),
    "after=" + encode_cursor(1),
    "after=" + "A" * 5000,
    "sort=name&after=" + encode_cursor("score", 4.0, 1),
    "sort=newest&after=" + encode_cursor("x", 1),
    "deployment=saas%00",
    "q=%00",
    "q=a%00b",
]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_bad_filter_is_refused_with_a_page_that_says_so(client, query):
    ProductFactory()
    response = get(client, f"?{query}")
    assert response.status_code == 400
    assert names(response) == []


def test_markup_in_a_filter_is_shown_as_text(client):
    page = client.get("/products/", {"vendor": "<script>alert(1)</script>"})
    assert b"<script>alert(1)" not in page.content


# --- Order and pages ------------------------------------------------------------------------


def test_score_order_puts_products_without_a_score_last_by_name(client):
    rate(ProductFactory(name="Second"), 4.1)
    rate(ProductFactory(name="First"), 4.2)
    rate(ProductFactory(name="Zeta"), None, count=1)
    ProductFactory(name="Beta")
    assert names(get(client)) == ["First", "Second", "Beta", "Zeta"]


def test_newest_order_is_the_order_of_arrival(client):
    for name in ("Old", "Young"):
        ProductFactory(name=name)
    assert names(get(client, "?sort=newest")) == ["Young", "Old"]


def walk(client, address: str) -> list[str]:
    """All products of all pages, following the link to the next one."""
    found: list[str] = []
    query: str | None = address
    while query is not None:
        response = get(client, query)
        assert response.status_code == 200
        found += names(response)
        after = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        query = after[1].replace("&amp;", "&") if after else None
    return found


@pytest.mark.parametrize("sort", ["score", "name", "newest"])
def test_pages_show_each_product_exactly_once(client, sort):
    vendor = VendorFactory()
    for n in range(47):
        # Equal names and equal scores: the page must not end between them twice.
        product = ProductFactory(name=f"Name {n // 5}", slug=f"p-{n}", vendor=vendor)
        if n % 3:
            rate(product, 3.0 + (n % 4) / 7)
    found = walk(client, f"?sort={sort}")
    assert len(found) == 47
    assert sorted(found) == sorted(Product.objects.values_list("name", flat=True))


def test_pages_keep_the_filters(client):
    vendor = VendorFactory()
    for n in range(25):
        ProductFactory(name=f"Saas {n:02}", deployment=["saas"], vendor=vendor)
        ProductFactory(name=f"Other {n:02}", vendor=vendor)
    found = walk(client, "?deployment=saas&sort=name")
    assert found == [f"Saas {n:02}" for n in range(25)]


# --- What it costs --------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [("", 5), ("?min_rating=3", 5), ("?sort=name", 4), ("?sort=newest", 4)],
)
def test_list_takes_as_many_queries_for_three_products_as_for_one(
    client, django_assert_num_queries, number, query, queries
):
    category = CategoryFactory()
    for _ in range(number):
        rate(in_category(category), 4.0)
    # Categories, licences, keys, rows; by score also the keys of those without one.
    with django_assert_num_queries(queries):
        assert len(names(get(client, query))) == number


@pytest.mark.parametrize("number", [1, 3])
def test_prepared_list_takes_one_query_for_the_keys(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        ProductFactory()
    get(client, "?sort=name")
    with django_assert_num_queries(1):
        assert len(names(get(client, "?sort=name"))) == number


def test_full_first_page_takes_one_query_and_leads_to_the_second(
    client, django_assert_num_queries
):
    vendor = VendorFactory()
    for n in range(PAGE_SIZE + 1):
        rate(ProductFactory(name=f"Rated {n:02}", vendor=vendor), 1 + n / 10)
    ProductFactory(name="Without a score", vendor=vendor)
    get(client)
    with django_assert_num_queries(1):
        first = get(client)
    best_first = [f"Rated {n:02}" for n in reversed(range(PAGE_SIZE + 1))]
    assert names(first) == best_first[:PAGE_SIZE]
    more = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert more is not None
    assert names(get(client, more[1])) == [*best_first[PAGE_SIZE:], "Without a score"]


def test_changed_product_is_shown_at_once(client):
    product = ProductFactory(name="Before")
    assert names(get(client)) == ["Before"]
    Product.objects.filter(pk=product.pk).update(
        name="After", updated_at=timezone.now()
    )
    assert names(get(client)) == ["After"]


def test_new_rating_is_shown_at_once(client):
    product = ProductFactory()
    get(client)
    rate(product, 4.4)
    assert '<b class="num">4.4</b>' in get(client).content.decode()


def test_list_works_with_an_empty_cache_each_time(client):
    ProductFactory(name="Here")
    get(client)
    cache.clear()
    assert names(get(client)) == ["Here"]


def test_plain_drops_accents_and_what_nobody_sees():
    assert plain("Café\u200b \t Zürich\x07") == "Cafe Zurich"


def test_refusal_reaches_a_reader_whose_page_asks_by_htmx(client):
    response = client.get("/products/?min_rating=9", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert b"This list can't be shown as asked" in response.content
