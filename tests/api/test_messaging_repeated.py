"""The same request twice, one after the other or at the same time, is done once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from accounts.models import IdempotencyKey
from messaging.models import CallProposal, ContactShare, Conversation, Message
from tests.api.conftest import Api
from tests.api.messaging_operations import (
    IN_A_CONVERSATION,
    ON_A_CALL,
    ON_A_REQUEST,
    PROPOSE,
    REPORT,
    SEND,
    SHARE,
    stored,
)
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, write

EVERYTHING = [*ON_A_REQUEST, *IN_A_CONVERSATION, *ON_A_CALL]


@pytest.fixture
def two(db):
    return member(email="buyer@hospital.example"), member(email="reviewer@bank.example")


@pytest.fixture
def about(two):
    """The conversation as the operation needs it, and who does it."""

    def prepared(operation):
        buyer, reviewer = two
        conversation = ask(buyer, ReviewFactory(author=reviewer))
        if operation not in ON_A_REQUEST:
            write(conversation, reviewer)
        if operation in ON_A_CALL:
            PROPOSE.send(Api(Client(), reviewer), conversation)
        theirs = operation in ON_A_REQUEST or operation is REPORT
        return conversation, reviewer if theirs else buyer

    return prepared


@pytest.mark.parametrize("operation", EVERYTHING, ids=str)
def test_a_repeated_request_acts_once_and_is_answered_alike(about, api, operation):
    conversation, who = about(operation)
    sender = api(who)
    first = operation.send(sender, conversation, Idempotency_Key="once")
    assert first.status_code in (200, 201), first.content
    after = stored()
    again = operation.send(sender, conversation, Idempotency_Key="once")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert stored() == after
    other = operation.send(sender, conversation, operation.other_body, Idempotency_Key="once")  # fmt: skip
    # Where no body can be other and right, the mistake in it comes first.
    wrong = "unknown" in operation.other_body
    assert other.status_code == (400 if wrong else 422), other.content
    assert other.json()["code"] == ("invalid" if wrong else "key_reused")
    assert stored() == after


def test_a_key_is_of_one_address_and_one_member(about, api, two):
    conversation, buyer = about(SEND)
    SEND.send(api(buyer), conversation, Idempotency_Key="once")
    elsewhere = SHARE.send(api(buyer), conversation, Idempotency_Key="once")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "key_reused")
    other = SEND.send(api(two[1]), conversation, Idempotency_Key="once")
    assert other.status_code == 201
    assert Message.objects.filter(body=SEND.body["body"]).count() == 2


def test_what_was_refused_is_not_kept_and_may_be_tried_again(about, api, two):
    conversation, reviewer = about(ON_A_REQUEST[0])
    buyer = api(two[0])
    refused = SEND.send(buyer, conversation, Idempotency_Key="once")
    assert (refused.status_code, refused.json()["code"]) == (409, "wait_for_answer")
    assert not IdempotencyKey.objects.exists()
    ON_A_REQUEST[0].send(api(reviewer), conversation)
    assert SEND.send(buyer, conversation, Idempotency_Key="once").status_code == 201


def test_a_message_stays_sent_once_after_its_key_is_forgotten(about, api):
    conversation, buyer = about(SEND)
    SEND.send(api(buyer), conversation, Idempotency_Key="once")
    IdempotencyKey.objects.all().delete()
    assert (
        SEND.send(api(buyer), conversation, Idempotency_Key="once").status_code == 201
    )
    assert Message.objects.filter(body=SEND.body["body"]).count() == 1


def at_once(number, act):
    def one(n):
        try:
            return act(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("operation", "table", "amount"),
    [(SEND, Message, 3), (SHARE, ContactShare, 1), (PROPOSE, CallProposal, 1)],
    ids=str,
)
def test_eight_at_once_under_one_key_act_once(transactional_db, two, about, operation, table, amount):  # fmt: skip
    conversation, who = about(operation)
    senders = [Api(Client(), who) for _ in range(8)]
    answers = at_once(
        8, lambda n: operation.send(senders[n], conversation, Idempotency_Key="once")
    )
    assert {a.status_code for a in answers} <= {200, 201}
    assert len({a.content for a in answers}) == 1
    assert table.objects.count() == amount


@pytest.mark.django_db(transaction=True)
def test_eight_questions_at_once_under_one_key_ask_once(transactional_db, two):
    buyer, reviewer = two
    asked = {"review": str(ReviewFactory(author=reviewer).public_id), "body": "Why?"}
    senders = [Api(Client(), buyer) for _ in range(8)]
    answers = at_once(
        8, lambda n: senders[n].post("conversations/", asked, Idempotency_Key="once")
    )
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert Conversation.objects.count() == Message.objects.count() == 1
