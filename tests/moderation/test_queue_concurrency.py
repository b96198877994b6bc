"""Two moderators at the same moment, on connections of their own."""

import threading

import pytest
from django.db import connection
from django.test import Client

from moderation.models import Decision, QueueItem
from moderation.services import hold_item
from notifications.models import OutgoingEmail
from tests.factories import UserFactory
from tests.moderation.waiting import item_of, page_of, waiting_review

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Each in a thread of its own, all let go together; what each returned."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n, call):
        try:
            start.wait(10)
            results[n] = call()
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("_", range(3))
def test_of_two_decisions_one_counts_and_the_other_is_a_conflict(_):
    review = waiting_review()
    address = page_of(review)
    clients = [signed_in(UserFactory(is_staff=True)) for _ in range(4)]
    answers = [
        {"verb": "publish", "seen_version": 1},
        {"verb": "reject", "seen_version": 1, "reason_code": "copied"},
    ] * 2

    responses = at_once(
        *(
            lambda client=client, answer=answer: client.post(address, answer)
            for client, answer in zip(clients, answers, strict=True)
        )
    )

    assert [response.status_code for response in responses] == [302] * 4
    decision = Decision.objects.get()
    review.refresh_from_db()
    assert (decision.action, review.status) in (
        ("publish", "published"),
        ("reject", "rejected"),
    )
    assert item_of(review).outcome == decision.action
    assert OutgoingEmail.objects.count() == 1
    went_on = [r for r in responses if r.headers["Location"] == "/admin/queue/"]
    sent_back = [r for r in responses if r.headers["Location"] == address]
    assert (len(went_on), len(sent_back)) == (1, 3)


def test_of_many_who_take_it_one_has_it():
    item = item_of(waiting_review())
    moderators = [UserFactory(is_staff=True) for _ in range(6)]

    held = at_once(
        *(
            lambda moderator=moderator: hold_item(item=item, moderator=moderator)
            for moderator in moderators
        )
    )

    assert sorted(held) == [False] * 5 + [True]
    assert QueueItem.objects.get().held_by == moderators[held.index(True)]
