"""The short form of `make faults`: real workers and beat, killed; Redis, emptied; a mail server that misbehaves."""

import os

import pytest

from benchmarks.faults import emails
from tests.conftest import test_database_url as own_database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_no_email_is_lost_while_things_break(
    tmp_path, settings, monkeypatch, empty_broker
):
    settings.MESSAGE_EMAIL_SECONDS = 0
    monkeypatch.setitem(os.environ, "DATABASE_URL", own_database_url())
    found = emails.run(tmp_path, seed=1, short=True)
    figures = {each.what: each.figure for each in found}
    assert figures["e-mails about private messages"] == 40
    assert figures["e-mails lost"] == 0
    assert [each.what for each in found if each.promised and not each.kept] == []
