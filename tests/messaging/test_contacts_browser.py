"""Consent by two members in two browsers, without JavaScript; and the pages as axe and the narrowest telephone see them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from messaging.services import choose_contacts
from tests.factories import ReviewFactory, WorkEmailFactory
from tests.menus import unfold
from tests.messaging.people import ask, member, write

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


@pytest.fixture
def talk(transactional_db):
    buyer = member(email="buyer@hospital.example")
    reviewer = member(email="reviewer@bank.example")
    for user, domain in ((buyer, "hospital.example"), (reviewer, "bank.example")):
        WorkEmailFactory(user=user, domain=domain, address=f"someone@{domain}")
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer, "About four months.")
    return conversation, buyer, reviewer


def share(page, **values):
    for field, text in values.items():
        page.get_by_label(f"Share my {field}").check()
        page.get_by_label(f"The {'number' if field == 'telephone' else field}").fill(
            text
        )
    page.get_by_role("button", name="Show me what they will see").click()


def test_two_members_share_and_one_takes_it_back(arrive, talk):
    conversation, buyer, reviewer = talk
    address = conversation.get_absolute_url()
    one = arrive(buyer, java_script_enabled=False)
    two = arrive(reviewer, java_script_enabled=False)
    one.goto(address)
    unfold(one.get_by_text("Share contact details", exact=True))
    one.get_by_role("link", name="Choose what to share").click()
    share(one, name="Marguerite Oyelaran", telephone="+4930901820")
    expect(one.get_by_text("+49 30 901820", exact=True)).to_be_visible()
    one.get_by_role("button", name="Share exactly this").click()
    expect(one.locator("#contacts")).to_contain_text("You are ready to share your name")

    two.goto(address)
    expect(two.locator("#contacts")).to_contain_text("share their name and telephone")
    expect(two.get_by_text("Marguerite Oyelaran")).to_have_count(0)
    two.get_by_role("link", name="Choose what to share").click()
    share(two, name="Thaddeus Quillfeather")
    expect(two.get_by_role("heading", name="At once")).to_be_visible()
    two.get_by_role("button", name="Share exactly this").click()
    expect(two.locator("#contacts")).to_contain_text("Marguerite Oyelaran")
    expect(two.get_by_text("+49 30 901820")).to_have_count(0)

    one.reload()
    expect(one.locator("#contacts")).to_contain_text("Thaddeus Quillfeather")
    one.get_by_role("button", name="Take all of mine back").click()
    expect(one.get_by_text("Taken back")).to_be_visible()
    two.reload()
    expect(two.locator("#contacts")).to_contain_text("Withdrawn")
    expect(two.get_by_text("Marguerite Oyelaran")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(arrive, talk, scheme):
    conversation, buyer, reviewer = talk
    address = conversation.get_absolute_url()
    page = arrive(buyer, viewport={"width": 320, "height": 700}, color_scheme=scheme)

    def looked_at():
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        return [v["id"] for v in Axe().run(page).response["violations"]]

    page.goto(address)
    assert looked_at() == []
    values = {"name": LONG_NAME, "work_email": "someone@bank.example"}
    choose_contacts(conversation=conversation, member=reviewer, values=values)
    page.goto(address)
    assert looked_at() == []
    page.goto(f"{address}contacts/")
    assert looked_at() == []
    share(page, name=LONG_NAME, telephone="12")
    expect(page.get_by_role("alert")).to_be_visible()
    assert looked_at() == []
    share(page, telephone="+49 30 901820")
    expect(page.get_by_role("button", name="Share exactly this")).to_be_visible()
    assert looked_at() == []
    page.get_by_role("button", name="Share exactly this").click()
    expect(page.locator(".contact-table")).to_be_visible()
    assert looked_at() == []
