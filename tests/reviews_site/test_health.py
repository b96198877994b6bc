import datetime

import pytest
import time_machine
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from notifications.models import OutgoingEmail
from reviews_site import health
from reviews_site.celery import app
from tests.redis_proxy import redis_proxy


@pytest.fixture(autouse=True)
def nothing_was_away() -> None:
    for breaker in health._breakers.values():
        breaker.reset()


WELL = {
    "postgres": "ok",
    "clock_seconds_ahead": 0,
    "migrations": "ok",
    "broker": "ok",
    "cache": "ok",
    "oldest_due_email_seconds": 0,
}


def test_healthz_asks_no_server(client: Client):
    # No database is open to this test: asking it would fail.
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_reports_each_server(client: Client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == WELL


def test_readyz_serves_on_without_a_cache(client: Client, db, settings):
    settings.CACHES = cache_at("redis://127.0.0.1:1/0")
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == WELL | {"cache": "no answer"}


def test_a_silent_cache_is_asked_once_in_five_seconds(client: Client, db, settings):
    with redis_proxy() as proxy:
        settings.CACHES = cache_at(f"{proxy.url}/1")
        assert client.get("/readyz").json() == WELL
        proxy.silent = True
        for _ in range(3):
            assert client.get("/readyz").json() == WELL | {"cache": "no answer"}
        assert proxy.unanswered == 1


def test_readyz_serves_on_without_a_broker(client: Client, db, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "_pool", None)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == WELL | {"broker": "no answer"}


def test_readyz_is_503_while_migrations_are_pending(client: Client, db):
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "1 pending"


@pytest.mark.parametrize(("ahead", "status"), [(20, 200), (40, 503), (-20, 200), (-40, 503)])  # fmt: skip
def test_readyz_is_503_where_the_clocks_differ(client: Client, db, ahead, status):
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=ahead)):
        response = client.get("/readyz")
    assert response.status_code == status
    found = response.json()
    assert found["clock_seconds_ahead"] == pytest.approx(ahead, abs=1)
    assert found["postgres"] == found["migrations"] == "ok"


def test_readyz_reads_no_migration_from_the_disk_a_second_time(
    client: Client, db, monkeypatch, django_assert_num_queries
):
    client.get("/readyz")
    monkeypatch.delattr(MigrationLoader, "load_disk")
    # Postgres' clock, the migrations, the outbox.
    with django_assert_num_queries(3):
        assert client.get("/readyz").json() == WELL


def test_readyz_says_how_long_the_oldest_email_has_been_due(client: Client, db):
    now = timezone.now()
    minute = datetime.timedelta(minutes=1)
    # Waits for a minute still; taken by a worker that works on it; sent long ago; given up.
    queue_email(next_attempt_at=now + minute)
    queue_email(status="sending", leased_until=now + minute, next_attempt_at=now - 9 * minute)  # fmt: skip
    queue_email(status="sent", sent_at=now - 9 * minute, next_attempt_at=now - 9 * minute)  # fmt: skip
    queue_email(status="failed", next_attempt_at=now - 9 * minute)
    assert client.get("/readyz").json() == WELL
    # Left behind by a dead worker.
    queue_email(status="sending", leased_until=now - minute, next_attempt_at=now - 9 * minute)  # fmt: skip
    assert 60 <= client.get("/readyz").json()["oldest_due_email_seconds"] < 90
    queue_email(next_attempt_at=now - 2 * minute)
    response = client.get("/readyz")
    assert 120 <= response.json()["oldest_due_email_seconds"] < 150
    # No other machine would send it sooner.
    assert response.status_code == 200


def cache_at(url: str) -> dict:
    return {"default": settings.CACHES["default"] | {"LOCATION": url}}


def queue_email(**fields) -> None:
    number = OutgoingEmail.objects.count()
    OutgoingEmail.objects.create(
        address="somebody@example.org", kind="system", dedupe_key=str(number), **fields
    )
