"""The whole way: commit, hint through Redis, a worker of its own process, a mail server of its own process."""

import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from benchmarks.faults.emails import empty_redis
from benchmarks.faults.processes import Workers, workers_and_beat
from notifications import delivery
from notifications.models import OutgoingEmail
from tests.conftest import test_database_url as own_database_url
from tests.notifications.outbox import queue, status
from tests.redis_proxy import RedisProxy, number_of_broker, redis_proxy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def worker(request, mail_server, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{mail_server.port}")
    return request.getfixturevalue("celery_worker_process")


def wait_until(condition) -> None:
    # On a busy machine a worker alone takes ten seconds and more to start.
    until = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_worker_delivers_what_was_committed(worker, mail_server):
    mail = queue()
    wait_until(lambda: status(mail) == "sent")
    assert mail_server.subjects() == ["Subject"]


def test_killed_worker_loses_nothing(worker, mail_server):
    mail = queue("hangs@buyer.example")
    wait_until(lambda: status(mail) == "sending")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert status(mail) == "sending"
    # Its lease, at most 50 s, runs out; the mailbox is well again.
    OutgoingEmail.objects.filter(pk=mail.pk).update(
        leased_until=timezone.now() - timedelta(seconds=1), address="ann@buyer.example"
    )
    delivery.sweep()
    assert status(mail) == "sent"
    assert len(mail_server.mails()) == 1


# --- A worker and beat, whose sweep comes each second ----------------------------------------


@pytest.fixture
def environment(mail_server, empty_broker) -> dict[str, str]:
    return {
        "DATABASE_URL": own_database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "EMAIL_TIMEOUT": "1",
        "EMAIL_RETRY_SECONDS": "1",
        "OUTBOX_SWEEP_SECONDS": "1",
    }


@pytest.fixture
def crew(tmp_path, environment) -> Iterator[Workers]:
    with workers_and_beat(tmp_path, environment, count=1) as workers:
        yield workers


@pytest.fixture
def proxy() -> Iterator[RedisProxy]:
    with redis_proxy() as server:
        yield server


@pytest.fixture
def crew_behind_proxy(tmp_path, environment, proxy) -> Iterator[Workers]:
    """Their Redis can fall silent, ours can't."""
    environment["REDIS_URL"] = f"{proxy.url}/{number_of_broker()}"
    with workers_and_beat(tmp_path, environment, count=1) as workers:
        yield workers


def test_emptied_redis_loses_nothing_and_nobody_is_started_again(crew, mail_server):
    first = queue(subject="First")
    wait_until(lambda: status(first) == "sent")
    # Its hint goes with the rest.
    second = queue(subject="Second")
    empty_redis()
    wait_until(lambda: status(second) == "sent")
    third = queue(subject="Third")
    wait_until(lambda: status(third) == "sent")
    assert mail_server.subjects() == ["First", "Second", "Third"]
    assert [worker.is_up for worker in crew.running] == [True]


def test_silent_redis_loses_nothing_and_nobody_is_started_again(
    crew_behind_proxy, proxy, mail_server
):
    first = queue(subject="First")
    wait_until(lambda: status(first) == "sent")
    proxy.silent = True
    second = queue(subject="Second")
    asked = proxy.unanswered
    # Both have asked in vain and asked again.
    wait_until(lambda: proxy.unanswered >= asked + 4)
    assert status(second) == "queued"
    proxy.silent = False
    # A worker that waited for an answer when silence fell notices at its second look, after ten seconds each.
    wait_until(lambda: status(second) == "sent")
    third = queue(subject="Third")
    wait_until(lambda: status(third) == "sent")
    assert mail_server.subjects() == ["First", "Second", "Third"]
    assert [worker.is_up for worker in crew_behind_proxy.running] == [True]


def test_hanging_server_and_killed_worker_delay_one_email_and_lose_none(
    crew, mail_server
):
    stuck = queue("hangs@buyer.example", subject="Stuck")
    wait_until(lambda: status(stuck) == "sending")
    crew.kill_one(random.Random(1))
    OutgoingEmail.objects.filter(pk=stuck.pk).update(address="ann@buyer.example")
    others = [queue(subject=f"Mail {n}") for n in range(3)]
    # Its lease is five seconds here.
    wait_until(lambda: status(stuck) == "sent")
    wait_until(lambda: {status(mail) for mail in others} == {"sent"})
    assert sorted(mail_server.subjects()) == ["Mail 0", "Mail 1", "Mail 2", "Stuck"]
