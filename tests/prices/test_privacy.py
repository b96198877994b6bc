import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from accounts import privacy
from accounts.services import erase_account
from disclosure.models import Cell, CohortMember
from moderation.models import Decision
from prices import services
from prices.models import PriceReport
from tests.factories import ProductFactory, UserFactory
from tests.prices.customers import customer, told
from tests.prices.releases import cells, release_of

pytestmark = pytest.mark.django_db
REASON = "The member asks why their report does not count."


@pytest.fixture
def product():
    return ProductFactory()


def read(report: PriceReport) -> None:
    moderator = UserFactory(is_staff=True)
    services.read_price_report(report=report, moderator=moderator, reason=REASON)


def test_export_has_all_that_one_told_and_who_read_it(product):
    user, other = customer(product), customer(product, "other.example")
    report = told(product, user, discount_percent=15)
    told(product, other)
    read(report)
    exported = privacy.export(user)
    (row,) = exported["prices"]
    assert (row["product__slug"], row["yearly_amount"], row["discount_percent"]) == (
        product.slug,
        report.yearly_amount,
        15,
    )
    assert [line["statement"] for line in exported["moderation"]["decisions"]] == [
        REASON
    ]
    as_text = json.dumps(exported, cls=DjangoJSONEncoder)
    assert "other.example" not in as_text


def test_erasure_leaves_nothing_and_takes_the_figures_off(product):
    users = [customer(product) for _ in range(5)]
    reports = [told(product, user) for user in users]
    domain = reports[0].organisation
    release_of(product)
    read(reports[0])
    assert len(cells(product)) == 2
    erase_account(user=users[0], keep_published=True)
    assert PriceReport.objects.count() == 4
    assert Cell.objects.count() == 0
    assert not CohortMember.objects.filter(organisation=domain).exists()
    assert Decision.objects.get().record.statement == ""


def test_erasure_of_somebody_without_prices_leaves_the_figures(product):
    for _ in range(5):
        told(product, customer(product))
    stranger = customer(product, "stranger.example")
    release_of(product)
    before = cells(product)
    erase_account(user=stranger, keep_published=True)
    assert cells(product) == before
