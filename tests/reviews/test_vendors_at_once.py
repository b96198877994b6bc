"""Real threads, real transactions: what several people of a vendor do at the same time."""

from collections import Counter
from functools import partial

import pytest
from django.utils import timezone

from moderation.models import QueueItem
from moderation.services import NotPossible
from products.models import VendorRepresentative
from products.services import leave_vendor
from reviews.models import Dispute, VendorResponse
from tests.factories import ReviewFactory
from tests.reviews.test_concurrency import all_at_once
from tests.reviews.vendors import make_stage

pytestmark = pytest.mark.django_db(transaction=True)


def tried(act) -> str:
    try:
        act()
    except NotPossible:
        return "refused"
    return "done"


def test_twenty_disputes_at_once_leave_ten_open():
    stage = make_stage()
    reviews = [ReviewFactory(product=stage.product) for _ in range(20)]
    outcomes = all_at_once(
        *(partial(tried, partial(stage.dispute, r)) for r in reviews)
    )
    assert Counter(outcomes) == {"done": 10, "refused": 10}
    assert Dispute.objects.filter(status="open").count() == 10
    assert QueueItem.objects.waiting().count() == 10


def test_of_many_answers_at_once_one_is_taken():
    stage = make_stage()
    texts = [f"The answer by number {n}, in full." for n in range(8)]
    outcomes = all_at_once(*(partial(tried, partial(stage.respond, t)) for t in texts))
    assert Counter(outcomes) == {"done": 1, "refused": 7}
    assert VendorResponse.objects.count() == QueueItem.objects.waiting().count() == 1


def test_nothing_is_said_after_the_end_of_the_right_to_speak():
    stage = make_stage()
    reviews = [ReviewFactory(product=stage.product) for _ in range(8)]

    disputes = [partial(tried, partial(stage.dispute, review)) for review in reviews]
    leaving = partial(leave_vendor, user=stage.eva, vendor=stage.vendor)
    outcomes = all_at_once(*disputes[:4], leaving, *disputes[4:])
    assert outcomes[4] is True
    assert Dispute.objects.count() == outcomes.count("done")
    ended_at = VendorRepresentative.objects.get().ended_at
    assert ended_at is not None
    assert ended_at < timezone.now()
    assert tried(lambda: stage.dispute()) == "refused"
