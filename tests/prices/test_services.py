import dataclasses
import datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from moderation.models import Decision
from moderation.services import NotPossible
from notifications.models import OutgoingEmail
from prices import services
from prices.models import PriceReport
from prices.permissions import Refusal
from reviews.services import withdraw_review
from tests.factories import ProductFactory, UserFactory, WorkEmailFactory
from tests.prices.customers import customer, statement, told
from tests.prices.releases import cells, release_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory()


def report_price(user, product, **changes) -> PriceReport:
    return services.report_price(
        member=user, product=product, statement=statement(**changes)
    )


def test_report_keeps_what_was_said_and_for_which_organisation(product):
    user = customer(product, "acme.example")
    said = statement(discount_percent=15, auto_renewal=True, exit_format="open")
    services.report_price(member=user, product=product, statement=said)
    report = PriceReport.objects.get()
    assert {name: getattr(report, name) for name in services.STATED} == (
        dataclasses.asdict(said)
    )
    assert (report.organisation, report.company_size) == ("acme.example", "201-1000")
    assert report.unit_price == Decimal(125)


def test_who_may_not_report_changes_nothing(product):
    with pytest.raises(services.Refused) as refused:
        report_price(UserFactory(), product)
    assert refused.value.reason == Refusal.CONFIRM_EMAIL
    assert PriceReport.objects.count() == 0


def test_second_report_changes_the_first_and_its_date(product):
    user = customer(product)
    with time_machine.travel("2026-03-01", tick=False):
        user.work_emails.update(verified_at=timezone.now())
        first = report_price(user, product)
    with time_machine.travel("2026-04-01", tick=False):
        second = report_price(user, product, quantity=200)
    assert second.pk == first.pk
    report = PriceReport.objects.get()
    assert report.quantity == 200
    assert report.created_at.date() == datetime.date(2026, 3, 1)
    assert report.changed_at.date() == datetime.date(2026, 4, 1)


def test_report_saved_again_as_it_was_keeps_its_date(product):
    user = customer(product)
    told_at = told(product, user).changed_at
    report_price(user, product, purchase_year=told_at.year)
    assert PriceReport.objects.get().changed_at == told_at


def test_withdrawing_empties_the_row_and_a_new_one_can_be_made(product):
    user = customer(product)
    report = report_price(user, product, discount_percent=10)
    assert services.withdraw_price_report(report=report)
    assert not services.withdraw_price_report(report=report)
    report.refresh_from_db()
    assert {name: getattr(report, name) for name in services.EMPTIED} == (
        services.EMPTIED
    )
    assert report.withdrawn_at is not None
    assert report_price(user, product).pk != report.pk


def test_withdrawing_takes_the_figures_off_at_once(product):
    reports = [told(product, customer(product)) for _ in range(5)]
    release_of(product)
    assert len(cells(product)) > 0
    services.withdraw_price_report(report=reports[0])
    assert cells(product) == []


def test_change_of_a_value_leaves_the_figures(product):
    users = [customer(product) for _ in range(5)]
    for user in users:
        told(product, user)
    release_of(product)
    before = cells(product)
    report_price(users[0], product, yearly_amount=Decimal(99_000))
    release_of(product, timezone.now().date())
    assert cells(product) == before


@pytest.mark.parametrize("changes", [{"currency": "USD"}, {"unit": "employee"}])
def test_change_of_the_series_takes_the_figures_off(product, changes):
    users = [customer(product) for _ in range(5)]
    for user in users:
        told(product, user)
    release_of(product)
    report_price(users[0], product, **changes)
    assert cells(product) == []


def test_change_of_the_employer_takes_the_figures_off(product):
    users = [customer(product) for _ in range(5)]
    for user in users:
        told(product, user)
    release_of(product)
    WorkEmailFactory(
        user=users[0], verified_at=timezone.now() + datetime.timedelta(seconds=1)
    )
    report_price(users[0], product)
    assert cells(product) == []


def test_price_goes_with_its_review(product):
    kept, ended = customer(product), customer(product)
    told(product, kept)
    report = told(product, ended)
    ended.reviews.update(status="removed")
    assert services.withdraw_unsupported() == 1
    assert services.withdraw_unsupported() == 0
    report.refresh_from_db()
    assert report.withdrawn_at is not None
    assert PriceReport.objects.standing().get().member == kept


def test_figures_go_with_the_review_at_once(product):
    users = [customer(product) for _ in range(5)]
    for user in users:
        told(product, user)
    release_of(product)
    assert len(cells(product)) > 0
    withdraw_review(review=users[0].reviews.get(), author=users[0])
    assert cells(product) == []


def test_figures_stay_when_a_review_goes_that_stood_beside_no_price(product):
    for _ in range(5):
        told(product, customer(product))
    other = customer(product)
    release_of(product)
    before = cells(product)
    withdraw_review(review=other.reviews.get(), author=other)
    assert len(before) > 0
    assert cells(product) == before


def test_who_begins_to_speak_for_the_vendor_takes_their_prices_back(product):
    user = customer(product)
    other = ProductFactory()
    told(product, user)
    stays = told(other, user)
    services.withdraw_of_vendor(member=user, vendor=product.vendor)
    assert PriceReport.objects.standing().get() == stays


# --- Moderators -----------------------------------------------------------------------------

REASON = "The member asks why their report does not count."


def test_reading_is_logged_and_its_author_told(product):
    author, moderator = customer(product), UserFactory(is_staff=True)
    report = told(product, author)
    services.read_price_report(report=report, moderator=moderator, reason=REASON)
    line = Decision.objects.get()
    assert (line.action, line.target_kind, line.target_public_id) == (
        "read_price",
        "price_report",
        report.public_id,
    )
    assert (line.statement, line.moderator) == (REASON, moderator)
    mail = OutgoingEmail.objects.get(kind="price_read")
    assert mail.recipient == author
    assert REASON in mail.text


@pytest.mark.parametrize("is_staff", [False, True])
def test_author_and_others_cannot_read_as_moderators(product, is_staff):
    author = customer(product)
    report = told(product, author)
    author.is_staff = is_staff
    for user in (author, UserFactory()):
        with pytest.raises(NotPossible):
            services.read_price_report(report=report, moderator=user, reason=REASON)
    assert Decision.objects.count() == 0
