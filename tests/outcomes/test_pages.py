import datetime
import re

import pytest

from disclosure.models import Cell
from disclosure.panels import panels
from outcomes.cells import (
    Spread,
    cost_in_words,
    months_in_words,
    never_rising,
    retention_of,
    share_of,
)
from tests.factories import ProductFactory
from tests.outcomes.customers import customer, delivered, review_of

pytestmark = pytest.mark.django_db

RELEASED = datetime.date(2026, 10, 1)


def stayed(percent: int, organisations: int = 10, bound: str = "") -> dict:
    return {
        "percent": percent,
        "bound": bound,
        "low": max(percent - 20, 0),
        "high": min(percent + 10, 100),
        "organisations": organisations,
    }


def cell(product, topic: str, series: str, **figures) -> Cell:
    return Cell.objects.create(
        product=product,
        topic=topic,
        series=series,
        organisations=10,
        figures=figures,
        released_on=RELEASED,
    )


@pytest.fixture
def product():
    return ProductFactory(slug="grafana", name="Grafana")


@pytest.fixture
def released(product):
    cell(product, "retention", "6", still_using=stayed(90, 20, "or more"))
    cell(
        product,
        "retention",
        "12",
        still_using=stayed(75),
        buy_again={"words": {"yes": stayed(60), "no": stayed(25)}, "organisations": 10},
        use={"words": {"grew": stayed(40)}, "organisations": 10},
    )
    cell(
        product,
        "delivery",
        "",
        on_time=stayed(30),
        months_late={"low": 1, "median": 3, "high": 6, "organisations": 15},
        cost_gap={"low": -5, "median": 0, "high": 20, "organisations": 10},
        scope={"words": {"most": stayed(55)}, "organisations": 10},
    )
    return product


def text(page) -> str:
    return " ".join(page.content.decode().split())


def test_page_shows_what_is_released(client, released):
    page = text(client.get("/products/grafana/outcomes/"))

    rows = re.findall(r'<th scope="row">(\d+ months)</th>(.*?)</tr>', page)
    cells = [(month, re.findall(r"<td[^>]*>(.*?)</td>", row)) for month, row in rows]
    assert cells == [
        ("6 months", ["90 % or more", "70 to 100 %", "at least 20"]),
        ("12 months", ["75 %", "55 to 85 %", "at least 10"]),
    ]
    assert "Nothing is shown yet for 24 months" in page
    assert "Typically 3 months late; half of them between 1 and 6 months late." in page
    assert "Typically as promised; half of them between 5 % less and 20 % more." in page
    assert (
        'href="/about/figures/#retention"' in page
        and 'href="/about/figures/#delivery"' in page
    )
    assert "Released on 1 October 2026" in page
    # The picture says no more than the table.
    assert 'class="retention" width="100%"' in page and 'aria-hidden="true"' in page


def test_without_figures_it_says_what_is_missing(client, product):
    page = text(client.get("/products/grafana/outcomes/"))

    assert page.count("Shown once at least 5 organisations have said") == 2
    assert '<svg class="retention"' not in page
    assert "0 %" not in page


def test_panels_say_the_same_or_what_is_missing(released):
    empty = ProductFactory(name="Other")
    shown, missing = (
        " ".join("".join(panels(each)).split()) for each in (released, empty)
    )

    assert 'Would buy it again: <b class="num nowrap">60 %</b>' in shown
    assert "From at least 10 organisations, released on 1 October 2026." in shown
    assert "Typically 3 months late" in shown
    assert missing.count("Shown once at least 5 organisations have said") == 2


@pytest.mark.parametrize(
    "path", ["/products/nothing/outcomes/", "/products/grafana/outcomes/x/"]
)
def test_an_unknown_page_is_a_404(client, product, path):
    assert client.get(path).status_code == 404


def test_hidden_products_have_no_page(client, product):
    ProductFactory(slug="hidden", status="hidden")
    assert client.get("/products/hidden/outcomes/").status_code == 404
    assert client.get("/api/v1/products/hidden/retention/").status_code == 404


def test_a_former_address_leads_to_the_page(client, product):
    product.aliases.create(slug="old-grafana", name="Old Grafana")
    answer = client.get("/products/old-grafana/outcomes/")
    assert (answer.status_code, answer["Location"]) == (
        301,
        "/products/grafana/outcomes/",
    )


@pytest.mark.parametrize("slug", ["grafana", "empty"])
def test_page_takes_two_queries_however_many_cells(
    client, released, slug, django_assert_num_queries
):
    ProductFactory(slug="empty")
    # The product with its vendor, the cells.
    with django_assert_num_queries(2):
        client.get(f"/products/{slug}/outcomes/")


def test_page_offers_an_author_what_they_can_add(client, released):
    review = review_of(released, customer())
    client.force_login(review.author)
    assert f"/reviews/{review.public_id}/delivery/" in text(
        client.get("/products/grafana/outcomes/")
    )
    delivered(review)
    assert "Change what you said of the delivery" in text(
        client.get("/products/grafana/outcomes/")
    )


def test_page_offers_a_partner_no_form(client, released):
    review = review_of(released, relationship="partner")
    client.force_login(review.author)
    assert "/delivery/" not in text(client.get("/products/grafana/outcomes/"))


# --- The line -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measured", "drawn"),
    [
        ([(90, 20), (80, 10), (70, 10)], [90, 80, 70]),
        ([(80, 10), (90, 10)], [85, 85]),
        # (80 · 20 + 95 · 10) / 30 = 85
        ([(80, 20), (95, 10), (60, 5)], [85, 85, 60]),
        # 60 and 75 at 67.5, which is less than 90 but the last pulls both: (60 + 75 + 90) / 3 = 75
        ([(60, 10), (75, 10), (90, 10)], [75, 75, 75]),
        ([(70, 10)], [70]),
        ([], []),
    ],
)
def test_the_line_never_rises(measured, drawn):
    shares = [share_of("", stayed(percent, count)) for percent, count in measured]
    assert never_rising(shares) == drawn


def test_points_stay_where_they_were_measured(client, product):
    cell(product, "retention", "6", still_using=stayed(80))
    cell(product, "retention", "12", still_using=stayed(90))
    found = retention_of(Cell.objects.all())

    assert [
        (point.month, point.share.percent, point.drawn) for point in found.points
    ] == [(6, 80, 85.0), (12, 90, 85.0)]
    assert found.rises
    assert "the line never rises" in text(client.get("/products/grafana/outcomes/"))


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        ((1, 1, 1), "Typically 1 month late; half of them between 1 and 1 month late."),
        (
            (-3, -2, -1),
            "Typically 2 months early; half of them between 1 and 3 months early.",
        ),
        (
            (-1, 0, 4),
            "Typically as promised; half of them between 1 month early and 4 months late.",
        ),
        (
            (0, 2, 3),
            "Typically 2 months late; half of them between the promise and 3 months late.",
        ),
    ],
)
def test_months_in_words(spread, words):
    assert months_in_words(Spread(*spread, 10)) == words


def test_cost_in_words():
    assert (
        cost_in_words(Spread(-10, -5, 0, 10))
        == "Typically 5 % less; half of them between 10 % less and the promise."
    )


# --- The API --------------------------------------------------------------------------------


def test_api_gives_the_cells(client, released):
    found = client.get("/api/v1/products/grafana/retention/").json()
    assert found["product"] == "grafana"
    assert found["method"].endswith("/about/figures/#retention")
    assert [
        (each["series"], each["figures"]["still_using"]["percent"])
        for each in found["cells"]
    ] == [("6", 90), ("12", 75)]
    assert found["cells"][0]["released_on"] == "2026-10-01"

    [delivery] = client.get("/api/v1/products/grafana/delivery/").json()["cells"]
    assert delivery["figures"]["months_late"] == {
        "low": 1,
        "median": 3,
        "high": 6,
        "organisations": 15,
    }


def test_api_without_figures_has_no_cells(client, product):
    for topic in ("retention", "delivery"):
        assert client.get(f"/api/v1/products/grafana/{topic}/").json()["cells"] == []


@pytest.mark.parametrize("topic", ["retention", "delivery"])
def test_api_refuses_what_it_does_not_know(client, product, topic):
    assert (
        client.get(f"/api/v1/products/grafana/{topic}/?organisation=x").status_code
        == 400
    )
    assert client.post(f"/api/v1/products/grafana/{topic}/").status_code == 401
    assert client.get(f"/api/v1/products/nothing/{topic}/").status_code == 404
