import pytest
from django.db.models import Q

from products.models import Product
from reviews_site.lib.prepared import Prepared
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

NAME = "{name}"


def named() -> Prepared:
    products = Product.objects.visible()
    return Prepared(lambda: products.filter(name=NAME).values_list("id", "name"))


def test_values_take_the_place_of_their_marks():
    first, second = ProductFactory(name="First"), ProductFactory(name="Second")
    query = named()
    assert query.rows({NAME: "First"}) == [(first.pk, "First")]
    assert query.rows({NAME: "Second"}) == [(second.pk, "Second")]


@pytest.mark.parametrize("name", [NAME, "100 %s", "x' OR 'a' = 'a", "{}"])
def test_value_is_never_read_as_sql_or_as_a_mark(name):
    ProductFactory(name="Other")
    assert named().rows({NAME: name}) == []
    product = ProductFactory(name=name)
    assert named().rows({NAME: name}) == [(product.pk, name)]


def test_query_is_made_once_and_asked_once_each_time(django_assert_num_queries):
    made = []

    def query():
        made.append(1)
        return Product.objects.filter(Q(name=NAME)).values_list("name")

    prepared = Prepared(query)
    ProductFactory(name="One")
    for _ in range(2):
        with django_assert_num_queries(1):
            assert prepared.rows({NAME: "One"}) == [("One",)]
    assert made == [1]


def test_sql_around_it_has_values_of_its_own():
    for name in ("a", "b", "c"):
        ProductFactory(name=name)
    names = Prepared(
        lambda: Product.objects.filter(name__gt=NAME).values_list("name"),
        "SELECT name FROM ({}) AS found (name) ORDER BY name LIMIT {rows}",
    )
    assert names.rows({NAME: "a", "{rows}": 1}) == [("b",)]
