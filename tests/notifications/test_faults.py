"""The short forms of `make faults`: what breaks is real, and so is whatever it breaks."""

import os
from importlib import import_module

import pytest

from benchmarks.faults.results import Finding
from tests.conftest import test_database_url as own_database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def run(tmp_path, settings, monkeypatch, empty_broker):
    settings.MESSAGE_EMAIL_SECONDS = 0
    monkeypatch.setitem(os.environ, "DATABASE_URL", own_database_url())

    def run(family: str) -> list[Finding]:
        module = import_module(f"benchmarks.faults.{family}")
        return module.run(tmp_path, seed=1, short=True)

    return run


def figures(found: list[Finding]) -> dict[str, float]:
    return {each.what: each.figure for each in found}


def broken(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.promised and not each.kept]


def test_no_email_is_lost_while_things_break(run):
    found = run("emails")
    assert figures(found)["e-mails about private messages"] == 40
    assert figures(found)["e-mails lost"] == 0
    assert broken(found) == []


def test_what_was_acknowledged_is_there_whatever_breaks(run):
    found = run("site")
    assert figures(found)["acknowledged writes"] > 0
    assert figures(found)["acknowledged writes lost"] == 0
    assert broken(found) == []
