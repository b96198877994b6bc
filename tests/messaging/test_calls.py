"""Proposing, agreeing, calling off: who may, when, and what becomes of the rest."""

import uuid
from datetime import timedelta

import pytest
import time_machine

from messaging.models import CallProposal, Conversation
from messaging.permissions import Refusal
from messaging.services import (
    ClientKeyReused,
    MessageRefused,
    accept_call,
    block_member,
    cancel_call,
    decline_call,
    expire_calls,
    leave_conversation,
    propose_call,
)
from tests.factories import ReviewFactory, VendorRepresentativeFactory
from tests.messaging.calling import agree, in_days, mails, propose, why_not
from tests.messaging.people import ask, write

State = CallProposal.State


def states():
    return list(CallProposal.objects.order_by("pk").values_list("state", flat=True))


def refusal_of(call):
    with pytest.raises(MessageRefused) as error:
        call()
    return error.value.refusal


def test_times_are_kept_in_order_and_to_the_minute(conversation, buyer):
    late, soon = in_days(3), in_days(2)
    exact = soon + timedelta(seconds=41, microseconds=7)
    call = propose(conversation, buyer, late, exact, minutes=45, place=" Room \n 5 ")
    slots = list(call.slots.values_list("position", "starts_at"))
    assert slots == [(1, soon), (2, late)]
    assert (call.minutes, call.place, call.state) == (45, "Room 5", "proposed")
    assert (call.time_zone, call.starts_at) == ("Europe/Berlin", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"slots": []},
        {"slots": [in_days(n) for n in range(1, 7)]},
        {"slots": [in_days(-1)]},
        {"slots": [in_days(366)]},
        {"slots": [in_days(2), in_days(2)]},
        {"minutes": 4},
        {"minutes": 481},
        {"place": "x" * 301},
        {"time_zone": "Mars/Olympus"},
    ],
)
def test_what_does_not_fit_is_refused(conversation, buyer, fields):
    slots = fields.pop("slots", None)
    said = {
        "minutes": 30,
        "place": "",
        "time_zone": "UTC",
        "client_key": uuid.uuid4(),
    }
    refused = refusal_of(
        lambda: propose_call(
            conversation=conversation,
            member=buyer,
            slots=[in_days(2)] if slots is None else slots,
            **said | fields,
        )
    )
    assert (refused, CallProposal.objects.count()) == (Refusal.CALL_UNFIT, 0)


def test_nothing_is_proposed_before_the_reviewer_accepted(request_, buyer, reviewer):
    for who in (buyer, reviewer):
        assert refusal_of(lambda w=who: propose(request_, w)) == Refusal.NOT_OPEN_YET
    assert CallProposal.objects.count() == 0


def test_nothing_is_proposed_in_what_is_over(conversation, buyer, reviewer):
    leave_conversation(conversation=conversation, member=reviewer)
    assert refusal_of(lambda: propose(conversation, buyer)) == Refusal.CLOSED


def test_a_representative_proposes_and_agrees_to_nothing(conversation, buyer, reviewer):
    call = propose(conversation, buyer)
    VendorRepresentativeFactory(user=reviewer)
    assert refusal_of(lambda: agree(call, reviewer)) in {
        Refusal.REPRESENTATIVE,
        Refusal.CLOSED,
    }
    assert refusal_of(lambda: propose(conversation, reviewer)) is not None
    call.refresh_from_db()
    assert call.starts_at is None


def test_a_stranger_reaches_nothing(conversation, buyer, stranger):
    call = propose(conversation, buyer)
    for attempt in (
        lambda: propose(conversation, stranger),
        lambda: agree(call, stranger),
        lambda: decline_call(proposal=call, member=stranger),
        lambda: cancel_call(proposal=call, member=stranger),
    ):
        with pytest.raises(Conversation.DoesNotExist):
            attempt()
    assert states() == ["proposed"]


def test_a_double_click_proposes_once(conversation, buyer):
    key, slot = uuid.uuid4(), in_days(2)
    first = propose(conversation, buyer, slot, client_key=key)
    again = propose(conversation, buyer, slot, client_key=key)
    assert (first.pk, states()) == (again.pk, ["proposed"])
    assert len(mails("call_proposed")) == 1
    with pytest.raises(ClientKeyReused):
        propose(conversation, buyer, in_days(3), client_key=key)
    with pytest.raises(ClientKeyReused):
        propose(conversation, buyer, slot, client_key=key, place="Elsewhere")


def test_other_times_answer_the_other_side_and_replace_ones_own(
    conversation, buyer, reviewer
):
    propose(conversation, buyer)
    propose(conversation, reviewer)
    assert states() == ["countered", "proposed"]
    propose(conversation, reviewer)
    assert states() == ["countered", "cancelled", "proposed"]
    assert CallProposal.objects.live().count() == 1


def test_agreeing_fixes_one_time(conversation, buyer, reviewer):
    call = agree(propose(conversation, buyer), reviewer, 2)
    assert (call.state, call.sequence) == ("accepted", 0)
    assert call.starts_at == call.slots.get(position=2).starts_at
    agree(call, reviewer, 2)
    assert len(mails("call_accepted")) == 1
    assert refusal_of(lambda: agree(call, reviewer, 1)) == Refusal.CALL_CHANGED
    assert refusal_of(lambda: propose(conversation, buyer)) == Refusal.CALL_AGREED


def test_nobody_agrees_to_their_own_times(conversation, buyer):
    call = propose(conversation, buyer)
    assert refusal_of(lambda: agree(call, buyer)) == Refusal.CALL_OWN
    assert (
        refusal_of(lambda: decline_call(proposal=call, member=buyer))
        == Refusal.CALL_OWN
    )
    assert states() == ["proposed"]


def test_a_time_of_another_proposal_is_none_of_this(conversation, buyer, reviewer):
    old = propose(conversation, buyer)
    new = propose(conversation, buyer, in_days(5))
    slot = old.slots.get(position=1)
    refused = refusal_of(lambda: accept_call(proposal=new, member=reviewer, slot=slot))
    assert (refused, states()) == (Refusal.CALL_CHANGED, ["cancelled", "proposed"])


def test_a_time_that_has_passed_is_not_agreed_to(conversation, buyer, reviewer):
    call = propose(conversation, buyer, in_days(1), in_days(3))
    with time_machine.travel(in_days(2), tick=False):
        assert refusal_of(lambda: agree(call, reviewer)) == Refusal.CALL_PASSED
        assert agree(call, reviewer, 2).state == "accepted"


def test_declining_and_calling_off_twice_is_once(conversation, buyer, reviewer):
    call = propose(conversation, buyer)
    for _ in range(2):
        decline_call(proposal=call, member=reviewer)
    assert states() == ["declined"]
    assert (
        refusal_of(lambda: cancel_call(proposal=call, member=buyer))
        == Refusal.CALL_CHANGED
    )
    second = agree(propose(conversation, buyer), reviewer)
    for _ in range(2):
        cancel_call(proposal=second, member=buyer)
    second.refresh_from_db()
    assert (second.state, second.sequence) == ("cancelled", 1)
    assert [mail.recipient for mail in mails("call_cancelled")] == [reviewer]


def test_only_its_proposer_takes_a_proposal_back(conversation, buyer, reviewer):
    call = propose(conversation, buyer)
    assert (
        refusal_of(lambda: cancel_call(proposal=call, member=reviewer))
        == Refusal.CALL_CHANGED
    )
    cancel_call(proposal=call, member=buyer)
    assert (states(), mails("call_cancelled")) == (["cancelled"], [])


@pytest.mark.parametrize("end", [leave_conversation, block_member])
def test_what_ends_a_conversation_ends_its_calls(conversation, buyer, reviewer, end):
    call = agree(propose(conversation, buyer), reviewer)
    who = {"blocker": buyer} if end is block_member else {"member": buyer}
    end(conversation=conversation, **who)
    call.refresh_from_db()
    assert (call.state, call.sequence) == ("cancelled", 1)
    told = {mail.recipient: why_not(mail) for mail in mails("call_cancelled")}
    assert told[reviewer] is None
    assert (buyer in told) is (end is block_member)


def test_the_clock_ends_what_nobody_answered_and_what_is_over(
    conversation, buyer, reviewer
):
    other = ask(buyer, ReviewFactory(author=reviewer))
    write(other, reviewer)
    agree(propose(conversation, buyer, in_days(1), minutes=60), reviewer)
    propose(other, buyer, in_days(1), in_days(2))
    with time_machine.travel(in_days(1, hours=0.5), tick=False):
        assert expire_calls() == 0
        assert refusal_of(lambda: propose(conversation, buyer)) == Refusal.CALL_AGREED
    with time_machine.travel(in_days(2, hours=1), tick=False):
        assert expire_calls() == 2
        assert expire_calls() == 0
        assert states() == ["past", "expired"]
        propose(conversation, buyer)
        propose(other, reviewer)


def test_a_new_proposal_needs_no_clock(conversation, buyer, reviewer):
    agree(propose(conversation, buyer, in_days(1)), reviewer)
    with time_machine.travel(in_days(2), tick=False):
        propose(conversation, reviewer)
    assert states() == ["past", "proposed"]
