"""The main job from end to end, walked by people who have never seen the site before."""

import io
import re
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

import products
from products.models import Product
from reviews.ratings import recompute_all_ratings
from tests.e2e.conftest import PASSWORD, link_in, sign_in
from tests.factories import ReviewFactory

CATALOGUE = Path(products.__file__).parent / "demo_catalogue" / "catalogue.jsonl"

REVIEWER = "newcomer@private-mail.example"
WORK_EMAIL = "newcomer@harbour-logistics.example"
BUYER = "buyer@other-company.example"
MODERATOR = "moderator@levelfield.example"

PROS = "Dashboards for three teams were up within a day, and the alerts have not missed an outage since."
HEADLINE = "Our screens on the wall finally tell the truth"
CONS = "Permissions are coarse: either somebody can edit every dashboard of a folder, or none of them."
USE_CASE = "Twelve wall screens in the depots, and the pager of the night shift."
QUESTION = "How long did it take until your first team worked with it every day?"
ANSWER = "Three weeks. The dashboards took a day; agreeing on which alerts matter took the rest."


@pytest.fixture
def catalogue(site) -> Product:
    """The real catalogue, and a product in it that three people have reviewed with two stars."""
    call_command("import_catalog", str(CATALOGUE), stdout=io.StringIO())
    product = Product.objects.get(slug="grafana")
    for _ in range(3):
        ReviewFactory(product=product, half_stars=4)
    recompute_all_ratings()
    return product


def test_newcomer_reviews_and_answers_a_buyer(
    site, catalogue, member, visitor, picture, settings
):
    # A reader doesn't want to wait for a burst to end.
    settings.MESSAGE_EMAIL_SECONDS = 0
    member(BUYER)
    member(MODERATOR, is_staff=True, is_superuser=True)
    newcomer, moderator, buyer = visitor(), visitor(), visitor()

    find_product(newcomer, picture)
    sign_up(newcomer, site, picture)
    write_review(newcomer, picture)
    prove_work_email(newcomer, site, picture)

    before = score_on_page(buyer)
    publish_review(moderator, picture)
    site.mail_to(REVIEWER, "is public")
    rating_moves(buyer, before, picture)

    ask(buyer, site, picture)
    answer(newcomer, site, picture)
    read_answer(buyer, site, picture)


def find_product(page: Page, picture) -> None:
    page.goto("/")
    picture(page, "01-home")
    search = page.get_by_role("main").get_by_role("searchbox")
    expect(search).to_be_focused()
    search.fill("grafanna")
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=grafanna"))
    picture(page, "02-search")
    page.get_by_role("main").get_by_role("link", name="Grafana", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Grafana")
    picture(page, "03-product")
    page.get_by_role("main").get_by_role("link", name="Write a review").first.click()


def sign_up(page: Page, site, picture) -> None:
    picture(page, "04-sign-in")
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.get_by_label(re.compile("^E-?mail", re.IGNORECASE)).fill(REVIEWER)
    page.get_by_label("Password").fill(PASSWORD)
    picture(page, "05-sign-up")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    picture(page, "06-check-your-mail")
    page.goto(link_in(site.mail_to(REVIEWER, "onfirm"), "/accounts/confirm-email/"))
    picture(page, "07-confirm")
    page.get_by_role("button", name="Yes, confirm it").click()


def next_step(page: Page) -> None:
    page.get_by_role("button", name="Next", exact=True).click()


def write_review(page: Page, picture) -> None:
    expect(page.get_by_role("heading", name="Product and use")).to_be_visible()
    page.get_by_label("Administrator").check()
    page.get_by_label("How long have you used it?").select_option(label="1 to 2 years")
    page.get_by_label("When did you last use it?").select_option(index=1)
    picture(page, "08-use")
    next_step(page)
    page.get_by_role("group", name=re.compile("^Your rating")).get_by_label(
        "5 out of 5 stars", exact=True
    ).check(force=True)
    page.get_by_label("In one line").fill(HEADLINE)
    page.get_by_role("group", name=re.compile("How likely")).get_by_label(
        "9", exact=True
    ).check()
    picture(page, "09-rating")
    next_step(page)
    page.get_by_label("What is good about it?").fill("Too short.")
    next_step(page)
    expect(
        page.get_by_text("Please write at least 40 characters").first
    ).to_be_visible()
    page.get_by_label("What is good about it?").fill(PROS)
    picture(page, "10-good")
    next_step(page)
    with page.expect_response("**/reviews/draft/"):
        page.get_by_label("What is not good about it?").fill(CONS)
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.reload()
    expect(page.get_by_label("What is not good about it?")).to_have_value(CONS)
    next_step(page)
    page.get_by_label("What do you use it for?").fill(USE_CASE)
    picture(page, "11-details")
    next_step(page)
    page.get_by_label("Your department").select_option(label="IT")
    page.get_by_label("Your level").select_option(label="Two levels below C")
    page.get_by_label("Size of your organisation").select_option(
        label="1,001–5,000 employees"
    )
    page.get_by_label("Industry", exact=True).select_option(
        label="Transport and logistics"
    )
    page.get_by_label("Customer", exact=True).check()
    page.get_by_label("No reward").check()
    page.get_by_label("I came by myself").check()
    page.get_by_label("By department, level").check()
    picture(page, "12-about-you")
    next_step(page)
    expect(page.get_by_text(PROS)).to_be_visible()
    page.get_by_label("I used this product myself").check()
    page.get_by_label("Nobody made a reward depend").check()
    picture(page, "13-check-and-send")
    page.get_by_role("button", name="Send the review").click()
    expect(page.get_by_text("Waiting for a moderator").first).to_be_visible()
    picture(page, "14-sent")


def prove_work_email(page: Page, site, picture) -> None:
    page.goto("/me/work-email/")
    page.get_by_label("address").fill("newcomer@gmail.com")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    picture(page, "15-free-mail-refused")
    page.get_by_label("address").fill(WORK_EMAIL)
    page.get_by_role("button", name="Send me the link").click()
    page.goto(link_in(site.mail_to(WORK_EMAIL, ""), "/me/work-email/confirm/"))
    picture(page, "16-confirm-work-email")
    page.get_by_role("button", name="Yes, I work at").click()
    expect(page.get_by_text(WORK_EMAIL).first).to_be_visible()
    picture(page, "17-work-email")


def publish_review(page: Page, picture) -> None:
    sign_in(page, MODERATOR)
    page.goto("/admin/")
    picture(page, "18-panel")
    page.goto("/admin/queue/")
    picture(page, "19-queue")
    page.get_by_role("link", name=re.compile("Our screens on the wall")).first.click()
    expect(page.get_by_text(PROS).first).to_be_visible()
    picture(page, "20-review-in-queue")
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_text("Done: publish")).to_be_visible()


def score_on_page(page: Page) -> float:
    page.goto("/products/grafana/")
    return float(page.locator(".score-number").first.inner_text())


def rating_moves(page: Page, before: float, picture) -> None:
    deadline = time.monotonic() + 30
    while score_on_page(page) <= before:
        assert time.monotonic() < deadline, "the score has not moved"
        page.wait_for_timeout(200)
    card = page.get_by_role("article").filter(has_text=PROS)
    expect(card.get_by_role("heading", level=3)).to_have_text(HEADLINE)
    card.get_by_text("1 answer").click()
    expect(card.get_by_text(USE_CASE)).to_be_visible()
    picture(page, "21-rating-moved")


def ask(page: Page, site, picture) -> None:
    sign_in(page, BUYER)
    page.goto("/products/grafana/")
    page.get_by_role("article").filter(has_text=PROS).get_by_role(
        "link", name="Ask this reviewer"
    ).click()
    page.get_by_role(
        "textbox", name=re.compile("question|message", re.IGNORECASE)
    ).fill(QUESTION)
    picture(page, "22-ask")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text("Your question is with the reviewer")).to_be_visible()
    picture(page, "23-asked")


def thread(page: Page) -> Locator:
    return page.get_by_role("list", name="Messages")


def answer(page: Page, site, picture) -> None:
    mail = site.mail_to(REVIEWER, "question")
    assert QUESTION not in mail
    page.goto(link_in(mail, "/messages/"))
    expect(thread(page).get_by_text(QUESTION)).to_be_visible()
    picture(page, "24-request")
    page.locator(".message-form").get_by_role("textbox").fill(ANSWER)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(thread(page).get_by_text(ANSWER)).to_be_visible()
    assert BUYER not in page.content()
    picture(page, "25-answered")


def read_answer(page: Page, site, picture) -> None:
    mail = site.mail_to(BUYER, "")
    assert ANSWER not in mail and REVIEWER not in mail and WORK_EMAIL not in mail
    page.goto("/messages/?tab=open")
    picture(page, "26-inbox")
    page.get_by_role("main").get_by_role("link").filter(
        has_text="Grafana"
    ).first.click()
    expect(thread(page).get_by_text(ANSWER)).to_be_visible()
    for hidden in (REVIEWER, WORK_EMAIL, "harbour-logistics"):
        assert hidden not in page.content()
    picture(page, "27-answer-read")
