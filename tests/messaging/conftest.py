import time
from importlib import import_module

import pytest
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import expect

# A busy machine is no fault of the page.
expect.set_options(timeout=30_000)


def people():
    # Models can't be imported yet when pytest reads this file.
    return import_module("tests.messaging.people")


@pytest.fixture
def buyer(db):
    return people().member(email="buyer@hospital.example")


@pytest.fixture
def reviewer(db):
    return people().member(email="reviewer@bank.example")


@pytest.fixture
def stranger(db):
    return people().member(email="stranger@school.example")


@pytest.fixture
def moderator(db):
    return people().member(email="moderator@levelfield.example", is_staff=True)


@pytest.fixture
def review(reviewer):
    return import_module("tests.factories").ReviewFactory(author=reviewer)


@pytest.fixture
def request_(buyer, review):
    return people().ask(buyer, review)


@pytest.fixture
def conversation(request_, reviewer):
    people().write(request_, reviewer)
    request_.refresh_from_db()
    return request_


@pytest.fixture
def arrive(browser, live_server, settings):
    """Opens a browser of its own, signed in; without script where asked."""
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    contexts, asked = [], set()

    def open_as(user, **options):
        client = Client()
        client.force_login(user)
        context = browser.new_context(base_url=live_server.url, **options)
        name = site_settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("request", lambda request: asked.add(request))
        page.on("requestfinished", lambda request: asked.discard(request))
        page.on("requestfailed", lambda request: asked.discard(request))
        return page

    yield open_as
    # A request that outlives its test would find no database.
    until = time.monotonic() + 30
    while asked and time.monotonic() < until:
        contexts[0].pages[0].wait_for_timeout(20)
    for context in contexts:
        context.close()
