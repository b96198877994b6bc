"""Real threads on a real Postgres: what the locks are for."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from messaging.models import (
    Block,
    Conversation,
    Message,
    MessagingSuspension,
    Participant,
)
from messaging.permissions import Refusal, can_message
from messaging.services import (
    MessageRefused,
    block_member,
    decline_request,
    mark_read,
    report_message,
    send_message,
    start_conversation,
    uphold_report,
)
from moderation.models import ReasonCode
from tests.factories import ReviewFactory
from tests.messaging.people import ask, declined, member, write

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


def test_nothing_arrives_after_a_suspension():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    written = report_message(
        message=conversation.messages.get(sender=buyer),
        reporter=reviewer,
        reason="spam",
        details="",
    )
    other = ask(buyer, ReviewFactory(author=member()))
    Conversation.objects.filter(pk=other.pk).update(state="open")
    moderator = member(is_staff=True)

    def suspend():
        uphold_report(
            report=written,
            moderator=moderator,
            reason_code=ReasonCode.ADVERTISING,
            statement="An advert.",
            suspension="for_good",
        )
        return Message.objects.count()

    sends = [lambda c=c: write(c, buyer) for c in (conversation, other) * 3]
    asks = [asking(buyer, ReviewFactory(author=member())) for _ in range(2)]
    results = at_once([suspend, *sends, *asks])
    assert Message.objects.count() == results[0]
    refusals = {r for r in results[1:] if isinstance(r, Refusal)}
    assert refusals <= {Refusal.SUSPENDED, Refusal.CLOSED}
    assert [suspended_now(buyer), suspended_now(reviewer)] == [True, False]


def suspended_now(user):
    return MessagingSuspension.objects.current().filter(user=user).exists()


def test_a_third_decline_slows_down_at_once():
    """Whoever asks while it is declined has begun before it, or is refused."""
    buyer, reviewer = member(), member()
    request = ask(buyer, ReviewFactory(author=reviewer))
    declined(buyer, 2)
    ask(buyer, ReviewFactory(author=member()))
    reviews = [ReviewFactory(author=member()) for _ in range(6)]

    def decline():
        return decline_request(conversation=request, reviewer=reviewer)

    results = at_once([decline, *[asking(buyer, review) for review in reviews]])
    began = [result for result in results if isinstance(result, Conversation)]
    refused = [result for result in results if isinstance(result, Refusal)]
    request.refresh_from_db()
    assert (request.state, len(began) + len(refused)) == ("declined", 6)
    assert {Refusal.SLOWED_DOWN} >= set(refused) - {Refusal.SENDER_LIMIT}
    assert all(row.created_at < request.ended_at for row in began)
    assert asking_once_more(buyer) == Refusal.SLOWED_DOWN


def asking_once_more(buyer):
    return can_message(buyer, ReviewFactory(author=member()))


def test_who_is_declined_does_not_ask_again_meanwhile():
    buyer, reviewer = member(), member()
    review = ReviewFactory(author=reviewer)
    request = ask(buyer, review)
    results = at_once(
        [
            lambda: decline_request(conversation=request, reviewer=reviewer),
            *[asking(buyer, review) for _ in range(5)],
        ]
    )
    assert results == [None, *[Refusal.ALREADY_ASKED] * 5]
    assert Message.objects.count() == 1


def test_two_blocks_and_many_messages_wait_for_nobody_for_ever():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    both = (buyer, reviewer)
    at_once(
        [
            *[
                lambda u=u: block_member(blocker=u, conversation=conversation)
                for u in both
            ],
            *[lambda u=u: write(conversation, u) for u in both * 3],
        ]
    )
    conversation.refresh_from_db()
    assert conversation.state == "blocked"
    assert Block.objects.count() == 2
    assert Message.objects.count() == conversation.message_count
