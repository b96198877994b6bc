"""The whole way: commit, hint through Redis, a worker of its own process, a mail server of its own process."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import delivery
from notifications.models import OutgoingEmail
from tests.notifications.outbox import queue, status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def worker(request, mail_server, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{mail_server.port}")
    return request.getfixturevalue("celery_worker_process")


def wait_until(condition, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
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
    # Its lease, at most 90 s, runs out; the mailbox is well again.
    OutgoingEmail.objects.filter(pk=mail.pk).update(
        leased_until=timezone.now() - timedelta(seconds=1), address="ann@buyer.example"
    )
    delivery.sweep()
    assert status(mail) == "sent"
    assert len(mail_server.mails()) == 1
