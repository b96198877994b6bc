import re

import pypdfium2
import pytest
from django.core.cache import cache
from django.utils import timezone

from outcomes.cells import delivered_of
from products.models import Product, ProductAlias
from research.comparing.page import compare
from research.pdf import is_available
from tests.factories import CategoryFactory, ProductFactory
from tests.research.comparisons import full, price, rated, release, say, share

pytestmark = pytest.mark.django_db


def page(client, query: str, status: int = 200) -> str:
    response = client.get(f"/compare/?{query}")
    assert response.status_code == status
    return response.content.decode()


def columns(html: str) -> list[str]:
    head = re.search(r"<thead>(.*?)</thead>", html, re.S)
    return (
        re.findall(r'<th scope="col"><a href="[^"]*">([^<]*)', head[1]) if head else []
    )


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def row(html: str, label: str) -> list[str]:
    """The texts of a row's cells."""
    for found in re.findall(r"<tr class=\"[^\"]*\">(.*?)</tr>", html, re.S):
        head = re.search(r'<th scope="row">(.*?)</th>', found, re.S)
        if head and re.search(rf"(?:^|>){re.escape(label)}\s*(?:<|$)", head[1].strip()):
            cells = re.findall(r"<td>(.*?)</td>", found, re.S)
            return [text_of(cell) for cell in cells]
    raise AssertionError(f"no row {label!r}")


def labels(html: str) -> list[str]:
    heads = re.findall(r'<th scope="row">(.*?)</th>', html, re.S)
    without_pictures = (
        re.sub(r"<svg.*?</svg>", "", head, flags=re.S) for head in heads
    )
    return [text_of(head.split("<span")[0]) for head in without_pictures]


def problems(html: str) -> list[str]:
    found = re.search(r'<div class="notice[^>]*>(.*?)</div>', html, re.S)
    return re.findall(r"<p>(.*?)</p>", found[1]) if found else []


@pytest.fixture
def four() -> list[Product]:
    return [rated(slug) for slug in ("alpha", "beta", "gamma", "delta")]


# --- Which products -------------------------------------------------------------------------


def test_products_stand_in_the_order_of_the_address(client, four):
    assert columns(page(client, "p=gamma&p=alpha")) == ["Gamma", "Alpha"]
    assert columns(page(client, "p=alpha&p=gamma")) == ["Alpha", "Gamma"]


def test_four_products_stand_side_by_side_and_a_fifth_is_named(client, four):
    rated("epsilon")
    html = page(client, "p=alpha&p=beta&p=gamma&p=delta&p=epsilon")
    assert columns(html) == ["Alpha", "Beta", "Gamma", "Delta"]
    assert problems(html) == [
        "At most four products stand side by side. Left out: Epsilon."
    ]
    assert "Add a product" not in html


def test_unknown_and_hidden_products_are_named_alike_and_the_rest_is_shown(
    client, four
):
    Product.objects.filter(slug="gamma").update(status=Product.Status.HIDDEN)
    html = page(client, "p=alpha&p=gamma&p=nothing&p=beta")
    assert columns(html) == ["Alpha", "Beta"]
    assert problems(html) == [
        "There is no product “gamma” here.",
        "There is no product “nothing” here.",
    ]
    assert "Gamma" not in html


def test_product_that_is_named_twice_is_shown_once(client, four):
    html = page(client, "p=alpha&p=beta&p=alpha&p=alpha")
    assert columns(html) == ["Alpha", "Beta"]
    assert problems(html) == ["Alpha was named more than once; it is shown once."]


def test_old_slugs_redirect_to_the_present_ones(client, four):
    ProductAlias.objects.create(product=four[1], slug="betamax")
    response = client.get("/compare/?p=gamma&p=betamax&only=differences&p=nothing")
    assert response.status_code == 301
    assert response["Location"] == "/compare/?p=gamma&p=beta&p=nothing&only=differences"


def test_alias_of_a_hidden_product_tells_nothing(client, four):
    ProductAlias.objects.create(product=four[1], slug="betamax")
    Product.objects.filter(slug="beta").update(status=Product.Status.HIDDEN)
    html = page(client, "p=alpha&p=betamax")
    assert problems(html) == ["There is no product “betamax” here."]


def test_page_without_products_says_how_it_works(client):
    html = page(client, "")
    assert "How it works" in html
    assert "<table" not in html


def test_one_product_is_shown_with_what_could_stand_beside_it(client):
    category = CategoryFactory(name="Ledgers")
    rated("alpha", 4.0, category=category)
    rated("beta", 3.0, category=category)
    rated("gamma", 4.5, category=category)
    rated("elsewhere", 5.0, category=CategoryFactory())
    html = page(client, "p=alpha")
    assert columns(html) == ["Alpha"]
    assert "Compare it with" in html and "Best rated in Ledgers" in html
    assert re.findall(r'class="chip" href="([^"]+)" rel', html) == [
        "/compare/?p=alpha&amp;p=gamma",
        "/compare/?p=alpha&amp;p=beta",
    ]


def test_each_column_can_be_removed(client, four):
    html = page(client, "p=alpha&p=beta&p=gamma")
    assert re.findall(r'class="compare-remove" href="([^"]+)"', html) == [
        "/compare/?p=beta&amp;p=gamma",
        "/compare/?p=alpha&amp;p=gamma",
        "/compare/?p=alpha&amp;p=beta",
    ]


# --- Adding one -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["beta", "BETA", " Beta ", "Betâ"])
def test_product_is_added_by_its_name(client, four, typed):
    response = client.get("/compare/", {"p": "alpha", "add": typed})
    assert response.status_code == 302
    assert response["Location"] == "/compare/?p=alpha&p=beta"


def test_several_products_of_one_name_are_offered(client, four):
    ProductFactory(slug="ledger", name="Ledger", vendor__name="One")
    ProductFactory(slug="ledger-2", name="Ledger", vendor__name="Two")
    html = page(client, "p=alpha&add=ledger&only=differences")
    offered = re.findall(r'<li><a href="([^"]+)">(Ledger)</a>', html)
    assert sorted(offered) == [
        ("/compare/?p=alpha&amp;p=ledger", "Ledger"),
        ("/compare/?p=alpha&amp;p=ledger-2", "Ledger"),
    ]


def test_beginning_of_several_names_offers_them(client):
    for slug in ("postman", "postgres", "alpha"):
        rated(slug)
    html = page(client, "p=alpha&add=post")
    assert sorted(re.findall(r"/compare/\?p=alpha&amp;p=(\w+)\">", html)) == [
        "postgres",
        "postman",
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("alpha", "Alpha is there already."),
        ("zzzzqqq", "No product is called “zzzzqqq”."),
        ("x" * 101, "A name has at most 100 characters."),
        ("<zzzzqqq>", "No product is called “&lt;zzzzqqq&gt;”."),
    ],
)
def test_what_can_t_be_added_is_said(client, four, typed, said):
    response = client.get("/compare/", {"p": "alpha", "add": typed})
    assert response.status_code == 200
    assert problems(response.content.decode()) == [said]


def test_nothing_is_added_to_four(client, four):
    rated("epsilon")
    html = page(client, "p=alpha&p=beta&p=gamma&p=delta&add=epsilon")
    assert problems(html) == [
        "Four products stand side by side already: remove one to add another."
    ]


# --- What stands there ----------------------------------------------------------------------


def test_score_stands_with_its_interval_and_number_of_reviews(client):
    rated("alpha", 4.5, half_width=0.2, count=1204)
    rated("beta", 3.5, half_width=0.3)
    html = page(client, "p=alpha&p=beta")
    assert row(html, "Score") == [
        "4.5 (higher) 4.3 to 4.7, 1,204 reviews",
        "3.5 3.2 to 3.8, 12 reviews",
    ]


def test_better_score_is_bold_only_where_intervals_don_t_overlap(client):
    rated("alpha", 4.0, half_width=0.2)
    rated("beta", 4.3, half_width=0.2)
    rated("gamma", 3.0, half_width=0.2)
    assert "is-better" not in page(client, "p=alpha&p=beta")
    assert page(client, "p=alpha&p=beta&p=gamma").count("is-better") == 2
    assert page(client, "p=gamma&p=beta").count("is-better") == 1


def test_what_is_missing_is_said_and_never_zero(client):
    ProductFactory(slug="alpha", name="Alpha")
    rated("beta", None, count=2)
    html = page(client, "p=alpha&p=beta")
    assert row(html, "Score") == [
        "No reviews yet",
        "2 reviews so far; a score needs 3 that count",
    ]
    assert row(html, "Administrator") == ["No reviews yet", "By no administrator yet"]
    assert row(html, "Support") == ["No reviews yet", "Nobody has rated it"]
    assert row(html, "Pricing") == ["Not known", "Not known"]
    assert row(html, "Price") == ["Too few yet: 5 organisations are needed"] * 2
    assert row(html, "Live when promised") == row(html, "Price")
    shown = re.sub(r"<svg.*?</svg>", "", html, flags=re.S)
    figures = re.findall(r'class="compare-figure[^"]*">([^<]*)', shown)
    assert not [text for text in figures if text.strip().startswith("0")]


def test_features_stand_by_source_and_those_that_disagree_both(client, four):
    say(four[0], "Audit log", "yes", "The maker", source_url="https://maker.example/")
    say(four[0], "Audit log", "partly", "A test", note="only for a week")
    say(four[1], "Audit log", "no", "A test")
    html = page(client, "p=alpha&p=beta&p=gamma")
    assert row(html, "Audit log") == [
        "Sources disagree Partly (only for a week) A test Yes The maker",
        "No A test",
        "Not known",
    ]
    assert 'href="https://maker.example/" rel="nofollow noopener"' in html


def test_features_are_grouped_by_category_and_silence_is_a_sentence(client):
    category = CategoryFactory(name="Ledgers")
    rated("alpha", category=category)
    beta = rated("beta", category=category)
    say(beta, "Double entry", "yes", category=category)
    say(beta, "Closing", "yes", category=category).delete()
    html = page(client, "p=alpha&p=beta")
    assert "Features asked of Ledgers" in html
    assert "Not known of any of them: Closing." in html
    assert "Closing" not in labels(html)


def test_prices_stand_side_by_side_only_in_the_same_unit_and_currency(client, four):
    release(four[0], "price", "user/EUR", price(120.0, 90.0, 200.0))
    release(four[1], "price", "user/EUR", price(60.0, 50.0, 80.0))
    release(four[2], "price", "host/USD", price(900.0, 500.0, 1500.0))
    html = page(client, "p=alpha&p=beta&p=gamma&p=delta")
    euros = row(html, "EUR per user and year")
    assert [cell.split(" half")[0] for cell in euros] == [
        "EUR 120",
        "EUR 60",
        "Known in another unit or currency",
        "Too few yet: 5 organisations are needed",
    ]
    dollars = row(html, "USD per host or server and year")
    assert dollars[2].startswith("USD 900 half pay 500 to 1,500")
    assert "can’t be put side by side" in html


def test_discounts_stand_below_the_prices_they_belong_to(client, four):
    discount = {"low": 10, "median": 15, "high": 20, "organisations": 5}
    figures = price(120.0, 90.0, 200.0) | {"discount": discount}
    release(four[0], "price", "user/EUR", figures)
    release(four[1], "price", "user/EUR", price(60.0, 50.0, 80.0))
    release(four[2], "price", "host/USD", price(900.0, 500.0, 1500.0))
    html = page(client, "p=alpha&p=beta&p=gamma&p=delta")
    assert row(html, "Discount off list, EUR per user") == [
        "15 % half get 10 to 20 %; at least 5 organisations",
        "Too few yet: 5 organisations are needed",
        "Known in another unit or currency",
        "Too few yet: 5 organisations are needed",
    ]


def test_retention_is_compared_by_its_interval(client, four):
    release(four[0], "retention", "12", {"still_using": share(90, 80, 95)})
    release(four[1], "retention", "12", {"still_using": share(50, 30, 70)})
    html = page(client, "p=alpha&p=beta&p=gamma")
    assert row(html, "Still use it after 12 months") == [
        "90 % (higher) 80 to 95 %; at least 10 organisations",
        "50 % 30 to 70 %; at least 10 organisations",
        "Too few yet: 5 organisations are needed",
    ]


def test_delivery_is_told_in_words(client, four):
    late = {"low": 0, "median": 2, "high": 5, "organisations": 10}
    cell = release(four[0], "delivery", "", {"months_late": late})
    html = page(client, "p=alpha&p=beta")
    typically, half = delivered_of([cell]).months_text.rstrip(".").split("; ")
    assert row(html, "Go-live against the promise") == [
        f"{typically} {half}; at least 10 organisations",
        "Too few yet: 5 organisations are needed",
    ]


# --- Only differences -----------------------------------------------------------------------


def test_only_what_differs_is_shown_on_request(client):
    category = CategoryFactory()
    one = rated("alpha", 4.6, category=category, licence="MIT", deployment=["saas"])
    two = rated("beta", 3.2, category=category, licence="MIT", deployment=["desktop"])
    say(one, "Audit log", "yes")
    say(two, "Audit log", "no")
    say(one, "Single sign-on", "yes")
    say(two, "Single sign-on", "yes")
    say(one, "Exports", "yes")
    everything = labels(page(client, "p=alpha&p=beta"))
    html = page(client, "p=alpha&p=beta&only=differences")
    assert labels(html) == ["Score", "Vendor", "Deployment", "Audit log"]
    assert f"{len(everything) - 4} rows left out" in html


def test_products_of_which_nothing_differs_say_so(client):
    vendor = ProductFactory().vendor
    for slug in ("alpha", "beta"):
        rated(slug, 4.0, vendor=vendor)
    html = page(client, "p=alpha&p=beta&only=differences")
    assert "No difference is known" in html


def test_only_something_else_is_refused_and_everything_shown(client, four):
    html = page(client, "p=alpha&p=beta&only=money", status=400)
    assert columns(html) == ["Alpha", "Beta"]


# --- Hostile addresses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "p=" + "x" * 5000,
        "p=%F0%28%8C%28",
        "p=../../etc&p=%27%3B--",
        "&".join(f"p=nothing-{n}" for n in range(900)),
        "p[]=alpha",
        "add=%22%20or%20-",
        "add=" + "%F0%9F%92%A5" * 50,
        "p=alpha&only=differences&only=x",
    ],
)
def test_hostile_address_is_no_error_of_the_server(client, four, query):
    assert client.get(f"/compare/?{query}").status_code in (200, 400)


def test_nul_is_refused(client):
    assert client.get("/compare/?p=%00").status_code == 400


def test_markup_in_a_slug_is_shown_as_text(client, four):
    html = page(client, "p=alpha&p=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_page_is_only_read(client):
    assert client.post("/compare/").status_code == 405


# --- Cost -----------------------------------------------------------------------------------

# Keys, products, cells, stated and asked features, the tree of categories, two for suggestions.
WHOLE = 8


def test_page_costs_the_same_queries_for_two_and_for_three_products(
    client, django_assert_num_queries
):
    category = CategoryFactory()
    for number, slug in enumerate(("alpha", "beta", "gamma")):
        full(slug, number, category)
    for query in ("p=alpha&p=beta", "p=alpha&p=beta&p=gamma"):
        cache.clear()
        with django_assert_num_queries(WHOLE):
            page(client, query)
        with django_assert_num_queries(1):
            page(client, query)


def test_four_products_cost_less_since_none_is_suggested(
    client, django_assert_num_queries
):
    for number, slug in enumerate(("alpha", "beta", "gamma", "delta")):
        full(slug, number)
    with django_assert_num_queries(WHOLE - 2):
        page(client, "p=alpha&p=beta&p=gamma&p=delta")


def test_page_changes_with_the_figures(client, four):
    assert "4.0" in row(page(client, "p=alpha&p=beta"), "Score")[0]
    four[0].rating.score, four[0].rating.refreshed_at = 2.0, timezone.now()
    four[0].rating.save()
    assert row(page(client, "p=alpha&p=beta"), "Score")[0].startswith("2.0")


# --- The same figures everywhere ------------------------------------------------------------


def api(client, query: str, status: int = 200) -> dict:
    response = client.get(f"/api/v1/compare/?{query}")
    assert response.status_code == status
    return response.json()


def test_api_and_page_say_the_same(client):
    for number, slug in enumerate(("alpha", "beta", "gamma")):
        full(slug, number)
    html = page(client, "p=beta&p=alpha&p=gamma")
    data = api(client, "product=beta&product=alpha&product=gamma")
    assert [product["slug"] for product in data["products"]] == [
        "beta",
        "alpha",
        "gamma",
    ]
    rows = [one for group in data["groups"] for one in group["rows"]]
    assert [one["label"] for one in rows] == labels(html)
    for one in rows:
        shown = row(html, one["label"])
        for cell, entry in zip(shown, one["entries"], strict=True):
            for part in (entry["missing"], entry["text"], entry["note"]):
                assert part in cell
            assert entry["is_better"] == ("(higher)" in cell)
            assert bool(entry["missing"]) != bool(entry["text"] or entry["lines"])


def test_api_gives_the_figures_of_the_product_itself(client):
    rated("alpha", 4.44444)
    rated("beta", 3.0)
    data = api(client, "product=alpha&product=beta")
    score = data["groups"][0]["rows"][0]["entries"][0]["values"]
    rating = client.get("/api/v1/products/alpha/").json()["rating"]
    assert score == {name: rating[name] for name in score}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("product=alpha", 400),
        ("product=alpha&product=alpha", 400),
        ("product=alpha&product=beta&product=gamma&product=delta&product=epsilon", 400),
        ("product=alpha&product=nothing", 404),
        ("product=alpha&product=beta&only=differences", 400),
        ("product=%00", 400),
        ("&".join(f"product=x{n}" for n in range(50)), 404),
    ],
)
def test_api_refuses_what_can_t_be_compared(client, four, query, status):
    rated("epsilon")
    assert api(client, query, status)["status"] == status


def test_api_redirects_old_slugs(client, four):
    ProductAlias.objects.create(product=four[1], slug="betamax")
    response = client.get("/api/v1/compare/?product=alpha&product=betamax")
    assert response.status_code == 301
    assert response["Location"].endswith("/api/v1/compare/?product=alpha&product=beta")


def test_comparison_leaves_out_who_was_hidden_meanwhile(four):
    Product.objects.filter(slug="beta").update(status=Product.Status.HIDDEN)
    found = compare([four[0].pk, four[1].pk])
    assert [product.slug for product in found.products] == ["alpha"]


# --- PDF, and the way here ------------------------------------------------------------------


def test_pdf_holds_the_figures_of_the_page(client, four):
    assert is_available(), "The tests need WeasyPrint and Pango."
    rated("zeta", 2.7, count=321)
    response = client.get("/compare.pdf?p=zeta&p=alpha&only=differences")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        'inline; filename="compare-zeta-alpha.pdf"'
    )
    document = pypdfium2.PdfDocument(response.content)
    text = document[0].get_textpage().get_text_bounded()
    assert "Zeta and Alpha compared" in text
    assert "2.5 to 2.9, 321 reviews" in text
    assert "Would recommend" not in text


@pytest.mark.parametrize(
    ("query", "status", "location"),
    [
        ("", 303, "/compare/"),
        ("?p=nothing", 303, "/compare/?p=nothing"),
        ("?p=alpha&only=money", 303, "/compare/?p=alpha&only=money"),
        ("?p=betamax&p=alpha", 301, "/compare.pdf?p=beta&p=alpha"),
    ],
)
def test_pdf_of_what_can_t_be_shown_leads_to_the_page(
    client, four, query, status, location
):
    ProductAlias.objects.create(product=four[1], slug="betamax")
    response = client.get(f"/compare.pdf{query}")
    assert (response.status_code, response["Location"]) == (status, location)


def test_product_page_leads_here_and_shows_features_by_source(client, four):
    say(four[0], "Audit log", "partly", "A test", note="a week", source_url="https://a.example/")  # fmt: skip
    html = client.get("/products/alpha/").content.decode()
    assert 'href="/compare/?p=alpha"' in html
    found = re.search(r"<dt>Audit log</dt><dd>(.*?)</dd>", html)
    assert text_of(found[1]) == "Partly (a week) A test"
    assert 'href="https://a.example/" rel="nofollow noopener"' in found[1]
