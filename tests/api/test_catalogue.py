from urllib.parse import parse_qs, urlsplit

import pytest

from products.models import Product, ProductAlias
from reviews.models import ProductRating
from reviews_site.lib.paging import decode_cursor
from tests.factories import CategoryFactory, ProductFactory, VendorFactory

RATING = {
    "half_star_counts": [0, 0, 0, 0, 0, 0, 0, 3, 0, 0],
    "count": 3,
    "mean": 4.0,
    "score": 3.9,
    "interval_low": 3.5,
    "interval_high": 4.3,
    "effective_n": 2.9,
    "perspectives": {"buyer": {"count": 3, "mean": 4.0}},
    "sub_ratings": {},
    "recommend_mean": 8.0,
    "as_of": "2026-11-22",
}


@pytest.fixture
def grafana(db):
    category = CategoryFactory(slug="monitoring", name="Monitoring")
    vendor = VendorFactory(
        slug="grafana-labs", name="Grafana Labs", email_domains=["grafana.example"]
    )
    product = ProductFactory(
        slug="grafana",
        name="Grafana",
        vendor=vendor,
        category=category,
        deployment=["saas", "self_hosted"],
        licence="AGPL-3.0-only",
    )
    ProductRating.objects.create(product=product, prior_mean=3.5, **RATING)
    return product


def test_a_product_is_what_its_page_shows(api, grafana):
    found = api().get("products/grafana/").json()
    found.pop("updated_at")
    assert found == {
        "slug": "grafana",
        "name": "Grafana",
        "vendor": {"slug": "grafana-labs", "name": "Grafana Labs"},
        "categories": [{"slug": "monitoring", "name": "Monitoring"}],
        "summary": "",
        "description": "",
        "website": "",
        "repository": "",
        "licence": "AGPL-3.0-only",
        "is_open_source": None,
        "pricing_model": "",
        "deployment": ["saas", "self_hosted"],
        "rating": RATING,
    }


def test_a_product_without_rating_has_none(api, db):
    ProductFactory(slug="new")
    assert api().get("products/new/").json()["rating"] is None


def test_a_merged_product_redirects(api, grafana):
    ProductAlias.objects.create(slug="grafana-oss", product=grafana)
    response = api().get("products/grafana-oss/")
    assert (response.status_code, response["Location"]) == (
        301,
        "/api/v1/products/grafana/",
    )


@pytest.mark.parametrize("status", ["hidden", "discontinued"])
def test_what_is_not_visible_is_not_there(api, grafana, status):
    ProductAlias.objects.create(slug="grafana-oss", product=grafana)
    Product.objects.update(status=status)
    assert api().get("products/grafana/").status_code == 404
    assert api().get("products/grafana-oss/").status_code == 404
    assert api().get("products/").json()["results"] == []


def test_a_vendor_does_not_show_its_domains(api, grafana):
    assert api().get("vendors/grafana-labs/").json() == {
        "slug": "grafana-labs",
        "name": "Grafana Labs",
        "website": "",
        "description": "",
    }


def test_a_category_names_its_parent(api, grafana):
    parent = CategoryFactory(slug="it")
    CategoryFactory(slug="logs", name="Logs", parent=parent)
    assert api().get("categories/logs/").json() == {
        "slug": "logs",
        "name": "Logs",
        "description": "",
        "parent": "it",
        "product_count": 0,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["grafana", "zabbix"]),
        ("?category=monitoring", ["grafana"]),
        ("?vendor=grafana-labs", ["grafana"]),
        ("?deployment=self_hosted", ["grafana"]),
        ("?licence=AGPL-3.0-only", ["grafana"]),
        ("?min_rating=3.5", ["grafana"]),
        ("?min_rating=4", []),
        ("?q=zabbix", ["zabbix"]),
        ("?q=", ["grafana", "zabbix"]),
    ],
)
def test_products_are_narrowed_as_on_the_page(api, grafana, query, found):
    ProductFactory(slug="zabbix", name="Zabbix")
    response = api().get(f"products/{query}")
    assert response.status_code == 200
    assert [product["slug"] for product in response.json()["results"]] == found


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("sort=name", "sort"),
        ("author=1", "author"),
        ("format=api", "format"),
        ("category=nonsense", "category"),
        ("deployment=nonsense", "deployment"),
        ("min_rating=4.2", "min_rating"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=" + "9" * 5000, "page_size"),
        ("page_size=x", "page_size"),
        ("cursor=x", "cursor"),
        ("cursor=" + "a" * 700, "cursor"),
        ("cursor=WyJhIiwiYiJd", "cursor"),
        ("q=" + "x" * 101, "q"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(api, db, query, name):
    response = api().get(f"products/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert list(response.json()["errors"]) == [name]


@pytest.mark.parametrize("name", ["categories", "vendors", "products"])
def test_each_list_pages_by_key_to_its_end(api, db, name):
    make = {
        "categories": CategoryFactory,
        "vendors": VendorFactory,
        "products": lambda slug: ProductFactory(
            slug=slug, vendor__slug=f"vendor-of-{slug}"
        ),
    }[name]
    for n in range(5):
        make(slug=f"thing-{n}")
    seen, path = [], f"{name}/?page_size=2"
    while path:
        page = api().get(path).json()
        seen += [row["slug"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver/api/v1/")
    assert [slug for slug in seen if slug.startswith("thing-")] == [
        f"thing-{n}" for n in range(5)
    ]
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("amount", [1, 3])
@pytest.mark.parametrize("name", ["categories", "vendors", "products"])
def test_each_list_takes_one_query(
    api, grafana, name, amount, django_assert_num_queries
):
    for _ in range(amount - 1):
        ProductFactory(category=CategoryFactory(parent=CategoryFactory()))
    visitor = api()
    # The tree of categories is kept in the cache for a minute.
    visitor.get("products/")
    with django_assert_num_queries(1):
        page = visitor.get(f"{name}/").json()
    assert len(page["results"]) >= amount


def test_a_cursor_holds_the_slug_and_no_primary_key(api, db):
    for n in range(2):
        ProductFactory(slug=f"thing-{n}")
    page = api().get("products/?page_size=1").json()
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    assert decode_cursor(cursor, str) == ("thing-0",)
