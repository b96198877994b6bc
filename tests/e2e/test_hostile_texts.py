"""300 hostile texts on every page, staff's and the e-mails too: nothing runs, with the policy and without."""

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests.trust import hostile
from tests.trust.hostile_site import AUTHORS, HostileSite, Person

WATCH = "window.__ran = []; window.ran = (x) => window.__ran.push(String(x));"
FOREIGN = """() => [...document.querySelectorAll("*")].filter((element) =>
    [...element.attributes].some(({ name, value }) => name.startsWith("on")
        || (/^(data-)?hx-/.test(name) && (value.includes("ran(") || value.includes("hx-effect")))
        || (["href", "src", "action", "formaction", "srcset", "data"].includes(name)
            && /^\\s*(javascript|vbscript|data:text)/i.test(value)))
    || ["iframe", "object", "embed", "base", "applet", "marquee", "math", "frameset"].includes(element.localName)
        && !element.hasAttribute("sandbox")
    || (element.localName === "meta" && element.httpEquiv === "refresh")
).map((element) => element.outerHTML.slice(0, 120))"""


class Watch:
    """Listens to whatever a text could bring about in one browser."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin, self.happened = origin, list[str]()
        context.add_init_script(WATCH)
        context.on("request", lambda request: self._asked(request.url))
        context.on("dialog", lambda dialog: (self.happened.append(f"dialog {dialog.message}"), dialog.dismiss()))  # fmt: skip
        context.on("console", lambda line: self._said(line.text))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.origin, "data:image/", "blob:")) or hostile.EFFECT in url:  # fmt: skip
            self.happened.append(f"asked for {url}")

    def _said(self, line: str) -> None:
        # Where the policy had to stop something, something was there.
        if "Content Security Policy" in line:
            self.happened.append(line)

    def look(self, page: Page, path: str) -> None:
        answer = page.goto(path, wait_until="load")
        assert answer is not None and answer.status < 500, path
        self.happened += [f"ran {x}" for x in page.evaluate("window.__ran")]
        self.happened += page.evaluate(FOREIGN)
        assert self.happened == [], path
        # The page is whole: its landmarks stand where they were.
        assert page.locator("main, #main").count() >= 1, path
        assert page.locator("body").evaluate("b => b.parentElement === document.documentElement"), path  # fmt: skip


def signed_in(context: BrowserContext, who: Person, url: str) -> None:
    context.clear_cookies()
    if who.user is not None:
        name = django_settings.SESSION_COOKIE_NAME
        value = who.client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": url}])


@pytest.mark.django_db(transaction=True)
def test_nothing_runs_on_any_page_with_the_policy_and_without(
    browser: Browser, live_server, settings
):
    settings.SITE_URL = live_server.url
    settings.ACCOUNT_RATE_LIMITS = False
    settings.DEMO = True
    site = HostileSite(AUTHORS)
    pages = [*site.pages(), *((site.visitor, path) for path in site.more_cards())]
    pages.sort(key=lambda each: str(each[0].user and each[0].user.pk))

    for bypass_csp in (False, True):
        context = browser.new_context(base_url=live_server.url, bypass_csp=bypass_csp)
        watch, page = Watch(context, live_server.url), context.new_page()
        reader: Person | None = None
        for who, path in pages:
            if who is not reader:
                signed_in(context, who, live_server.url)
                reader = who
            watch.look(page, path)
        context.close()
    assert len(pages) > 70
