"""A database that is away, full or read-only is a 503 that says when to come back; what is our fault stays a 500."""

import sys
import time

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client, RequestFactory
from psycopg2.errors import DiskFull

from reviews_site import unavailable
from tests.accounts.members import PASSWORD, member, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor() -> Client:
    """Answers as the server would, instead of raising."""
    return Client(raise_request_exception=False)


@pytest.fixture
def away():
    """Nobody listens where the settings say that Postgres is."""
    connection.close()
    port = connection.settings_dict["PORT"]
    connection.settings_dict["PORT"] = "1"
    yield
    connection.close()
    connection.settings_dict["PORT"] = port


@pytest.mark.parametrize("path", ["/", "/products/", "/search/?q=data"])
def test_a_page_without_its_database_says_so_and_when_to_come_back(visitor, away, path):
    answer = visitor.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Cache-Control"] == "no-store"
    assert "Back in a minute" in answer.content.decode()


def test_the_api_without_its_database_says_so_as_a_problem(visitor, away):
    answer = visitor.get("/api/v1/products/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 503


def test_what_a_replica_is_asked_to_write_is_refused_for_now(visitor):
    ann = member()
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    answer = sign_in(visitor, ann.email, PASSWORD)
    connection.close()
    assert answer.status_code == 503


def answer_to(error: Exception) -> int:
    try:
        raise error
    except Exception:
        assert sys.exc_info()[1] is error
        return unavailable.server_error(RequestFactory().get("/")).status_code


def test_a_full_disk_is_ours_to_mend_and_no_fault_of_the_program():
    error = OperationalError()
    error.__cause__ = DiskFull()
    assert answer_to(error) == 503
    # What psycopg2 says of a connection that was cut in the middle of an answer.
    assert answer_to(DatabaseError("no message from the libpq")) == 503
    assert answer_to(RuntimeError("a fault of the program")) == 500


def test_a_transaction_ends_well_though_the_connection_is_to_be_asked_meanwhile():
    connection.ensure_connection()
    # A request begins, within a second of the last question.
    connection.close_if_unusable_or_obsolete()
    connection._asked_at = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        # The second is over.
        connection._asked_at = float("-inf")
    assert connection.get_autocommit()
