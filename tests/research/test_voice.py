import pytest

from products.models import ProductAlias
from research.voice import voice_page
from reviews import ratings
from reviews.models import ProductVoice, RatingRefresh
from tests.factories import (
    UserFactory,
    VendorRepresentativeFactory,
)
from tests.reviews.voices import ledger, say, store

pytestmark = pytest.mark.django_db
PAGE = "/products/ledger/voice/"


@pytest.fixture
def product():
    return ledger()


def praised(product, text: str = "A bank reconciliation.", times: int = 3, **kwargs):
    return [say(product, pros=text, **kwargs) for _ in range(times)]


# --- The pages ------------------------------------------------------------------------------


def test_page_shows_phrases_with_counts_and_a_linked_sentence(client, product):
    reviews = praised(product)
    store(product)
    page = client.get(PAGE).content.decode()
    assert '<b class="voice-text">bank reconciliation</b>' in page
    assert "A <mark>bank reconciliation</mark>." in page
    for review in reviews:
        assert f'href="/reviews/{review.public_id}/"' in page
    assert "counted from 3 reviews" in page


def test_page_of_the_vendor_shows_its_products_voice(client, product):
    praised(product)
    store(product)
    page = client.get(f"/vendors/{product.vendor.slug}/voice/").content.decode()
    assert "<mark>bank reconciliation</mark>" in page


@pytest.mark.parametrize("figures", [None, {}])
def test_page_says_that_nothing_is_counted_yet(client, product, figures):
    if figures is not None:
        ProductVoice.objects.create(product=product, figures=figures)
    assert "Not counted yet" in client.get(PAGE).content.decode()


def test_page_says_that_too_few_say_the_same(client, product):
    say(product, pros="Something.")
    say(product, pros="Another matter.")
    say(product, pros="Third.")
    store(product)
    page = client.get(PAGE).content.decode()
    assert "Too few reviews say the same" in page
    assert "3 reviews by customers have been counted" in page


def test_renamed_product_leads_to_its_voice(client, product):
    ProductAlias.objects.create(slug="old", product=product)
    response = client.get("/products/old/voice/")
    assert (response.status_code, response["Location"]) == (301, PAGE)


def test_hidden_and_unknown_products_have_no_voice(client, product):
    product.status = "hidden"
    product.save()
    for address in (PAGE, "/products/none/voice/", "/vendors/none/voice/"):
        assert client.get(address).status_code == 404
    assert client.get("/api/v1/products/ledger/voice/").status_code == 404


def test_page_costs_the_same_for_one_phrase_and_for_many(
    client, product, django_assert_num_queries
):
    praised(product)
    store(product)
    client.get(PAGE)
    with django_assert_num_queries(1):
        client.get(PAGE)
    for text in ("The audit trail.", "Its invoice templates.", "Payroll calendars."):
        praised(product, text)
    store(product)
    with django_assert_num_queries(1):
        client.get(PAGE)
    with django_assert_num_queries(1):
        client.get(f"/vendors/{product.vendor.slug}/voice/")


def test_page_is_the_same_for_a_buyer_and_for_the_vendor(client, product):
    praised(product)
    store(product)
    representative = VendorRepresentativeFactory(vendor=product.vendor)
    pages = []
    for user in (UserFactory(), representative.user):
        client.force_login(user)
        page = client.get(PAGE).content.decode()
        pages.append(page[page.index("<main") : page.index("</main>")])
    assert pages[0] == pages[1]


def test_hostile_texts_and_names_are_escaped(client):
    product = ledger()
    product.name = "<script>alert(1)</script>"
    product.save()
    hostile = "Its <img src=x onerror=alert(2)> bank reconciliation & <b>more</b>."
    praised(product, hostile)
    store(product)
    for address in (
        PAGE,
        "/products/ledger/",
        f"/vendors/{product.vendor.slug}/voice/",
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;img src=x onerror=alert(2)&gt;" in page


def test_withdrawn_review_leaves_the_page_with_the_rating(client, product):
    reviews = praised(product)
    store(product)
    reviews[0].status = "withdrawn"
    reviews[0].save()
    RatingRefresh.objects.create(product=product)
    ratings.serve_refreshes(product.pk)
    for address in (PAGE, "/products/ledger/", "/api/v1/products/ledger/voice/"):
        assert str(reviews[0].public_id) not in client.get(address).content.decode()


# --- On the product page --------------------------------------------------------------------


def test_product_page_shows_what_is_said_most(client, product):
    praised(product)
    store(product)
    page = client.get("/products/ledger/").content.decode()
    assert f'href="{PAGE}#praise-1"' in page
    assert "In how many of 3 reviews by customers." in page


def test_product_page_says_what_is_missing(client, product):
    say(product)
    ratings.refresh_product_rating(product.pk)
    page = client.get("/products/ledger/").content.decode()
    assert "A phrase stands here once three reviewers have said it." in page


def test_product_without_reviews_has_no_word_of_voices(client, product):
    assert "voice-panel" not in client.get("/products/ledger/").content.decode()


# --- By perspective and over time -----------------------------------------------------------


def test_sides_that_differ_are_told_with_their_interval(client, product):
    praised(product, times=8, perspective="buyer")
    for _ in range(8):
        say(product, perspective="end_user")
    figures = store(product).figures
    (difference,) = figures["differences"]
    assert (difference["more"], difference["less"]) == ("buyer", "end_user")
    assert difference["difference"] == 1.0
    assert 0 < difference["low"] < difference["high"] <= 1
    page = client.get(PAGE).content.decode()
    assert "<b>Buyers</b> praise" in page
    assert "more than end users do: 100 points" in page


def test_sides_of_fewer_than_five_reviews_are_not_compared(product):
    praised(product, times=8, perspective="buyer")
    for _ in range(4):
        say(product, perspective="end_user")
    assert store(product).figures["differences"] == []


def test_rating_gap_is_told_with_its_interval(product):
    for half_stars, perspective in ((10, "buyer"), (4, "end_user")):
        for _ in range(5):
            say(product, half_stars=half_stars, perspective=perspective)
    (gap,) = store(product).figures["gaps"]
    assert gap == {
        "rating": "overall",
        "higher": "buyer",
        "lower": "end_user",
        "is_clear": True,
        "means": {
            "buyer": {"count": 5, "mean": 5.0},
            "end_user": {"count": 5, "mean": 2.0},
        },
        "difference": 3.0,
        # Half a star squared on either side: 1.645 · √(0.25 / 5 + 0.25 / 5).
        "low": 2.48,
        "high": 3.52,
    }


def test_rating_gap_that_may_be_chance_is_called_so(client, product):
    for half_stars, perspective in ((9, "buyer"), (8, "end_user")):
        for _ in range(5):
            say(product, half_stars=half_stars, perspective=perspective)
    praised(product)
    (gap,) = store(product).figures["gaps"]
    assert not gap["is_clear"]
    assert "may be chance" in client.get(PAGE).content.decode()


def test_years_without_reviews_are_shown_and_poor_ones_have_no_share():
    phrase = {
        "text": "audit trail",
        "count": 3,
        "share": 0.3,
        "salience": 2.0,
        "perspectives": {},
        "quarters": {"2023-Q1": 2, "2025-Q4": 1},
        "examples": [],
    }
    figures = {
        "reviews": 10,
        "perspectives": {},
        "quarters": {"2023-Q1": 4, "2023-Q2": 2, "2025-Q4": 4},
        "praise": [phrase],
    }
    page = voice_page(figures)
    assert page.years == [("2023", 6), ("2024", 0), ("2025", 4)]
    row = page.sides[0].rows[0]
    assert [(year.count, year.of) for year in row.years] == [(2, 6), (0, 0), (1, 4)]
    assert row.shares == [2 / 6, None, None]


def test_only_the_last_six_years_are_shown():
    quarters = {f"{year}-Q1": 1 for year in range(2015, 2027)}
    page = voice_page({"reviews": 12, "perspectives": {}, "quarters": quarters})
    assert [year for year, _ in page.years] == [str(y) for y in range(2021, 2027)]


# --- API ------------------------------------------------------------------------------------


def test_api_gives_the_stored_figures_with_addresses(client, product, settings):
    settings.SITE_URL = "https://levelfield.example"
    praised(product)
    stored = store(product)
    told = client.get("/api/v1/products/ledger/voice/").json()
    assert told["as_of"] == f"{stored.as_of:%Y-%m-%d}"
    assert (told["slug"], told["name"], told["reviews"]) == ("ledger", "Ledger", 3)
    for example in told["praise"][0]["examples"]:
        address = f"https://levelfield.example/reviews/{example['review']}/"
        assert example.pop("url") == address
    assert told["praise"] == stored.figures["praise"]
    vendors = client.get(f"/api/v1/vendors/{product.vendor.slug}/voice/").json()
    assert vendors["reviews"] == 3


def test_api_says_that_nothing_is_counted(client, product):
    told = client.get("/api/v1/products/ledger/voice/").json()
    assert (told["as_of"], told["reviews"], told["praise"]) == (None, 0, [])


def test_api_refuses_unknown_parameters(client, product):
    assert client.get("/api/v1/products/ledger/voice/?x=1").status_code == 400


def test_api_costs_one_query(client, product, django_assert_num_queries):
    praised(product)
    store(product)
    for address in ("products/ledger", f"vendors/{product.vendor.slug}"):
        with django_assert_num_queries(1):
            client.get(f"/api/v1/{address}/voice/")
