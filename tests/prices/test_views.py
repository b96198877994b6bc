import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from disclosure.panels import panels
from moderation.models import Decision
from prices import services
from prices.models import PriceReport
from products.models import ProductAlias
from tests.factories import ProductFactory, UserFactory, confirm_email
from tests.prices.customers import TYPED, customer, told
from tests.prices.releases import release_of

pytestmark = pytest.mark.django_db
REASON = "The member asks why their report does not count."


@pytest.fixture
def product():
    return ProductFactory()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *parts: object) -> str:
    return reverse(f"prices:{name}", args=parts)


# --- Saying what one pays -------------------------------------------------------------------


def test_customer_says_what_they_pay(product):
    user = customer(product, "acme.example")
    client = signed_in(user)
    page = client.get(address("price", product.slug))
    assert page.status_code == 200
    assert "Who sees what" in page.content.decode()
    assert "acme.example" in page.content.decode()
    answer = client.post(address("price", product.slug), TYPED)
    assert (answer.status_code, answer["Location"]) == (302, address("mine"))
    report = PriceReport.objects.get()
    assert (report.member, report.product, report.quantity) == (user, product, 100)


def test_visitor_signs_in_first_and_stranger_reads_what_is_missing(client, product):
    page = client.get(address("price", product.slug))
    assert page.status_code == 302
    assert "/accounts/login/" in page["Location"]
    stranger = signed_in(confirm_email(UserFactory()))
    for answer in (
        stranger.get(address("price", product.slug)),
        stranger.post(address("price", product.slug), TYPED),
    ):
        assert answer.status_code == 403
        assert "write your review first" in answer.content.decode()
    assert PriceReport.objects.count() == 0


def test_what_is_refused_is_not_lost(product):
    client = signed_in(customer(product))
    typed = TYPED | {"yearly_amount": "12.500,00 $", "quantity": "20 million"}
    answer = client.post(address("price", product.slug), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    for text in ("12.500,00 $", "20 million", "2025"):
        assert f'value="{text}"' in page
    assert "can&#x27;t be read as a number" in page
    assert PriceReport.objects.count() == 0


def test_own_report_is_changed_on_the_same_page(product):
    user = customer(product)
    told(product, user, auto_renewal=False)
    client = signed_in(user)
    page = client.get(address("price", product.slug)).content.decode()
    assert 'value="12,500.00"' in page
    assert re.search(r'value="no"[^>]*checked', page)
    client.post(address("price", product.slug), TYPED | {"quantity": "250"})
    assert PriceReport.objects.get().quantity == 250


def test_who_may_no_longer_report_can_still_withdraw(product):
    user = customer(product)
    report = told(product, user)
    user.work_emails.all().delete()
    client = signed_in(user)
    page = client.get(address("price", product.slug))
    assert page.status_code == 403
    assert address("withdraw", report.public_id) in page.content.decode()
    client.post(address("withdraw", report.public_id))
    assert PriceReport.objects.standing().count() == 0


def test_withdrawing_asks_first(product):
    user = customer(product)
    report = told(product, user)
    client = signed_in(user)
    assert client.get(address("withdraw", report.public_id)).status_code == 200
    assert PriceReport.objects.standing().count() == 1
    answer = client.post(address("withdraw", report.public_id))
    assert answer["Location"] == address("mine")
    assert PriceReport.objects.standing().count() == 0
    assert client.post(address("withdraw", report.public_id)).status_code == 404


def test_report_of_another_is_as_if_it_were_not_there(product):
    report = told(product, customer(product))
    other = signed_in(customer(product))
    for public_id in (report.public_id, uuid4()):
        assert other.get(address("withdraw", public_id)).status_code == 404
        assert other.post(address("withdraw", public_id)).status_code == 404
    assert PriceReport.objects.standing().get() == report
    assert str(report.public_id) not in other.get(address("mine")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_own_prices_are_listed_in_the_same_number_of_queries(
    count, django_assert_num_queries
):
    user = None
    for _ in range(count):
        product = ProductFactory()
        writer = customer(product)
        user = user or writer
        told(product, user)
    client = signed_in(user)
    client.get(address("mine"))
    # Session, user, unread messages, reports, readings.
    with django_assert_num_queries(5):
        page = client.get(address("mine")).content.decode()
    assert page.count("12,500 a year for 100: EUR 125.00 per user") == count


def test_own_prices_say_when_each_counts_and_who_read_it(product, time_machine):
    time_machine.move_to("2026-11-22 12:00", tick=False)
    user = customer(product)
    young = told(product, user, days=10)
    old_product = ProductFactory()
    old = told(old_product, user, days=200)
    customer(old_product)
    user.reviews.create(
        **{
            field: getattr(user.reviews.get(), field)
            for field in [
                "status",
                "headline",
                "pros",
                "cons",
                "half_stars",
                "would_recommend",
                "perspective",
                "job_function",
                "seniority",
                "company_size",
                "industry",
                "usage_duration",
                "last_used_on",
                "verification_method",
                "verified_on",
                "published_at",
            ]
        },
        product=old_product,
    )
    services.read_price_report(
        report=old, moderator=UserFactory(is_staff=True), reason=REASON
    )
    page = " ".join(signed_in(user).get(address("mine")).content.decode().split())
    assert young.created_at.date().isoformat() == "2026-11-12"
    assert "Counts from 1 April 2027 on at the earliest" in page
    assert "Part of the figures since 1 October 2026 at the earliest" in page
    assert "A moderator read this on 22 November 2026." in page
    assert REASON in page


# --- What everybody reads -------------------------------------------------------------------


def release_five(product) -> None:
    for amount in (10_000, 11_000, 12_000, 13_000, 14_000):
        told(product, customer(product), yearly_amount=amount, discount_percent=15)
    release_of(product)


def test_panel_says_what_is_missing_and_not_how_many_there_are(product):
    def panel() -> str:
        return next(html for html in panels(product) if 'id="prices"' in html)

    empty = panel()
    for _ in range(4):
        told(product, customer(product))
    assert panel() == empty
    assert "at least 5 organisations have told us theirs" in empty
    assert address("price", product.slug) in empty
    assert "<svg" not in empty


def test_panel_and_page_show_what_was_released(client, product):
    release_five(product)
    panel = next(html for html in panels(product) if 'id="prices"' in html)
    page = client.get(address("prices", product.slug)).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", panel).split())
    assert "between EUR 110 and EUR 130 per user and year; the middle is EUR 120" in text  # fmt: skip
    for html in (panel, page):
        assert "From at least 5 organisations" in html
        assert "half get 10\u00a0to\u00a020\u00a0%; middle 15\u00a0%" in html
        assert html.count('price-bar"') == 2
        assert "/about/figures/#prices" in html


def test_page_of_prices_without_figures_says_what_is_missing(client, product):
    page = client.get(address("prices", product.slug))
    assert page.status_code == 200
    assert "at least 5 organisations have told us theirs" in page.content.decode()
    assert client.get(address("prices", "nope")).status_code == 404


def test_page_of_a_renamed_product_leads_to_it(client, product):
    ProductAlias.objects.create(product=product, slug="once-called", name="Once called")
    answer = client.get(address("prices", "once-called"))
    assert (answer.status_code, answer["Location"]) == (
        301,
        address("prices", product.slug),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_prices_needs_the_same_number_of_queries(
    client, product, count, django_assert_num_queries
):
    for currency in ("EUR", "USD", "GBP")[:count]:
        for _ in range(5):
            told(product, customer(product), currency=currency)
    release_of(product)
    client.get(address("prices", product.slug))
    with django_assert_num_queries(2):
        page = client.get(address("prices", product.slug)).content.decode()
    assert page.count('<h2 id="series-') == count


def test_api_gives_the_figures_of_the_page(client, product):
    release_five(product)
    answer = client.get(f"/api/v1/products/{product.slug}/prices/")
    assert answer.status_code == 200
    body = answer.json()
    assert body["product"] == product.slug
    assert [
        (cell["unit"], cell["currency"], cell["band"], cell["organisations"])
        for cell in body["cells"]
    ] == [("user", "EUR", "", 5), ("user", "EUR", "medium", 5)]
    price = body["cells"][0]["figures"]["unit_price"]
    assert price == {"low": 110, "median": 120, "high": 130, "organisations": 5}
    page = client.get(address("prices", product.slug)).content.decode()
    for value in (price["low"], price["median"], price["high"]):
        assert f"{value:,.0f}" in page
    refused = client.get(f"/api/v1/products/{product.slug}/prices/?size=1-50")
    assert refused.status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_api_needs_the_same_number_of_queries(
    client, product, count, django_assert_num_queries
):
    for currency in ("EUR", "USD", "GBP")[:count]:
        for _ in range(5):
            told(product, customer(product), currency=currency)
    release_of(product)
    with django_assert_num_queries(2):
        body = client.get(f"/api/v1/products/{product.slug}/prices/").json()
    assert len(body["cells"]) == 2 * count


# --- Staff ----------------------------------------------------------------------------------


def test_moderator_reads_a_report_with_a_reason_and_only_in_the_answer_to_it(product):
    user = customer(product, "acme.example")
    report = told(product, user)
    moderator = signed_in(confirm_email(UserFactory(is_staff=True)))
    asked = {"reference": str(report.public_id), "reason": REASON}
    shown = moderator.get(address("read"), asked).content.decode()
    assert "12500.00" not in shown
    assert Decision.objects.count() == 0
    answer = moderator.post(address("read"), asked)
    assert answer.status_code == 200
    assert "12500.00 EUR" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Decision.objects.get().statement == REASON
    assert "12500.00" not in moderator.get(address("read")).content.decode()


@pytest.mark.parametrize(
    "changes", [{"reason": "because"}, {"reference": str(uuid4())}, {"reference": "1"}]
)
def test_without_a_reason_or_a_reference_nothing_is_shown(product, changes):
    report = told(product, customer(product))
    moderator = signed_in(confirm_email(UserFactory(is_staff=True)))
    asked = {"reference": str(report.public_id), "reason": REASON} | changes
    answer = moderator.post(address("read"), asked)
    assert answer.status_code == 422
    assert "12500.00" not in answer.content.decode()
    assert Decision.objects.count() == 0


def test_nobody_but_moderators_reaches_the_page(client, product):
    author = customer(product)
    report = told(product, author)
    asked = {"reference": str(report.public_id), "reason": REASON}
    for each in (client, signed_in(author), signed_in(UserFactory())):
        answer = each.post(address("read"), asked)
        assert answer.status_code in (302, 403)
        assert "12500" not in answer.content.decode()
    assert Decision.objects.count() == 0


def test_own_report_is_read_by_another_moderator(product):
    author = customer(product)
    author.is_staff = True
    author.save(update_fields=["is_staff"])
    report = told(product, author)
    asked = {"reference": str(report.public_id), "reason": REASON}
    answer = signed_in(author).post(address("read"), asked)
    assert answer.status_code == 422
    assert Decision.objects.count() == 0


def test_reports_are_in_no_admin_page():
    registered = admin.site._registry
    assert [model for model in registered if model._meta.app_label == "prices"] == []
    inlines = [inline.model for each in registered.values() for inline in each.inlines]
    assert PriceReport not in inlines
    assert apps.get_model("prices.PriceReport") is PriceReport
