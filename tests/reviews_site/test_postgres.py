"""The question whether a kept connection still lives: seldom enough to cost nothing, often enough to be of use."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews_site.lib.postgres import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asks(monkeypatch):
    """As with CONN_HEALTH_CHECKS, which Django's test databases do without."""
    connection.ensure_connection()
    monkeypatch.setattr(connection, "health_check_enabled", True)
    monkeypatch.setattr(connection, "_asked_at", float("-inf"))
    yield
    connection.close()


def backend_of_next_request() -> int:
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def kill(pid: int) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()


def test_requests_that_follow_one_another_ask_once(monkeypatch):
    asked = []
    usable = base.DatabaseWrapper.is_usable

    def is_usable(self) -> bool:
        asked.append(1)
        return usable(self)

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", is_usable)
    assert len({backend_of_next_request() for _ in range(5)}) == 1
    assert len(asked) == 1


def test_a_connection_that_died_is_replaced(monkeypatch):
    monkeypatch.setattr(base, "SECONDS", 0.0)
    first = backend_of_next_request()
    kill(first)
    second = backend_of_next_request()
    assert second != first


def test_the_question_is_no_query_of_the_page():
    with CaptureQueriesContext(connection) as captured:
        backend_of_next_request()
    assert len(captured) == 1
