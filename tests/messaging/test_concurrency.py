"""Real threads on a real Postgres: what the locks are for."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from messaging.models import Block, Conversation, Message, Participant
from messaging.services import (
    MessageRefused,
    block_member,
    mark_read,
    send_message,
    start_conversation,
)
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, write

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: list[Callable]) -> list:
    """Runs each in a thread of its own, all let go together; a refusal is a result."""
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


def unread(conversation, user):
    return Participant.objects.get(conversation=conversation, user=user).unread_count


def asking(buyer, review, key=None):
    return lambda: start_conversation(
        buyer=buyer, review=review, body="Why?", client_key=key or uuid.uuid4()
    )


def test_a_question_clicked_eight_times_is_sent_once():
    buyer, review = member(), ReviewFactory(author=member())
    results = at_once([asking(buyer, review, uuid.uuid4())] * 8)
    assert {type(result) for result in results} == {Conversation}
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_a_message_clicked_eight_times_is_sent_once():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    key = uuid.uuid4()
    results = at_once(
        [
            lambda: send_message(
                conversation=conversation, sender=reviewer, body="Yes.", client_key=key
            )
        ]
        * 8
    )
    assert len({message.pk for message in results}) == 1
    assert unread(conversation, buyer) == 1


def test_a_sender_begins_five_conversations_a_day_however_fast():
    buyer = member()
    reviews = [ReviewFactory(author=member()) for _ in range(8)]
    results = at_once([asking(buyer, review) for review in reviews])
    assert sum(isinstance(result, Conversation) for result in results) == 5
    assert results.count("sender_limit") == 3
    assert Conversation.objects.count() == 5


def test_a_reviewer_gets_three_questions_a_day_however_many_ask():
    reviewer = member()
    review = ReviewFactory(author=reviewer)
    results = at_once([asking(member(), review) for _ in range(8)])
    assert sum(isinstance(result, Conversation) for result in results) == 3
    assert results.count("reviewer_limit") == 5
    assert unread_total(reviewer) == 3


def unread_total(user):
    return sum(
        Participant.objects.filter(user=user).values_list("unread_count", flat=True)
    )


def test_unread_counts_stay_right_while_both_write_and_read():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)

    def talk(user):
        for n in range(6):
            sent = write(conversation, user, f"{n}")
            if n % 2:
                mark_read(conversation=conversation, member=user, up_to=sent)

    at_once([lambda u=user: talk(u) for user in (buyer, reviewer) * 3])
    last = conversation.messages.newest_first().first()
    for user in (buyer, reviewer):
        role = Participant.objects.get(conversation=conversation, user=user).role
        counted = conversation.messages.exclude(sender_role=role)
        assert unread(conversation, user) <= counted.count()
        mark_read(conversation=conversation, member=user, up_to=last)
        assert unread(conversation, user) == 0
    assert Message.objects.count() == 2 + 6 * 6


def test_unread_counts_equal_the_messages_when_nobody_reads():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    at_once(
        [
            lambda u=user: [write(conversation, u, f"{n}") for n in range(5)]
            for user in (buyer, reviewer) * 4
        ]
    )
    assert (unread(conversation, buyer), unread(conversation, reviewer)) == (21, 21)


def test_nothing_arrives_after_a_block():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)

    def block():
        block_member(blocker=reviewer, conversation=conversation)
        return Message.objects.count()

    results = at_once([block, *[lambda: write(conversation, buyer)] * 7])
    assert Message.objects.count() == results[0]
    assert Block.objects.count() == 1
