"""Real threads on a real Postgres: one digest a week, one list under a limit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from following import services
from following.models import DigestSubscription, Follow, Shortlist, ShortlistItem
from following.permissions import MOST_SHORTLISTS
from notifications.models import OutgoingEmail
from tests.factories import ProductFactory, ReviewFactory
from tests.following.keeping import ago, follows, shortlist, subscribe
from tests.messaging.people import member

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: list[Callable]) -> list:
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        except services.Refused as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def readers(count: int) -> None:
    product = ProductFactory()
    ReviewFactory(product=product, published_at=ago(1))
    for _ in range(count):
        reader = member()
        follows(reader, product)
        subscribe(reader)


def test_two_workers_at_once_send_one_to_each():
    readers(5)
    sent = at_once([services.send_digests] * 4)
    assert sum(sent) == 5
    assert OutgoingEmail.objects.filter(kind="digest").count() == 5


def test_a_worker_that_dies_in_the_middle_loses_none():
    readers(3)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert services.digest.send_portion(timezone.now()) == (3, 3)
        raise ZeroDivisionError
    assert OutgoingEmail.objects.count() == 0
    assert services.send_digests() == 3


def test_a_busy_row_is_passed_by_and_sent_later():
    readers(2)
    with transaction.atomic():
        DigestSubscription.objects.select_for_update().earliest("pk")
        assert at_once([services.send_digests]) == [1]
    assert services.send_digests() == 1


def test_eight_clicks_make_one_row():
    owner, product = member(), ProductFactory()
    mine = shortlist(owner)
    at_once([lambda: services.add_product(shortlist=mine, product=product)] * 8)
    at_once([lambda: services.follow(follower=owner, target=product)] * 8)
    assert (ShortlistItem.objects.count(), Follow.objects.count()) == (1, 1)


def test_the_limit_holds_under_eight_clicks():
    owner = member()
    for number in range(MOST_SHORTLISTS - 1):
        shortlist(owner, name=f"List {number}")
    results = at_once(
        [
            lambda n=n: services.create_shortlist(owner=owner, name=f"New {n}")
            for n in range(8)
        ]
    )
    assert Shortlist.objects.count() == MOST_SHORTLISTS
    assert sum(isinstance(each, Shortlist) for each in results) == 1
