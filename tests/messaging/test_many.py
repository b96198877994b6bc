"""Many accounts ask many reviewers at once, over HTTP, of a server of several processes: what arrives is what may.

The long form, 50 accounts and 500 reviewers: `python -m benchmarks.messaging_gate`.
"""

import pytest

from benchmarks.messaging_gate.asking import DELIVERED
from benchmarks.messaging_gate.crowd import make_crowd
from benchmarks.messaging_gate.gate import (
    ask,
    everybody_asks_everybody,
    within_all_limits,
)
from benchmarks.messaging_gate.oracle import refusal
from benchmarks.messaging_gate.rows import write_rows
from benchmarks.servers import serve
from tests.conftest import test_database_url

ASKERS, ANSWERERS = 10, 44


@pytest.fixture
def port(transactional_db):
    # Without collected files a page can't name one unless DEBUG is on.
    environment = {"DATABASE_URL": test_database_url(), "DEBUG": "1"}
    with serve("reviews_site.wsgi", environment, workers=4) as server:
        yield server.port


def test_everybody_asks_everybody_and_limits_are_exact(port):
    crowd = make_crowd(ASKERS, ANSWERERS, seed=5)
    pairs = everybody_asks_everybody(crowd, seed=5)
    outcome, answers = ask(port, crowd, write_rows(crowd), pairs)
    assert outcome.verdict.wrong == []
    assert outcome.verdict.figures["asked"] == ASKERS * ANSWERERS
    # Every kind of answer was among them.
    assert set(outcome.verdict.answers) == {
        DELIVERED,
        "already_asked",
        "competitor",
        "email_not_confirmed",
        "not_accepting",
        "not_alike",
        "not_there",
        "representative",
        "reviewer_limit",
        "sender_limit",
        "slowed_down",
        "suspended",
        "vendor_domain",
    }


def test_within_the_limits_what_is_delivered_is_what_is_allowed(port):
    crowd = make_crowd(ASKERS, ANSWERERS, seed=6)
    pairs = within_all_limits(crowd, refused_each=5, seed=6)
    outcome, answers = ask(port, crowd, write_rows(crowd), pairs)
    assert outcome.verdict.wrong == []
    delivered = {
        (answer.question.asker, answer.question.review)
        for answer in answers
        if answer.code == DELIVERED
    }
    allowed = {
        (number, asked.number)
        for number, several in pairs.items()
        for asked in several
        if not refusal(crowd, crowd.askers[number], asked)
    }
    assert delivered == allowed
    assert len(allowed) > 20
