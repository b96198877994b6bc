"""The web process as gunicorn.conf.py has it started."""

import os
import signal
from pathlib import Path

import pytest

from tests.reviews_site.production.server import running

pytestmark = pytest.mark.django_db(transaction=True)


def workers_of(first: int) -> list[int]:
    found = Path(f"/proc/{first}/task/{first}/children").read_text()
    return [int(pid) for pid in found.split()]


def sockets_of(process: int) -> int:
    opened = (os.readlink(each) for each in Path(f"/proc/{process}/fd").iterdir())
    return sum(name.startswith("socket:") for name in opened)


def test_the_program_is_read_once_and_nothing_is_connected_before_the_workers_part(
    tmp_path,
):
    with running(tmp_path) as production:
        browser = production.browser()
        assert browser.get("/products/").status == 200
        # The driver of the database is there, and no socket but the one that listens.
        assert "_psycopg" in Path(f"/proc/{production.web}/maps").read_text()
        assert sockets_of(production.web) == 1

        killed = workers_of(production.web)
        assert len(killed) == 2
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        production.wait_until_said("Booting worker", times=4)
        assert browser.get("/products/").status == 200
        assert set(workers_of(production.web)).isdisjoint(killed)
