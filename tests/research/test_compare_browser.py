"""The comparison in a real browser: narrow, by keyboard, in print, and as axe sees it."""

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from products.models import Product
from tests.factories import CategoryFactory
from tests.research.comparisons import full, rated

SLUGS = ("alpha", "beta", "gamma", "delta")
ADDRESS = "/compare/?" + "&".join(f"p={slug}" for slug in SLUGS)


@pytest.fixture
def products(transactional_db) -> list[Product]:
    category = CategoryFactory(name="Ledgers")
    rated("epsilon", category=category)
    long = "A product with rather a long name for government agencies"
    found = [full(slug, number, category) for number, slug in enumerate(SLUGS)]
    Product.objects.filter(slug="beta").update(name=long)
    return found


def opened(browser: Browser, url: str, width: int, **options) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 700}, **options)
    page = context.new_page()
    page.goto(url)
    return page


def overflow(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def place(page: Page, selector: str) -> dict:
    return page.locator(selector).first.bounding_box()


@pytest.mark.parametrize("address", [ADDRESS, "/compare/?p=alpha", "/compare/"])
@pytest.mark.parametrize("width", [320, 1280])
def test_page_never_scrolls_sideways_and_axe_finds_nothing(
    browser, live_server, products, width, address
):
    page = opened(browser, live_server.url + address, width)
    assert overflow(page) <= 0
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.context.close()


def test_on_a_telephone_names_and_labels_stay_while_the_table_scrolls(
    browser, live_server, products
):
    page = opened(browser, live_server.url + ADDRESS, 320)
    region = page.locator(".compare-wrap")
    before = place(page, ".compare-wrap")
    region.evaluate("region => region.scrollTo(400, 500)")
    assert region.evaluate("region => [region.scrollLeft, region.scrollTop]") == [
        400,
        500,
    ]
    assert place(page, "th[scope=row]")["x"] == before["x"]
    head = place(page, "thead th:nth-of-type(3)")
    assert head["y"] == pytest.approx(before["y"], abs=1)
    assert overflow(page) <= 0
    page.context.close()


def test_on_a_desk_the_names_stick_to_the_window(browser, live_server, products):
    page = opened(browser, live_server.url + ADDRESS, 1280)
    page.evaluate("window.scrollTo({top: 700, behavior: 'instant'})")
    assert place(page, "thead th")["y"] == pytest.approx(0, abs=1)
    page.context.close()


def test_in_print_each_page_begins_with_the_names(
    browser, live_server, products, tmp_path
):
    page = opened(browser, live_server.url + ADDRESS, 1280)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    page.context.close()
    document = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    assert len(document) > 1
    for sheet in document:
        width, height = sheet.get_size()
        assert width > height
        text = sheet.get_textpage().get_text_bounded()
        for name in ("Alpha", "Gamma", "Delta"):
            assert name in text
        assert "Sign up" not in text and "http" not in text


def test_ticked_rows_of_the_list_are_compared(browser, live_server, products):
    page = opened(browser, live_server.url + "/products/", 360)
    bar = page.get_by_role("button", name="Compare the ticked ones")
    assert not bar.is_visible()
    for name in ("Alpha", "Gamma"):
        page.get_by_label(f"Compare {name}").check()
    bar.click()
    page.wait_for_url("**/compare/?p=*")
    assert sorted(page.url.partition("?")[2].split("&")) == ["p=alpha", "p=gamma"]
    page.context.close()
