"""Two members in two browsers; with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from messaging.models import Message, Participant
from messaging.services import block_member
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, write


@pytest.fixture
def talk(transactional_db):
    buyer = member(email="buyer@hospital.example")
    reviewer = member(email="reviewer@bank.example")
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer, "About four months.")
    return conversation, buyer, reviewer


def test_a_new_message_appears_without_a_reload(arrive, talk):
    conversation, buyer, reviewer = talk
    page = arrive(buyer)
    page.clock.install()
    page.goto(conversation.get_absolute_url())
    expect(page.locator(".message")).to_have_count(2)
    write(conversation, reviewer, "One thing more.")
    # The page asks every five seconds; its clock is ours.
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("One thing more.", exact=True).last).to_be_visible()
    expect(page.locator(".message")).to_have_count(3)
    write(conversation, reviewer, "And another.")
    page.clock.fast_forward(11_000)
    expect(page.locator(".message")).to_have_count(4)


def test_a_block_takes_the_send_button_and_leaves_what_was_typed(arrive, talk):
    conversation, buyer, reviewer = talk
    page = arrive(buyer)
    page.clock.install()
    page.goto(conversation.get_absolute_url())
    field = page.get_by_label("Your message")
    field.fill("Did you train them?")
    block_member(blocker=reviewer, conversation=conversation)
    page.clock.fast_forward(6_000)
    expect(page.locator("#write-notice")).to_contain_text("is closed")
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
    expect(field).to_have_value("Did you train them?")
    expect(field).to_be_focused()
    expect(page.locator("#thread-said")).to_contain_text("has changed")


def test_an_answer_opens_the_field_of_the_waiting_buyer(arrive, transactional_db):
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    page = arrive(buyer)
    page.clock.install()
    page.goto(conversation.get_absolute_url())
    expect(page.get_by_label("Your message")).to_have_count(0)
    write(conversation, reviewer, "About four months.")
    page.clock.fast_forward(6_000)
    page.get_by_label("Your message").fill("Thank you.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message")).to_have_count(3)


def test_what_was_typed_is_kept_and_a_quote_does_not_lose_it(arrive, talk):
    conversation, buyer, _ = talk
    page = arrive(buyer)
    page.goto(conversation.get_absolute_url())
    field = page.get_by_label("Your message")
    field.fill("Did you train")
    with page.expect_response(re.compile(r"/draft/")):
        field.press_sequentially(" them?")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    page.locator(".message").last.get_by_role("link", name="Reply").click()
    expect(page.locator("#write-quote")).to_contain_text("About four months.")
    expect(field).to_have_value("Did you train them?")
    expect(field).to_be_focused()
    page.reload()
    expect(field).to_have_value("Did you train them?")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Draft saved")


def test_the_list_and_the_badge_change_without_a_reload(arrive, talk):
    conversation, buyer, reviewer = talk
    page = arrive(buyer)
    page.clock.install()
    page.goto("/messages/?tab=open")
    page.locator(".inbox-item").focus()
    write(conversation, reviewer, "One thing more.")
    page.clock.fast_forward(16_000)
    expect(page.locator(".inbox-item-text")).to_contain_text("One thing more.")
    expect(page.locator("#unread-badge")).to_contain_text("2")
    # Whoever was there with the keyboard still is.
    expect(page.locator(".inbox-item")).to_be_focused()


def test_opening_a_thread_marks_it_read(arrive, talk):
    conversation, buyer, _ = talk
    page = arrive(buyer)
    with page.expect_response(re.compile(r"/read/$")):
        page.goto(conversation.get_absolute_url())
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    assert Participant.objects.get(user=buyer).unread_count == 0


def test_what_was_typed_survives_a_block_in_another_tab(arrive, talk):
    conversation, buyer, reviewer = talk
    page = arrive(buyer)
    page.goto(conversation.get_absolute_url())
    page.get_by_label("Your message").fill("Did you train them?")
    block_member(blocker=reviewer, conversation=conversation)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent.")
    expect(page.locator("#write")).to_contain_text("Did you train them?")
    assert Message.objects.count() == 2


def test_a_double_click_sends_once(arrive, talk):
    conversation, buyer, _ = talk
    page = arrive(buyer)
    page.goto(conversation.get_absolute_url())
    page.get_by_label("Your message").fill("Did you train them?")
    page.get_by_role("button", name="Send").dblclick()
    expect(page.locator(".message")).to_have_count(3)
    assert Message.objects.filter(body="Did you train them?").count() == 1


def test_everything_works_without_javascript(arrive, talk):
    conversation, buyer, _ = talk
    page = arrive(buyer, java_script_enabled=False)
    page.goto("/messages/")
    page.locator(".inbox-item").click()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    page.get_by_label("Your message").fill("Did you train them?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".message")).to_have_count(3)
    # The third message is there before the rest of the page is; once all is, the page stands where its address says.
    page.wait_for_load_state()
    expect(page.locator(".message").last).to_be_in_viewport()
    page.get_by_text("Leave", exact=True).click()
    page.get_by_role("button", name="Leave and close it").click()
    expect(page.get_by_text("You have left the conversation.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_scrolls_sideways_and_every_way_out_is_in_reach(arrive, talk, width):
    conversation, buyer, reviewer = talk
    write(conversation, reviewer, "https://example.org/" + "x" * 300)
    for n in range(12):
        write(conversation, reviewer, f"Line {n}.")
    page = arrive(buyer, viewport={"width": width, "height": 700})
    page.goto(conversation.get_absolute_url())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("End")
    actions = page.get_by_role("group", name="Get out of this conversation")
    expect(actions).to_be_in_viewport()
    for name in ("Block", "Report", "Leave"):
        expect(actions.get_by_text(name, exact=True)).to_be_visible()
