import datetime
import re

import pytest
import time_machine
from django.template.loader import render_to_string

from moderation.models import Decision, ReasonCode
from moderation.reasons import (
    GROUNDS_FOR_REFUSAL,
    RESTRICTIONS,
    STATEMENTS,
    appeal_until,
    is_appealable,
    statement_of_reasons,
)
from notifications.models import OutgoingEmail
from tests.factories import UserFactory
from tests.moderation.restricted import (
    FACTS,
    last_decision,
    rejected_edit,
    rejected_review,
    removed_review,
    upheld_report,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def test_every_reason_has_its_words():
    assert set(STATEMENTS) == set(ReasonCode)
    assert ReasonCode.MEETS_GUIDELINES not in GROUNDS_FOR_REFUSAL
    assert len(GROUNDS_FOR_REFUSAL) == len(ReasonCode) - 2


def test_every_reason_stands_in_the_guidelines(client):
    page = client.get("/about/guidelines/").text
    for code in GROUNDS_FOR_REFUSAL:
        assert f'id="{code}"' in page


def reject(moderator):
    return "review_rejected", rejected_review(moderator).author, "Of the queue"


def remove(moderator):
    return "review_removed", removed_review(moderator).author, "Of the page"


def refuse_edit(moderator):
    author = rejected_edit(moderator).review.author
    return "review_edit_rejected", author, "your edit of the review"


def restrict_message(moderator):
    sender = upheld_report(moderator).message.sender
    return "message_restricted", sender, "your message of"


@pytest.mark.parametrize("restrict", [reject, remove, refuse_edit, restrict_message])
def test_every_restriction_sends_its_reasons(restrict, moderator):
    kind, author, what = restrict(moderator)
    mail = OutgoingEmail.objects.get(kind=kind)
    decision = Decision.objects.latest("id")
    assert mail.recipient == author
    assert decision.action in RESTRICTIONS
    # What, which facts, automated or not, which rule, how to appeal and until when.
    assert re.search(f"What it is about: .*{what}", mail.text)
    assert "What it means: " in mail.text
    assert FACTS in mail.text
    assert "by a moderator, by hand. Nothing was automated." in mail.text
    assert "The rule: Contains personal or confidential data" in mail.text
    assert "http://testserver/about/guidelines/#private_data" in mail.text
    assert f"http://testserver/appeals/new/{decision.public_id}/" in mail.text
    until = appeal_until(decision)
    assert f"until {until.day} {until:%B %Y}." in mail.text
    assert mail.html.count(str(decision.public_id)) >= 1


def test_an_automated_decision_would_say_so(moderator):
    rejected_review(moderator)
    decision = last_decision()
    decision.is_automated = True
    told = statement_of_reasons(decision, restricted="your review", effect="Gone.")
    text = render_to_string("emails/includes/reasons.txt", told)
    assert "by a machine, without a person." in text
    assert "by hand" not in text


@pytest.mark.parametrize("month", range(1, 13))
def test_six_months_are_never_shorter_than_six_months(month):
    decided = datetime.datetime(2026, month, 1, 12, tzinfo=datetime.UTC)
    year, later = divmod(month + 5, 12)
    six_months_later = datetime.date(2026 + year, later + 1, 1)
    decision = Decision(created_at=decided, action=Decision.Action.REJECT)
    assert appeal_until(decision) >= six_months_later
    last = datetime.datetime.combine(
        appeal_until(decision), datetime.time(23, 59), datetime.UTC
    )
    with time_machine.travel(last, tick=False):
        assert is_appealable(decision)
    with time_machine.travel(last + datetime.timedelta(minutes=2), tick=False):
        assert not is_appealable(decision)
