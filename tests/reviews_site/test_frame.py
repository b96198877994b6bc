"""What surrounds every page, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import CategoryFactory, ReviewFactory

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/", "/about/ratings/", "/about/verification/", "/reviews/new/", "/nothing/"]


@pytest.fixture
def some_rows():
    CategoryFactory(name="Observability and analysis", product_count=1_234)
    ReviewFactory(headline="Replaced three home-grown log-in pages " + "w" * 60)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_frame_has_no_violation_and_no_sideways_scrolling(
    page, live_server, some_rows, width, scheme
):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(live_server.url + path)
        beyond = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        violations = [v["id"] for v in Axe().run(page).response["violations"]]
        found[path] = (beyond, violations)

    assert found == dict.fromkeys(PAGES, (0, []))


def test_page_loads_nothing_from_elsewhere_and_breaks_no_policy(
    page, live_server, some_rows
):
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(live_server.url, wait_until="networkidle")

    assert all(url.startswith(live_server.url) for url in requests)
    assert len(requests) <= 15
    assert complaints == []


def test_search_works_without_script(browser, live_server, db):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live_server.url)
        page.get_by_label("Search products").fill("log-in pages")

        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert page.url == f"{live_server.url}/search/?q=log-in+pages"


def test_slash_goes_to_search_until_it_is_turned_off(page, live_server):
    page.goto(live_server.url + "/about/ratings/")
    focused = "document.activeElement.id"

    page.keyboard.press("/")
    assert page.evaluate(focused) == "site-q"

    page.get_by_role("button", name="turn off").click()
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate(focused) == ""
