"""Two members at two ends of the world, in two browsers; with and without JavaScript."""

from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from messaging.models import CallProposal
from tests.factories import ReviewFactory
from tests.menus import unfold
from tests.messaging.calling import in_days
from tests.messaging.people import ask, member, write

NOON = f"{in_days(20):%Y-%m-%d}T12:00"


@pytest.fixture
def talk(transactional_db):
    buyer = member(email="buyer@hospital.example")
    reviewer = member(email="reviewer@bank.example")
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    return conversation, buyer, reviewer


def propose_in(page, conversation):
    page.goto(conversation.get_absolute_url())
    unfold(page.get_by_text("Propose a call or a meeting"))
    page.get_by_role("link", name="Propose times").click()
    page.get_by_label("Time 1").fill(NOON)
    page.get_by_label("Where").fill("https://meet.example/42")


def test_two_browsers_propose_agree_and_download(arrive, talk):
    conversation, buyer, reviewer = talk
    theirs = arrive(reviewer, timezone_id="Asia/Kathmandu")
    theirs.clock.install()
    theirs.goto(conversation.get_absolute_url())
    mine = arrive(buyer, timezone_id="America/Phoenix")
    propose_in(mine, conversation)
    # Nobody told the site: the browser did.
    expect(mine.get_by_label("Your time zone")).to_have_value("America/Phoenix")
    mine.get_by_role("button", name="Propose").click()
    expect(mine.locator("#call time")).to_contain_text("12:00 UTC−7")
    # The page asks every thirty seconds; its clock is ours.
    theirs.clock.fast_forward(31_000)
    # 12:00 in Phoenix is 19:00 in UTC; there is no summer time in either.
    expect(theirs.locator("#call time")).to_contain_text("00:45 UTC+5:45")
    assert "Phoenix" not in theirs.content()
    theirs.get_by_role("button", name="Agree").click()
    expect(theirs.get_by_role("heading", name="A time is agreed")).to_be_visible()
    with theirs.expect_download() as download:
        theirs.get_by_role("link", name="Add to your calendar").click()
    assert download.value.suggested_filename == "call.ics"
    (event,) = Calendar.from_ical(Path(download.value.path()).read_bytes()).events
    assert event.decoded("DTSTART") == CallProposal.objects.get().starts_at
    mine.reload()
    mine.get_by_text("Call it off").first.click()
    mine.get_by_role("button", name="Call it off").click()
    expect(mine.locator("body")).to_contain_text("Take it out of your calendar")
    assert CallProposal.objects.get().state == "cancelled"


def test_calls_work_without_javascript(arrive, talk):
    conversation, buyer, reviewer = talk
    mine = arrive(buyer, java_script_enabled=False)
    propose_in(mine, conversation)
    mine.get_by_label("Your time zone").select_option("Europe/Berlin")
    mine.get_by_role("button", name="Propose").dblclick()
    expect(mine.locator("#call")).to_contain_text("Europe/Berlin, yours")
    theirs = arrive(reviewer, java_script_enabled=False)
    theirs.goto(conversation.get_absolute_url())
    theirs.get_by_role("button", name="Agree").click()
    expect(theirs.get_by_role("heading", name="A time is agreed")).to_be_visible()
    assert CallProposal.objects.get().state == "accepted"
