"""Statements that a connection plans once: their values, a schema that changes meanwhile, another connection."""

import pytest
from django.db import connection, transaction
from django.db.utils import NotSupportedError

from products.models import Product
from reviews_site.lib.postgres.planned import Planned
from reviews_site.lib.prepared import Prepared
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

TWICE = Planned("SELECT %s::int * 2, '100%%'")


def run(through, sql, *values):
    with through.cursor() as cursor:
        cursor.execute(sql, values)


def ask(through, sql, *values):
    with through.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def plans(through, part: str) -> int:
    """How many the connection holds whose text has this in it."""
    sql = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    return ask(through, sql, f"%{part}%")[0][0]


@pytest.fixture
def own():
    """A connection of the test's own, outside its transaction."""
    copied = connection.copy()
    yield copied
    copied.close()


@pytest.fixture
def widgets(own):
    run(own, "CREATE TABLE widget AS SELECT 1 AS id, 'x'::varchar(10) AS name")
    yield Planned("SELECT id, name FROM widget WHERE id = %s")
    run(own, "DROP TABLE widget")


def another_changes_the_table():
    other = connection.copy()
    run(other, "ALTER TABLE widget ALTER name TYPE varchar(20)")
    other.close()


def test_it_is_planned_once_and_asked_with_each_value(own):
    answers = [ask(own, TWICE, n) for n in (1, 2, 3)]
    assert answers == [[(2, "100%")], [(4, "100%")], [(6, "100%")]]
    assert plans(own, "::int * 2") == 1


def test_it_may_have_no_values(own):
    everything = Planned("SELECT '100%%'")
    assert [ask(own, everything), ask(own, everything)] == [[("100%",)]] * 2


def test_each_connection_plans_for_itself(own):
    ask(own, TWICE, 1)
    own.close()
    assert plans(own, "::int * 2") == 0
    assert ask(own, TWICE, 2) == [(4, "100%")]


def test_it_outlives_a_transaction_that_was_rolled_back():
    with transaction.atomic():
        ask(connection, TWICE, 1)
        transaction.set_rollback(True)
    assert ask(connection, TWICE, 2) == [(4, "100%")]


def test_a_column_that_changed_meanwhile_is_planned_anew(own, widgets):
    assert ask(own, widgets, 1) == [(1, "x")]
    ask(own, TWICE, 1)
    another_changes_the_table()
    assert ask(own, widgets, 1) == [(1, "x")]
    assert plans(own, "FROM widget") == 1
    assert ask(own, TWICE, 2) == [(4, "100%")]


def test_in_a_transaction_such_a_change_is_an_error_and_the_next_is_none(own, widgets):
    ask(own, widgets, 1)
    another_changes_the_table()
    own.set_autocommit(False)
    with pytest.raises(NotSupportedError):
        ask(own, widgets, 1)
    own.rollback()
    own.set_autocommit(True)
    assert ask(own, widgets, 1) == [(1, "x")]


def test_a_value_is_never_read_as_sql(own):
    echo = Planned("SELECT %s::text")
    for text in ("x' OR 'a' = 'a", "100 %s", "$1", "\\"):
        assert ask(own, echo, text) == [(text,)]


def test_a_prepared_query_is_planned_where_it_says_so():
    product = ProductFactory(name="Planned")
    query = Product.objects.filter(name="{name}").values_list("pk", "name", "name")
    for planned, held in ((False, 0), (True, 1)):
        prepared = Prepared(lambda: query, planned=planned)
        assert prepared.rows({"{name}": "Planned"})[0][0] == product.pk
        assert plans(connection, '"name", "products_product"."name"') == held


@pytest.mark.parametrize("constant", ["Planned", "100 %", "100 %s", "it's", "$1"])
def test_what_every_request_asks_alike_stands_in_it(constant):
    product = ProductFactory(name=constant)
    query = Product.objects.filter(name=constant, slug="{slug}")
    prepared = Prepared(lambda: query.values_list("pk", "summary"), planned=True)
    rows = prepared.rows({"{slug}": product.slug})
    assert rows == [(product.pk, product.summary)]
    assert prepared.rows({"{slug}": "another"}) == []
    latest = "SELECT parameter_types::text[] FROM pg_prepared_statements ORDER BY prepare_time DESC LIMIT 1"
    assert ask(connection, latest) == [(["text"],)]


def test_behind_a_pooler_nothing_is_planned_ahead(own):
    own.settings_dict = {**own.settings_dict, "PREPARED_STATEMENTS": False}
    assert ask(own, TWICE, 4) == [(8, "100%")]
    assert ask(own, Planned("SELECT '100%%'")) == [("100%",)]
    assert plans(own, "100") == 0
