"""The short forms of `make faults`: what breaks is real, and so is whatever it breaks."""

import os
from importlib import import_module

import pytest

from benchmarks.faults.results import Finding, Trial, as_table
from tests.conftest import test_database_url as own_database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def run(tmp_path, settings, monkeypatch, empty_broker):
    settings.MESSAGE_EMAIL_SECONDS = 0
    monkeypatch.setitem(os.environ, "DATABASE_URL", own_database_url())

    def run(family: str) -> list[Trial]:
        module = import_module(f"benchmarks.faults.{family}")
        found = module.run(tmp_path, seed=1, short=True)
        # Shown where a test fails.
        print(as_table(found))
        return found

    return run


def broken(found: list[Trial]) -> list[tuple[str, Finding]]:
    return [
        (trial.what, each)
        for trial in found
        for each in trial.findings()
        if each.promised and not each.kept
    ]


def rows(found: list[Trial]) -> set[int]:
    return {row for trial in found for row in trial.rows}


def test_no_email_is_lost_while_things_break(run):
    [found] = run("emails")
    assert (found.writes, found.emails, found.emails_lost) == (24, 24, 0)
    assert broken([found]) == []


def test_what_was_acknowledged_is_there_whatever_breaks(run):
    found = run("site")
    assert rows(found) >= {34, 35, 36, 37, 38, 39, 40, 42, 43}
    # Each fault fell on somebody who wrote.
    assert [trial.what for trial in found if trial.rows and not trial.writes] == []
    assert sum(trial.lost for trial in found) == 0
    assert broken(found) == []


def test_authors_see_what_they_wrote_beside_a_late_replica(run):
    [found] = run("replicas")
    assert found.writes > 0
    assert broken([found]) == []
