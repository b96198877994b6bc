"""The site as people use it: a server, a worker, a mail server and Chromium, each the real thing."""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
)

from accounts.models import User
from tests.factories import UserFactory, complete_profile

PASSWORD = "four plain words here"
WAIT_SECONDS = 15
# A busy machine may take long over one page; nothing here is timed.
expect.set_options(timeout=30_000)


@dataclass
class Site:
    url: str
    mails: Callable[[], list[Any]]

    def mail_to(self, address: str, subject: str) -> str:
        """The text of the newest e-mail to this address whose subject holds these words; waits for it."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            for mail in reversed(self.mails()):
                if mail["To"] == address and subject in mail["Subject"]:
                    return str(mail.get_body(("plain",)).get_content())
            time.sleep(0.1)
        found = [(mail["To"], mail["Subject"]) for mail in self.mails()]
        pytest.fail(f"No e-mail {subject!r} to {address} came; there are {found}")


def link_in(text: str, part: str) -> str:
    """The address in an e-mail that holds `part`."""
    found = re.search(rf"https?://\S*{re.escape(part)}\S*", text)
    assert found is not None, text
    return found.group(0)


@pytest.fixture
def mail_address(mail_server, monkeypatch) -> None:
    """For the worker, which is a process of its own."""
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{mail_server.port}")


@pytest.fixture
def site(
    transactional_db,
    mail_address,
    mail_server,
    celery_worker_process,
    live_server,
    settings,
) -> Iterator[Site]:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    yield Site(live_server.url, mail_server.mails)


@pytest.fixture
def member(site) -> Callable[..., User]:
    """Makes a member who can sign in with PASSWORD."""

    def make(email: str, **fields: Any) -> User:
        user = UserFactory(email=email, password=PASSWORD, **fields)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        complete_profile(user)
        return user

    return make


@pytest.fixture(params=[1280, 360], ids=["1280px", "360px"])
def width(request) -> int:
    return int(request.param)


@pytest.fixture
def visitor(browser: Browser, site: Site, width: int) -> Iterator[Callable[[], Page]]:
    """Opens a browser of its own for each person; a page may not scroll sideways nor log an error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def arrive() -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=site.url
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        listen(page, errors)
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert errors == []


def listen(page: Page, errors: list[str]) -> None:
    def note(what: str) -> None:
        errors.append(f"{page.url}: {what}")

    def note_line(line: ConsoleMessage) -> None:
        # A form that is sent back with its errors answers 422, and Chromium logs that.
        if line.type == "error" and "status of 422" not in line.text:
            note(line.text)

    def note_answer(answer: Response) -> None:
        if answer.status >= 500:
            note(f"{answer.url} answered {answer.status}")

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", note_line)
    page.on("response", note_answer)


@pytest.fixture
def picture(request, width: int) -> Callable[[Page, str], None]:
    """Keeps a screenshot where SCREENSHOTS names a folder, for people to look at."""
    folder = os.environ.get("SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        # A page that has only begun to arrive has no root element to measure.
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (
            f"{page.url} scrolls sideways"
        )
        if folder:
            page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)

    return take


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)
