import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client

from products.models import Product
from tests.factories import CategoryFactory, ProductFactory

ABOUT = [
    "/about/ratings/",
    "/about/verification/",
    "/about/guidelines/",
    "/about/messages/",
    "/reviews/new/",
]


@pytest.mark.parametrize("path", ABOUT)
def test_about_page_needs_no_query(client, django_assert_num_queries, db, path):
    with django_assert_num_queries(0):
        page = client.get(path)

    assert page.status_code == 200
    assert page.content.count(b"<h1>") == 1


def test_ratings_page_shows_a_sum_that_adds_up(client):
    page = client.get("/about/ratings/").content.decode()

    # (7 · 3.8 + 5.0·1 + 4.0·0.5·0.8 + 2.5·0.25·0.8·0.8) / (7 + 1 + 0.4 + 0.16)
    assert "(7 · 3.8 + 7.000) / (7 + 1.560) = <b>3.925</b>" in page


@pytest.mark.parametrize(
    "path", ["/nothing-here/", "/about/", "/products/%F0%9F%92%A5"]
)
def test_unknown_page_is_a_404_with_a_way_on(client, db, path):
    page = client.get(path)

    assert page.status_code == 404
    assert b"There is no such page" in page.content
    assert b'href="/search/"' in page.content


def test_nul_in_the_address_is_a_400(client):
    assert client.get("/about/%00/").status_code == 400
    assert client.get("/?q=%00").status_code == 400


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_page_renders_without_a_request(name):
    assert "<h1>" in render_to_string(f"{name}.html")


def test_form_without_token_gets_our_page(csrf_client):
    page = csrf_client.post("/accounts/login/", {})

    assert page.status_code == 403
    assert b"This form is out of date" in page.content


@pytest.fixture
def csrf_client():
    return Client(enforce_csrf_checks=True)


def test_sitemap_starts_with_site_url_whatever_the_host(client, db):
    product = ProductFactory()
    ProductFactory(status=Product.Status.HIDDEN, slug="hidden")
    CategoryFactory(product_count=1, slug="shown")
    CategoryFactory(product_count=0, slug="without-products")

    index = client.get("/sitemap.xml", headers={"host": "localhost"}).content.decode()
    products = client.get("/sitemap-products.xml?p=1", headers={"host": "localhost"})
    categories = client.get("/sitemap-categories.xml").content.decode()

    assert "<loc>http://testserver/sitemap-products.xml?p=1</loc>" in index
    assert "localhost" not in index
    assert (
        f"<loc>http://testserver/products/{product.slug}/</loc>"
        in products.content.decode()
    )
    assert b"hidden" not in products.content
    assert "categories/shown/" in categories
    assert "without-products" not in categories


@pytest.mark.parametrize("page", ["0", "9", "x", "-1", "9" * 40])
def test_sitemap_page_that_is_not_there_is_a_404(client, db, page):
    assert client.get(f"/sitemap-products.xml?p={page}").status_code == 404


def rendered(source: str, **context: object) -> str:
    return Template("{% load site %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("half_stars", "expected"),
    [
        (1, "0.5 out of 5"),
        (9, "4.5 out of 5"),
        (10, "5 out of 5"),
        (None, "0 out of 5"),
    ],
)
def test_stars_say_their_value(half_stars, expected):
    page = rendered("{% stars n %}", n=half_stars)

    assert f'<span class="stars stars-{half_stars or 0}">' in page
    assert expected in page


@pytest.mark.parametrize(
    ("score", "half_stars"), [(4.24, 8), (4.25, 9), (4.74, 9), (4.75, 10), (None, 0)]
)
def test_score_stars_round_to_the_nearest_half(score, half_stars):
    assert f"stars-{half_stars}" in rendered("{% score_stars n %}", n=score)


class SampleForm(forms.Form):
    pros = forms.CharField(
        widget=forms.Textarea, max_length=4000, help_text="What would you miss?"
    )
    half_stars = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 11)], widget=forms.RadioSelect, coerce=int
    )
    side = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_field_ties_hint_error_and_counter_to_the_input():
    page = rendered("{% field form.pros %}", form=SampleForm({}))

    assert 'aria-describedby="id_pros_helptext id_pros_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_pros_error">This field is required.' in page
    assert 'data-counter="id_pros_counter"' in page
    assert 'data-limit="4000">At most 4,000 characters' in page


def test_field_of_radio_buttons_is_a_fieldset():
    page = rendered("{% field form.side %}", form=SampleForm({}))

    assert '<fieldset class="field has-error" aria-describedby="id_side_error">' in page
    assert "<legend>Side</legend>" in page


def test_star_field_keeps_the_chosen_half_star():
    page = rendered(
        "{% star_field form.half_stars %}", form=SampleForm({"half_stars": "7"})
    )

    assert page.count('type="radio"') == 10
    assert 'value="7" id="id_half_stars_7" checked required' in page
    assert page.count(" checked") == 1
