"""Real threads, real transactions: at no moment does a committed cell hold an organisation that has withdrawn."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from disclosure.models import Cell, Cohort, CohortMember, Release
from disclosure.releasing import check, release
from disclosure.services import retire
from prices.models import PriceReport
from prices.services import withdraw_price_report
from prices.topics import PRICE
from tests.disclosure.ledger import FIRST, LEDGER
from tests.factories import ProductFactory
from tests.prices.customers import customer, told

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def at_once(*works: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            barrier.wait(10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result(60) for future in [threads.submit(run, w) for w in works]]


def test_of_releases_at_once_one_is_made(ledger):
    ledger.say_all("abcdefghij")
    made = at_once(*[lambda: release(ledger.product.pk, LEDGER, FIRST)] * 4)
    assert sorted(made) == [False, False, False, True]
    assert Cohort.objects.count() == 2
    assert CohortMember.objects.count() == 10
    assert Release.objects.get().revision == 1


def test_a_withdrawal_during_the_release_leaves_nothing_of_it():
    for round_ in range(ROUNDS):
        product = ProductFactory()
        reports = [
            told(product, customer(product, f"r{round_}n{n}.example")) for n in range(6)
        ]
        leaving = reports[round_ % 6]
        at_once(
            lambda product=product: release(
                product.pk, PRICE, FIRST.replace(year=2026, month=10)
            ),
            lambda leaving=leaving: withdraw_price_report(report=leaving),
        )
        behind = CohortMember.objects.filter(
            cohort__product=product, cohort__retired_on=None
        )
        assert leaving.organisation not in set(
            behind.values_list("organisation", flat=True)
        )
        # Either it was out before, and five are released, or it took its cohort with it.
        cells = Cell.objects.filter(product=product, band="")
        assert behind.count() in (0, 5)
        assert cells.count() == (1 if behind.exists() else 0)


def test_all_of_two_cohorts_withdraw_at_once():
    product = ProductFactory()
    reports = [told(product, customer(product, f"n{n}.example")) for n in range(10)]
    release(product.pk, PRICE, FIRST.replace(year=2026, month=10))
    assert Cell.objects.filter(product=product).exists()
    at_once(
        *[
            lambda report=report: withdraw_price_report(report=report)
            for report in reports
        ],
        lambda: check(product.pk, PRICE),
    )
    assert not Cell.objects.exists()
    assert not Cohort.objects.live().exists()
    assert not CohortMember.objects.exclude(value=None).exists()
    assert not PriceReport.objects.standing().exists()


def test_a_withdrawal_that_is_rolled_back_changes_nothing(ledger):
    ledger.say_all("abcde")
    ledger.release()
    before = list(Cell.objects.values())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        retire(topic=LEDGER, product_id=ledger.product.pk, organisation="a")
        assert not Cell.objects.exists()
        raise ZeroDivisionError
    assert list(Cell.objects.values()) == before
    assert CohortMember.objects.exclude(value=None).count() == 5
