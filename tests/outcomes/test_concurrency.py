"""Real threads on a real Postgres: two timers, two clicks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from notifications.models import OutgoingEmail
from outcomes import services
from outcomes.models import CheckIn, Delivery
from outcomes.services import Answer, Refused, Stated
from reviews.services import withdraw_review
from tests.factories import ProductFactory
from tests.outcomes.customers import asked, customer, review_of
from tests.outcomes.test_delivery import KEPT

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: list[Callable]) -> list:
    """Runs each in a thread of its own, all let go together; a refusal is a result."""
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        except Refused as error:
            return error.reason.value
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_timers_ask_each_author_once():
    product = ProductFactory()
    for _ in range(6):
        review_of(product)

    results = at_once([services.ask_authors] * 4)

    assert sum(results) == 6
    assert (CheckIn.objects.count(), OutgoingEmail.objects.count()) == (6, 6)


def test_of_two_clicks_on_one_link_one_records():
    review = review_of(ProductFactory())
    asked(review)

    def click(still):
        return lambda: (
            services.answer_check_in(
                review=review,
                month=6,
                answer=Answer(still_using=still),
                only_first=True,
            ).still_using
        )

    results = at_once([click(True), click(False), click(True), click(False)])

    assert results.count("answered") == 3
    assert [CheckIn.objects.get().still_using] == [
        each for each in results if each != "answered"
    ]


def test_a_delivery_sent_eight_times_is_one():
    review = review_of(ProductFactory(), customer())
    stated = Stated(signed_on=KEPT[0], promised_on=KEPT[1], live_on=KEPT[2])

    results = at_once(
        [lambda: services.state_delivery(review=review, stated=stated)] * 8
    )

    assert len({each.pk for each in results}) == 1
    assert Delivery.objects.count() == 1


def test_an_answer_beside_a_withdrawal_waits_for_it():
    review = review_of(ProductFactory())
    author = review.author

    at_once(
        [
            lambda: services.answer_check_in(
                review=review, month=6, answer=Answer(still_using=True)
            ),
            lambda: withdraw_review(review=review, author=author),
        ]
    )

    review.refresh_from_db()
    assert review.status == "withdrawn"
