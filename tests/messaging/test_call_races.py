"""Real threads on a real Postgres: one state, one e-mail, whoever comes first."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from messaging.models import CallProposal, CallSlot
from messaging.permissions import Refusal
from messaging.services import (
    MessageRefused,
    accept_call,
    cancel_call,
    expire_calls,
    remind_of_calls,
)
from notifications.models import OutgoingEmail
from tests.factories import ReviewFactory
from tests.messaging.calling import agree, in_days, mails, propose
from tests.messaging.people import ask, member, write

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
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


def accepting(call, user):
    slot = call.slots.get(position=1)
    return lambda: accept_call(proposal=call, member=user, slot=slot)


def cancelling(call, user):
    return lambda: cancel_call(proposal=call, member=user)


def open_talk():
    buyer, reviewer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    return conversation, buyer, reviewer


def test_agreed_or_taken_back_but_not_both():
    conversation, buyer, reviewer = open_talk()
    for _ in range(6):
        call = propose(conversation, buyer)
        agreed, _ = at_once(
            accepting(call, reviewer),
            cancelling(call, buyer),
        )
        call.refresh_from_db()
        # Taking back what was agreed a moment ago calls it off.
        assert call.state == "cancelled"
        assert agreed in (None, Refusal.CALL_CHANGED)
        assert (call.starts_at is None) is (agreed == Refusal.CALL_CHANGED)
        assert call.sequence == 1
        told = OutgoingEmail.objects.filter(about__call=str(call.public_id))
        kinds_told = set(told.values_list("kind", flat=True)) - {"call_proposed"}
        both = {"call_accepted", "call_cancelled"}
        assert kinds_told == (both if agreed is None else set())


def test_agreed_or_answered_with_other_times_but_not_both():
    conversation, buyer, reviewer = open_talk()
    for _ in range(6):
        call = propose(conversation, buyer)
        agreed, countered = at_once(
            accepting(call, reviewer),
            lambda: propose(conversation, reviewer),
        )
        call.refresh_from_db()
        if agreed is None:
            assert (call.state, countered) == ("accepted", Refusal.CALL_AGREED)
            cancel_call(proposal=call, member=buyer)
        else:
            assert (call.state, countered.state) == ("countered", "proposed")
        assert CallProposal.objects.live().count() <= 1


def test_both_propose_at_once_and_one_stands():
    conversation, buyer, reviewer = open_talk()
    at_once(*[lambda w=who: propose(conversation, w) for who in (buyer, reviewer) * 4])
    assert CallProposal.objects.live().count() == 1
    assert CallProposal.objects.count() == 8


def test_a_proposal_clicked_eight_times_is_made_once():
    conversation, buyer, _ = open_talk()
    key, slot = uuid.uuid4(), in_days(2)
    made = at_once(*[lambda: propose(conversation, buyer, slot, client_key=key)] * 8)
    assert len({call.pk for call in made}) == CallProposal.objects.count() == 1
    assert len(mails("call_proposed")) == 1


def test_two_workers_remind_once():
    calls = []
    for _ in range(4):
        conversation, buyer, reviewer = open_talk()
        calls.append(agree(propose(conversation, buyer, in_days(0, 2)), reviewer))
    with time_machine.travel(in_days(0, 1.2), tick=True):
        reminded = at_once(*[remind_of_calls] * 4)
    assert sum(reminded) == len(calls)
    assert len(mails("call_reminder")) == 2 * len(calls)


def test_the_clock_and_an_answer_at_once_leave_one_state():
    conversation, buyer, reviewer = open_talk()
    call = propose(conversation, buyer, in_days(1))
    CallSlot.objects.update(starts_at=timezone.now() + timedelta(milliseconds=150))
    agreed, *_ = at_once(
        accepting(call, reviewer),
        *[expire_calls] * 3,
    )
    expire_calls()
    call.refresh_from_db()
    if agreed is None:
        assert (call.state, call.starts_at) == ("accepted", call.slots.get().starts_at)
    else:
        assert agreed in (Refusal.CALL_PASSED, Refusal.CALL_CHANGED)
        assert call.starts_at is None
    # The one who proposed is told of an agreement that holds, and of no other.
    assert len(mails("call_accepted")) == (1 if agreed is None else 0)
