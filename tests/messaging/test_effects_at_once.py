"""What ends conversations, at the same moment as what happens in them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.services import erase_account
from messaging.models import (
    Conversation,
)
from messaging.services import (
    MessageRefused,
)
from reviews.services import withdraw_review
from tests.factories import (
    ReviewFactory,
)
from tests.messaging.people import ask, member, write


def at_once(*calls):
    """Each in a thread of its own; what was refused is a result, anything else fails the test."""
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        except MessageRefused as error:
            return error.refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_no_question_slips_past_a_withdrawal():
    for _ in range(3):
        reviewer = member()
        review = ReviewFactory(author=reviewer)
        askers = [member() for _ in range(3)]
        results = at_once(
            lambda review=review, reviewer=reviewer: withdraw_review(
                review=review, author=reviewer
            ),
            *[
                lambda asker=asker, review=review: ask(asker, review)
                for asker in askers
            ],
        )
        begun = sum(isinstance(result, Conversation) for result in results)
        about = Conversation.objects.filter(review=review)
        assert [each.state for each in about] == ["closed"] * begun


@pytest.mark.django_db(transaction=True)
def test_two_who_talk_go_at_once_and_nothing_of_it_stays():
    """Reviews, members, conversations: in one order, so nobody waits for one another."""
    for _ in range(3):
        one, other = member(), member()
        of_one, of_other = ReviewFactory(author=one), ReviewFactory(author=other)
        write(ask(one, of_other), other)
        write(ask(other, of_one), one)
        at_once(
            lambda one=one: erase_account(user=one, keep_published=False),
            lambda other=other: erase_account(user=other, keep_published=True),
        )
        assert not Conversation.objects.exists()
