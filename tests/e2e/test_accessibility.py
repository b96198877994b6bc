"""axe and the narrowest telephone, on the pages that everybody passes through, with content in them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from products.models import Product
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    WorkEmailFactory,
)
from tests.following.keeping import follows, shortlist
from tests.messaging.people import ask, member

STEPS = ["use", "rating", "good", "not-good", "details", "you", "send"]
FORM = "/products/product-under-review/reviews/new/?step="
OPEN_TO_ALL = [
    "/",
    "/products/",
    "/products/product-under-review/",
    "/products/product-under-review/score/",
    "/products/product-under-review/voice/",
    "/about/ratings/",
    "/about/guidelines/",
    "/transparency/",
    "/categories/monitoring/",
    "/categories/monitoring/?perspective=buyer&company_size=201-1000",
    "/categories/monitoring/guide/",
    "/search/?q=product",
    "/accounts/signup/",
    "/accounts/login/",
]


@pytest.fixture
def reviewed_product(transactional_db):
    category = CategoryFactory(name="Monitoring", slug="monitoring", product_count=1)
    product = ProductFactory(
        name="Product under review", slug="product-under-review", category=category
    )
    for half_stars, perspective in [
        (10, "buyer"),
        (7, "end_user"),
        (2, "administrator"),
        (8, "buyer"),
    ]:
        ReviewFactory(product=product, half_stars=half_stars, perspective=perspective)
    recompute_all_ratings()
    return product


@pytest.fixture
def buyer(reviewed_product):
    """A member with an open question."""
    buyer = member()
    WorkEmailFactory(user=buyer)
    ask(buyer, ReviewFactory(product=ProductFactory(), author=member()))
    return buyer


def kept_shortlist(member) -> str:
    """With something to compare, and what is on it followed."""
    mine = shortlist(member, *Product.objects.order_by("pk"))
    mine.items.update(note="Ask a reference.")
    for item in mine.items.all():
        follows(member, item.product)
        follows(member, item.product.vendor)
    return mine.get_absolute_url()


def sign_in(page, live_server, user) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies(
        [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
    )


def problems(page, url: str) -> tuple[int, list[str]]:
    """(pixels beyond the window's width, rules of axe that are broken)."""
    answer = page.goto(url)
    assert answer.status == 200, url
    beyond = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return beyond, [
        violation["id"] for violation in Axe().run(page).response["violations"]
    ]


@pytest.fixture(
    params=[(320, "light"), (1280, "dark")], ids=["320px-light", "1280px-dark"]
)
def window(page, request):
    width, scheme = request.param
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    return page


def test_pages_for_all_have_no_violation(window, live_server, reviewed_product):
    found = {path: problems(window, live_server.url + path) for path in OPEN_TO_ALL}

    assert found == dict.fromkeys(OPEN_TO_ALL, (0, []))


def test_pages_of_a_member_have_no_violation(window, live_server, buyer):
    sign_in(window, live_server, buyer)
    conversation = buyer.conversations_begun.get().get_absolute_url()
    paths = [FORM + step for step in STEPS] + [
        "/messages/",
        conversation,
        "/me/",
        "/me/profile/",
        "/me/shortlists/",
        kept_shortlist(buyer),
        "/products/product-under-review/shortlist/",
        "/products/product-under-review/follow/",
        "/categories/monitoring/follow/",
        "/me/following/",
    ]

    found = {path: problems(window, live_server.url + path) for path in paths}

    assert found == dict.fromkeys(paths, (0, []))
