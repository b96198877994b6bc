"""What reviewers name: on the product page, on its own page and in the API, from 5 organisations on."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from products.models import ProductAlias
from reviews.alternatives import alternatives_of
from reviews.models import ConsideredProduct, Review
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
)

pytestmark = pytest.mark.django_db

PAGE = "/products/ledger/alternatives/"
API = "/api/v1/products/ledger/alternatives/"


@pytest.fixture
def category():
    return CategoryFactory(name="Accounting", slug="accounting")


@pytest.fixture
def ledger(category):
    return ProductFactory(slug="ledger", name="Ledger", category=category)


@pytest.fixture
def abacus(category):
    return ProductFactory(slug="abacus", name="Abacus", category=category)


def employee(domain: str):
    user = UserFactory()
    number = user.pk
    WorkEmailFactory(user=user, domain=domain, address=f"p{number}@{domain}")
    return user


def says(product, other, kind="compared", author=None, **fields) -> Review:
    review = ReviewFactory(
        product=product, author=author or employee(f"{UserFactory().pk}.example"), **fields
    )  # fmt: skip
    ConsideredProduct.objects.create(review=review, product=other, kind=kind)
    return review


def many_say(count, *args, **kwargs) -> list[Review]:
    return [says(*args, **kwargs) for _ in range(count)]


def counts(product) -> dict[str, tuple]:
    cache.clear()
    return {
        other.slug: (other.compared, other.came_from, other.moved_on)
        for other in alternatives_of(product.pk)
    }


# --- Who counts -----------------------------------------------------------------------------


def test_four_organisations_are_not_counted_and_the_fifth_makes_it_five(ledger, abacus):
    many_say(4, ledger, abacus)
    assert counts(ledger) == counts(abacus) == {}

    says(ledger, abacus)

    assert counts(ledger) == {"abacus": (5, None, None)}
    assert counts(abacus) == {"ledger": (5, None, None)}


def test_numbers_are_rounded_down_to_steps_of_five(ledger, abacus):
    many_say(9, ledger, abacus)
    assert counts(ledger) == {"abacus": (5, None, None)}

    says(ledger, abacus)
    assert counts(ledger) == {"abacus": (10, None, None)}


def test_both_ways_are_added(ledger, abacus):
    many_say(3, ledger, abacus)
    many_say(2, abacus, ledger)

    assert counts(ledger) == {"abacus": (5, None, None)}


def test_came_from_and_moved_on_change_places_with_the_point_of_view(ledger, abacus):
    many_say(5, ledger, abacus, "switched_from")
    many_say(3, ledger, abacus, "switched_to")
    many_say(2, abacus, ledger, "switched_from")

    assert counts(ledger) == {"abacus": (None, 5, 5)}
    assert counts(abacus) == {"ledger": (None, 5, 5)}


def test_one_organisation_with_ten_reviews_counts_once(ledger, abacus):
    many_say(4, ledger, abacus)
    for _ in range(10):
        says(ledger, abacus, author=employee("large.example"))

    assert counts(ledger) == {"abacus": (5, None, None)}
    assert counts(abacus) == {"ledger": (5, None, None)}


def test_one_author_with_two_employers_counts_once(ledger, abacus):
    many_say(3, ledger, abacus)
    moved = employee("before.example")
    WorkEmailFactory(user=moved, domain="after.example")

    says(ledger, abacus, author=moved)

    assert counts(ledger) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "pending", "published_at": None},
        {"status": "withdrawn"},
        {"status": "removed"},
        {"relationship": "reseller"},
        {"relationship": "partner"},
        {"relationship": "consultant"},
    ],
)
def test_others_than_published_customers_do_not_count(ledger, abacus, fields):
    many_say(4, ledger, abacus)

    says(ledger, abacus, **fields)

    assert counts(ledger) == counts(abacus) == {}


def test_who_showed_no_employer_does_not_count(ledger, abacus):
    many_say(4, ledger, abacus)
    says(ledger, abacus, author=UserFactory())
    unproved = UserFactory()
    WorkEmailFactory(user=unproved, domain="unproved.example", verified_at=None)
    says(ledger, abacus, author=unproved)
    says(ledger, abacus).author.delete()

    assert counts(ledger) == {}


def test_who_showed_an_employer_once_counts_after_it_lapsed(ledger, abacus):
    many_say(4, ledger, abacus)
    formerly = UserFactory()
    WorkEmailFactory(user=formerly, lapsed_at=timezone.now())

    says(ledger, abacus, author=formerly)

    assert counts(ledger) == {"abacus": (5, None, None)}


def test_withdrawing_takes_the_figure_away(ledger, abacus):
    reviews = many_say(5, ledger, abacus)
    assert counts(ledger)

    Review.objects.filter(pk=reviews[0].pk).update(status="withdrawn")

    assert counts(ledger) == counts(abacus) == {}


def test_hidden_products_are_left_out(ledger, abacus):
    many_say(5, ledger, abacus)
    abacus.status = "hidden"
    abacus.save()

    assert counts(ledger) == {}


def test_order_is_by_shown_number_then_name_so_it_tells_no_more(ledger, abacus):
    zebra, mole = (ProductFactory(slug=s, name=s.title()) for s in ("zebra", "mole"))
    many_say(5, ledger, zebra)
    many_say(9, ledger, abacus)
    many_say(10, ledger, mole)

    assert list(counts(ledger)) == ["mole", "abacus", "zebra"]


# --- Pages and API --------------------------------------------------------------------------


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_page_product_page_and_api_show_the_same(client, ledger, abacus):
    many_say(12, ledger, abacus)
    many_say(4, ledger, abacus, "switched_from")
    recompute_all_ratings()

    for address in (PAGE, "/products/ledger/"):
        shown = text(client.get(address))
        row = shown.partition('<th scope="row"><a href="/products/abacus/">')[2]
        row = row.partition("</tr>")[0]
        assert '<td class="num" data-label="compared"><b>10+</b>' in row
        assert '<td class="num" data-label="came from it"><span class="meta">under 5</span>' in row  # fmt: skip
        assert 'href="/compare/?p=ledger&amp;p=abacus"' in row
        assert 'href="/about/figures/#alternatives"' in shown
    (row,) = client.get(API).json()["results"]
    assert (row["compared"], row["came_from"], row["moved_on"]) == (10, None, None)
    assert row["comparison"].endswith("/compare/?p=ledger&p=abacus")


def test_no_path_shows_what_fewer_than_five_say(client, ledger, abacus):
    many_say(4, ledger, abacus)

    assert 'data-label="compared"' not in text(client.get(PAGE))
    assert 'data-label="compared"' not in text(client.get("/products/ledger/"))
    answer = client.get(API).json()
    assert answer == {
        "product": "ledger",
        "missing": "No other product is named by 5 organisations yet.",
        "results": [],
    }


def test_what_is_missing_is_said_and_the_same_category_is_called_that(
    client, ledger, abacus
):
    shown = text(client.get(PAGE))
    assert "Nothing to count yet" in shown
    assert '<h2 id="same">Others in Accounting</h2>' in shown
    assert '<a href="/products/abacus/">Abacus</a>' in shown
    on_product_page = text(client.get("/products/ledger/"))
    assert "No other product is named by 5 organisations" in on_product_page


def test_neighbours_are_not_named_twice(client, ledger, abacus):
    many_say(5, ledger, abacus)

    assert text(client.get(PAGE)).count('<a href="/products/abacus/">') == 1


def test_product_without_category_has_no_neighbours(client):
    ProductFactory(slug="ledger", name="Ledger")

    assert "Others in" not in text(client.get(PAGE))


def test_former_address_redirects_and_unknown_is_not_found(client, ledger):
    ProductAlias.objects.create(product=ledger, slug="old-ledger")

    response = client.get("/products/old-ledger/alternatives/")
    assert (response.status_code, response["Location"]) == (301, PAGE)
    for unknown in ("nothing", "hidden-one"):
        ProductFactory(slug="hidden-one", status="hidden") if unknown == "hidden-one" else None  # fmt: skip
        assert client.get(f"/products/{unknown}/alternatives/").status_code == 404
        assert client.get(f"/api/v1/products/{unknown}/alternatives/").status_code == 404  # fmt: skip
    assert client.post(PAGE).status_code == 405
    assert client.get(API, {"kind": "compared"}).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_page_and_api_take_a_fixed_number_of_queries(
    client, django_assert_num_queries, ledger, category, number
):
    for n in range(number):
        other = ProductFactory(slug=f"other-{n}", category=category)
        many_say(5, ledger, other)
        ProductFactory(slug=f"beside-{n}", category=category)
    with django_assert_num_queries(4):
        client.get(PAGE)
    cache.clear()
    with django_assert_num_queries(2):
        client.get(API)
    with django_assert_num_queries(1):
        client.get(API)
