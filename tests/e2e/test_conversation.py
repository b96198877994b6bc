"""A buyer and a reviewer, each in a browser of their own: from the question to the call, and out of it again."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from accounts.models import Profile, User
from messaging.models import CallProposal, Conversation, Message
from messaging.services import (
    accept_call,
    block_member,
    choose_contacts,
    propose_call,
)
from reviews.models import Review
from tests.e2e import test_accessibility
from tests.e2e.conftest import link_in, listen, sign_in
from tests.factories import ProductFactory, ReviewFactory, WorkEmailFactory
from tests.menus import unfold
from tests.messaging.people import ask, seen_by, write
from tests.messaging.people import member as made_member

QUESTION = "How long did it take until your first team worked with it every day?"
ANSWER = "Three weeks. Agreeing on which alerts matter took most of it."
BUYER_ZONE, REVIEWER_ZONE = "America/New_York", "Asia/Kathmandu"
# Whatever names them; the other side may read it once both have chosen it, and the domain of the account never.
BUYER = {
    "login": "zebedee.askerson@private-buyer.example",
    "name": "Zebedee Askerson",
    "work": "zebedee@askerson-clinics.example",
}
REVIEWER = {
    "login": "quintessa.replyworth@private-reviewer.example",
    "name": "Quintessa Replyworth",
    "work": "quintessa@replyworth-bank.example",
}


def named(user: User, facts: dict[str, str], zone: str) -> User:
    Profile.objects.filter(user=user).update(
        display_name=facts["name"], time_zone=zone, company_name=facts["name"]
    )
    domain = facts["work"].partition("@")[2]
    WorkEmailFactory(user=user, domain=domain, address=facts["work"])
    return user


@pytest.fixture
def buyer(member) -> User:
    return named(member(BUYER["login"]), BUYER, BUYER_ZONE)


@pytest.fixture
def reviewer(member) -> User:
    return named(member(REVIEWER["login"]), REVIEWER, REVIEWER_ZONE)


@pytest.fixture
def review(reviewer: User) -> Review:
    product = ProductFactory(name="Watchtower", slug="watchtower")
    return ReviewFactory(author=reviewer, product=product)


@pytest.fixture
def arrive(browser: Browser, site) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own for each person, signed in; no page may log an error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_as(facts: dict[str, str], width: int, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=site.url, **options
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        listen(page, errors)
        sign_in(page, facts["login"])
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def look() -> Callable[[str, Page], None]:
    """No page scrolls sideways; SCREENSHOTS names a folder to look at them in."""
    folder = os.environ.get("SCREENSHOTS")

    def take(name: str, page: Page) -> None:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        if folder:
            # Hiding the caret would be a style of its own, which the policy refuses aloud.
            page.screenshot(
                path=f"{folder}/{name}-{width}.png", full_page=True, caret="initial"
            )

    return take


def messages(page: Page) -> Locator:
    return page.get_by_role("list", name="Messages")


def send(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(messages(page).get_by_text(text, exact=True)).to_be_visible()


def assert_hidden(page: Page, *facts: str) -> None:
    content = page.content()
    assert [fact for fact in facts if fact in content] == []


def facts_of(side: dict[str, str]) -> list[str]:
    return [*side.values(), side["work"].partition("@")[2]]


def test_two_strangers_talk_meet_and_part(site, arrive, buyer, reviewer, review, look):
    asking = arrive(BUYER, 1280, timezone_id=BUYER_ZONE)
    answering = arrive(REVIEWER, 360, timezone_id=REVIEWER_ZONE)

    ask_in_private(asking, review, look)
    thread = asking.url
    accept(answering, site, look)
    answer_appears_in_the_open_tab(asking, answering, look)
    mail = site.mail_to(BUYER["login"], "")
    assert [f for f in [ANSWER, QUESTION, *facts_of(REVIEWER)] if f in mail] == []
    quote_the_answer(asking, answering, look)

    assert_hidden(asking, *facts_of(REVIEWER))
    assert_hidden(answering, *facts_of(BUYER))
    share_contacts(asking, answering, thread, look)
    take_back(asking, answering, thread, look)
    agree_to_a_call(asking, answering, thread, look)
    put_away_and_find(asking, thread, look)
    block_reaches_the_open_tab(asking, answering, thread, look)


def ask_in_private(page: Page, review: Review, look) -> None:
    page.goto(review.get_absolute_url())
    page.get_by_role("link", name="Ask this reviewer").first.click()
    page.get_by_label("Your question").fill(QUESTION)
    look("01-ask", page)
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text("Your question is with the reviewer")).to_be_visible()
    look("02-asked", page)


def accept(page: Page, site, look) -> None:
    mail = site.mail_to(REVIEWER["login"], "question")
    assert [f for f in [QUESTION, *facts_of(BUYER)] if f in mail] == []
    page.goto(link_in(mail, "/messages/"))
    expect(messages(page).get_by_text(QUESTION)).to_be_visible()
    look("03-request", page)
    page.get_by_role("button", name="Accept, answer later").click()
    expect(page.get_by_text("Accepted. You can both write now.")).to_be_visible()
    look("04-accepted", page)


def answer_appears_in_the_open_tab(asking: Page, answering: Page, look) -> None:
    asking.evaluate("window.isTheSamePage = true")
    send(answering, ANSWER)
    look("05-answered", answering)
    expect(messages(asking).get_by_text(ANSWER, exact=True)).to_be_visible()
    # The request is a conversation now: the field has come as well.
    expect(asking.get_by_label("Your message")).to_be_visible()
    assert asking.evaluate("window.isTheSamePage") is True
    look("06-answer-came", asking)


def quote_the_answer(asking: Page, answering: Page, look) -> None:
    messages(asking).locator(".message", has_text=ANSWER).get_by_role(
        "link", name="Reply"
    ).click()
    expect(asking.get_by_text("You answer")).to_be_visible()
    look("07-quoting", asking)
    send(asking, "And who decided?")
    came = messages(answering).locator(".message", has_text="And who decided?")
    expect(came.locator("blockquote")).to_contain_text("Three weeks.")
    look("08-quote-came", answering)


def share(page: Page, *labels: str) -> None:
    page.get_by_text("Choose what to share").or_(
        page.get_by_text("Share contact details", exact=True)
    ).first.click()
    if not page.url.endswith("/contacts/"):
        page.get_by_role("link", name="Choose what to share").click()
    for label in labels:
        page.get_by_label(f"Share my {label}").check()
    page.get_by_role("button", name="Show me what they will see").click()
    page.get_by_role("button", name="Share exactly this").wait_for()


def share_contacts(asking: Page, answering: Page, thread: str, look) -> None:
    share(asking, "name", "work e-mail")
    look("09-preview", asking)
    asking.get_by_role("button", name="Share exactly this").click()
    expect(asking.get_by_text("You are ready to share your")).to_be_visible()
    answering.goto(thread)
    expect(answering.get_by_text("is ready to share their")).to_be_visible()
    assert_hidden(answering, *facts_of(BUYER))
    look("10-offered", answering)

    share(answering, "name")
    look("11-preview-of-both", answering)
    answering.get_by_role("button", name="Share exactly this").click()
    expect(answering.get_by_role("cell", name=BUYER["name"])).to_be_visible()
    assert_hidden(answering, BUYER["login"], BUYER["work"])
    look("12-shared", answering)
    asking.goto(thread)
    expect(asking.get_by_role("cell", name=REVIEWER["name"])).to_be_visible()
    assert_hidden(asking, REVIEWER["login"], REVIEWER["work"])
    look("13-shared", asking)


def take_back(asking: Page, answering: Page, thread: str, look) -> None:
    asking.get_by_role("button", name="Take all of mine back").click()
    expect(asking.get_by_text("Withdrawn:").first).to_be_visible()
    assert_hidden(asking, *facts_of(REVIEWER))
    look("14-taken-back", asking)
    answering.goto(thread)
    expect(answering.get_by_text("Withdrawn:").first).to_be_visible()
    assert_hidden(answering, *facts_of(BUYER))
    look("15-gone", answering)


def call_times() -> tuple[datetime, datetime]:
    """Two afternoons in New York, as naive clocks show them."""
    first = datetime.now(UTC).replace(hour=14, minute=0, second=0, microsecond=0, tzinfo=None)  # fmt: skip
    return first + timedelta(days=3), first + timedelta(days=4, minutes=30)


def in_kathmandu(local: datetime) -> datetime:
    moment = local.replace(tzinfo=ZoneInfo(BUYER_ZONE))
    return moment.astimezone(ZoneInfo(REVIEWER_ZONE))


def propose(page: Page, *times: datetime) -> None:
    page.get_by_text("Propose a call or a meeting").first.click()
    page.get_by_role("link", name="Propose times").click()
    for n, local in enumerate(times, 1):
        page.get_by_label(f"Time {n}").fill(f"{local:%Y-%m-%dT%H:%M}")
    page.get_by_label("Where").fill("https://meet.example.org/room-7")


def agree_to_a_call(asking: Page, answering: Page, thread: str, look) -> None:
    times = call_times()
    propose(asking, *times)
    expect(asking.get_by_label("Your time zone")).to_have_value(BUYER_ZONE)
    look("16-propose", asking)
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("heading", name="You propose a call")).to_be_visible()
    look("17-proposed", asking)

    answering.goto(thread)
    slots = answering.locator(".call-slots")
    for local in times:
        there = in_kathmandu(local)
        expect(slots).to_contain_text(f"{there:%a} {there.day} {there:%b %Y, %H:%M}")
    assert_hidden(answering, "New_York", "New York")
    # Elsewhere on the page a message may be of just that minute.
    assert "14:00" not in slots.inner_text()
    look("18-proposal-came", answering)
    slots.get_by_role("button", name="Agree").nth(1).click()
    expect(answering.get_by_role("heading", name="A time is agreed")).to_be_visible()
    look("19-agreed", answering)

    asking.goto(thread)
    assert_hidden(asking, "Kathmandu")
    look("20-agreed", asking)
    files = [calendar_file(page) for page in (asking, answering)]
    for file, foreign in zip(files, (REVIEWER, BUYER), strict=True):
        assert [f for f in [*facts_of(foreign), "Kathmandu", "New_York"] if f in file] == []  # fmt: skip
        event = Calendar.from_ical(file).walk("VEVENT")[0]
        agreed = times[1].replace(tzinfo=ZoneInfo(BUYER_ZONE))
        assert (event["DTSTART"].dt, event["DTEND"].dt) == (agreed, agreed + timedelta(minutes=30))  # fmt: skip


def calendar_file(page: Page) -> str:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Add to your calendar").click()
    return coming.value.path().read_text()


def put_away_and_find(page: Page, thread: str, look) -> None:
    ways_out = page.get_by_role("group", name="Get out of this conversation")
    ways_out.get_by_role("button", name="Mute").click()
    expect(ways_out.get_by_role("button", name="Unmute")).to_be_visible()
    ways_out.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("Archived, for you alone.")).to_be_visible()
    page.goto("/messages/?tab=archived")
    expect(page.locator(".inbox-item")).to_have_count(1)
    look("21-archived", page)
    page.get_by_role("searchbox", name="Search the inbox").first.fill("alerts weeks")
    page.keyboard.press("Enter")
    found = page.get_by_role("region", name="“alerts weeks”")
    expect(found.locator(".result")).to_have_count(1)
    look("22-found", page)
    found.locator(".result").click()
    expect(page.locator(".message:target")).to_contain_text(ANSWER)
    page.get_by_role("button", name="Unarchive").click()
    expect(page.get_by_text("It is back in your inbox.")).to_be_visible()
    page.goto(thread)


def block_reaches_the_open_tab(asking: Page, answering: Page, thread: str, look) -> None:  # fmt: skip
    before = Message.objects.count()
    asking.get_by_label("Your message").fill("One question more:")
    answering.goto(thread)
    ways_out = answering.get_by_role("group", name="Get out of this conversation")
    unfold(ways_out.get_by_text("Block", exact=True))
    look("23-block", answering)
    ways_out.get_by_role("button", name="Block this member").click()
    expect(answering.get_by_text("Blocked. Neither of you can write")).to_be_visible()
    look("24-blocked", answering)

    closed = asking.locator("#write").get_by_text("This conversation is closed")
    expect(closed).to_be_visible()
    expect(asking.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    expect(asking.get_by_label("Your message")).to_have_value("One question more:")
    assert "block" not in asking.locator("#write").inner_text().lower()
    expect(asking.get_by_role("heading", name="A time is agreed")).to_have_count(0)
    expect(asking.get_by_role("link", name="Choose what to share")).to_have_count(0)
    ways_out = asking.get_by_role("group", name="Get out of this conversation")
    expect(ways_out.get_by_role("link", name="Report")).to_be_visible()
    look("25-closed-in-the-open-tab", asking)
    assert Message.objects.count() == before
    # The agreed call is off as well.
    assert CallProposal.objects.get().state == "cancelled"


def test_without_javascript_they_come_as_far(site, arrive, buyer, reviewer, review, look):  # fmt: skip
    asking = arrive(BUYER, 360, java_script_enabled=False)
    answering = arrive(REVIEWER, 1280, java_script_enabled=False)
    asking.goto(f"/reviews/{review.public_id}/message/")
    asking.get_by_label("Your question").fill(QUESTION)
    asking.get_by_role("button", name="Send the question").click()
    thread = asking.url

    answering.goto("/messages/?tab=requests")
    answering.locator(".inbox-item").click()
    answering.get_by_role("button", name="Mark as read").click()
    send(answering, ANSWER)

    asking.reload()
    expect(messages(asking).get_by_text(ANSWER, exact=True)).to_be_visible()
    times = call_times()
    propose(asking, *times)
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("heading", name="You propose a call")).to_be_visible()

    answering.goto(thread)
    answering.get_by_role("button", name="Agree").first.click()
    expect(answering.get_by_role("heading", name="A time is agreed")).to_be_visible()
    asking.reload()
    agreed = times[0].replace(tzinfo=ZoneInfo(BUYER_ZONE))
    event = Calendar.from_ical(calendar_file(asking)).walk("VEVENT")[0]
    assert event["DTSTART"].dt == agreed
    assert CallProposal.objects.get().starts_at == agreed


def tab_to(page: Page, target: Locator) -> None:
    """By the Tab key alone, and it must be seen that one is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            outline = target.evaluate("element => getComputedStyle(element).outlineStyle")  # fmt: skip
            assert outline != "none"
            return
    pytest.fail(f"The Tab key doesn't lead to {target}")


def test_a_request_is_accepted_answered_and_left_by_keyboard_alone(site, arrive, buyer, reviewer, review):  # fmt: skip
    ask(buyer, review, QUESTION)
    page = arrive(REVIEWER, 1280)
    page.goto("/messages/")
    page.get_by_role("link", name="Requests").wait_for()
    if "requests" not in page.url and page.locator(".inbox-item").count() == 0:
        tab_to(page, page.get_by_role("link", name="Requests"))
        page.keyboard.press("Enter")
    tab_to(page, page.locator(".inbox-item"))
    page.keyboard.press("Enter")
    expect(messages(page).get_by_text(QUESTION)).to_be_visible()

    tab_to(page, page.get_by_role("button", name="Accept, answer later"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Accepted. You can both write now.")).to_be_visible()

    tab_to(page, page.get_by_label("Your message"))
    page.keyboard.type(ANSWER)
    tab_to(page, page.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Enter")
    expect(messages(page).get_by_text(ANSWER, exact=True)).to_be_visible()

    tab_to(page, page.locator("summary", has_text="Block"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Block this member"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Blocked. Neither of you can write")).to_be_visible()
    assert Conversation.objects.get().state == "blocked"


# --- Everybody ------------------------------------------------------------------------------

window = test_accessibility.window


@pytest.fixture
def talks(transactional_db) -> tuple[User, dict[str, str]]:
    """A buyer and the addresses of their conversations: with everything in it, waiting, blocked and archived."""
    buyer = named(made_member(email=BUYER["login"]), BUYER, BUYER_ZONE)
    reviewer = named(made_member(email=REVIEWER["login"]), REVIEWER, REVIEWER_ZONE)
    full = talk(buyer, reviewer)
    for who, fields in ((buyer, ["name", "work"]), (reviewer, ["name"])):
        facts = BUYER if who is buyer else REVIEWER
        values = {"work_email" if f == "work" else f: facts[f] for f in fields}
        choose_contacts(conversation=full, member=who, values=values)
    proposal = proposed(full, reviewer)
    agreed = talk(buyer, made_member())
    call = proposed(agreed, seen_by(buyer, agreed).other.user)
    accept_call(proposal=call, member=buyer, slot=call.slots.get(position=1))
    blocked = talk(buyer, made_member())
    block_member(blocker=buyer, conversation=blocked)
    waiting = ask(buyer, ReviewFactory(author=made_member()))
    assert proposal.state == "proposed"
    return buyer, {
        name: conversation.get_absolute_url()
        for name, conversation in {
            "full": full,
            "agreed": agreed,
            "blocked": blocked,
            "waiting": waiting,
        }.items()
    }


def talk(buyer: User, reviewer: User) -> Conversation:
    conversation = ask(buyer, ReviewFactory(author=reviewer), QUESTION)
    write(conversation, reviewer, ANSWER)
    write(conversation, reviewer, "https://example.org/" + "x" * 300)
    return conversation


def proposed(conversation: Conversation, member: User) -> CallProposal:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    return propose_call(
        conversation=conversation,
        member=member,
        slots=[now + timedelta(days=n) for n in range(1, 6)],
        minutes=30,
        place="https://meet.example.org/" + "y" * 200,
        time_zone=REVIEWER_ZONE,
        client_key=conversation.public_id,
    )


def test_pages_of_messages_have_no_violation(window, live_server, talks, look):
    buyer, threads = talks
    test_accessibility.sign_in(window, live_server, buyer)
    errors: list[str] = []
    listen(window, errors)
    paths = [
        *(f"/messages/?tab={tab}" for tab in ("requests", "open", "closed", "archived")),
        "/messages/?q=weeks",
        "/messages/?q=nowhere",
        *threads.values(),
        f"{threads['full']}contacts/",
        f"{threads['agreed']}contacts/",
        f"{threads['full']}calls/new/",
        "/about/messages/",
    ]  # fmt: skip

    found = {}
    for n, path in enumerate(paths):
        found[path] = test_accessibility.problems(window, live_server.url + path)
        look(f"a{n:02}", window)

    assert found == dict.fromkeys(paths, (0, []))
    for path in (threads["full"], threads["agreed"]):
        window.goto(live_server.url + path)
        window.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")  # fmt: skip
        opened = Axe().run(window).response["violations"]
        assert [violation["id"] for violation in opened] == []
        look(f"open-{path[10:14]}", window)
    assert errors == []
