import os
import subprocess
import sys

import pytest
from django.conf import settings

from reviews_site.celery import app
from reviews_site.lib.queues import QUEUES
from tests.conftest import wait_for


@pytest.fixture(scope="module")
def registered() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if not name.startswith("celery."))


def test_every_task_stands_in_one_queue(registered):
    assert sorted(task for tasks in QUEUES.values() for task in tasks) == registered


def test_what_beat_starts_is_a_task_that_has_a_queue(registered):
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert beat - set(registered) == set()


@pytest.mark.parametrize("queue", QUEUES)
def test_a_task_is_sent_to_its_queue(queue):
    sent = {app.amqp.router.route({}, task)["queue"].name for task in QUEUES[queue]}
    assert sent == {queue}


def test_an_e_mail_waits_behind_the_sweep():
    priority = {
        task: app.amqp.router.route({}, task).get("priority", 0)
        for task in QUEUES["mail"]
    }
    # The smaller number is taken first.
    assert priority["notifications.tasks.deliver_email"] == 6
    assert priority["notifications.tasks.sweep_outbox"] == 0


def test_a_worker_that_is_not_told_otherwise_takes_from_all():
    """So whatever starts one without -Q, such as the demo, leaves no queue alone."""
    assert set(app.amqp.Queues(app.conf.task_queues).consume_from) == set(QUEUES)


def test_a_worker_may_take_from_one_alone(tmp_path, empty_broker):
    log = tmp_path / "worker.log"
    with log.open("w") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "reviews_site", "worker", "-Q"]
            + ["mail", "--pool", "solo", "--without-gossip", "--without-mingle"],
            env=os.environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: " ready." in log.read_text(), worker, log)
        listed = log.read_text().partition("[queues]")[2].partition("[tasks]")[0]
        assert [queue for queue in QUEUES if f"> {queue} " in listed] == ["mail"]
    finally:
        worker.kill()
        worker.wait()
