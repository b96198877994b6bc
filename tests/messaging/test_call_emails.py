"""What is told of calls: that there is something, when on the reader's clock; never where, never with whom."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Profile
from messaging import timers
from messaging.services import (
    cancel_call,
    decline_call,
    leave_conversation,
    remind_of_calls,
    set_muted,
)
from notifications import kinds
from notifications.models import OutgoingEmail
from tests.factories import VendorRepresentativeFactory
from tests.messaging.calling import agree, in_days, mails, propose, why_not


def zones(**by_user):
    for user, name in by_user.values():
        Profile.objects.filter(user=user).update(time_zone=name)


@pytest.fixture
def agreed(conversation, buyer, reviewer):
    zones(b=(buyer, "America/New_York"), r=(reviewer, "Asia/Kathmandu"))
    with time_machine.travel("2027-03-10T12:00Z", tick=False):
        call = propose(
            conversation,
            buyer,
            in_days(5),
            in_days(6),
            place="https://meet.example/hushplace",
            time_zone="America/New_York",
        )
        agree(call, reviewer)
    return call


def test_each_kind_can_be_switched_off():
    names = {kind.name for kind in kinds.optional()}
    assert {
        "call_proposed",
        "call_accepted",
        "call_cancelled",
        "call_declined",
        "call_reminder",
    } <= names


def test_whoever_proposed_is_told_that_the_times_are_declined(
    conversation, buyer, reviewer
):
    call = propose(conversation, buyer, place="The second floor")
    for _ in range(2):
        decline_call(proposal=call, member=reviewer)
    (mail,) = mails("call_declined")
    assert (mail.recipient, why_not(mail)) == (buyer, None)
    assert conversation.get_absolute_url() in mail.text
    assert "second floor" not in mail.text
    leave_conversation(conversation=conversation, member=reviewer)
    assert why_not(mail) is not None


def test_a_muted_conversation_tells_nothing_of_what_is_declined(
    conversation, buyer, reviewer
):
    call = propose(conversation, buyer)
    set_muted(conversation=conversation, member=buyer, muted=True)
    decline_call(proposal=call, member=reviewer)
    assert [why_not(mail) is None for mail in mails("call_declined")] == [False]


def test_emails_tell_the_time_on_their_readers_clock(agreed, buyer, reviewer):
    with time_machine.travel("2027-03-15T11:10Z", tick=False):
        remind_of_calls()
        cancel_call(proposal=agreed, member=buyer)
    told = [
        (mail.kind, mail.recipient)
        for mail in OutgoingEmail.objects.filter(kind__startswith="call_")
    ]
    assert sorted(told, key=str) == sorted(
        [
            ("call_proposed", reviewer),
            ("call_accepted", buyer),
            ("call_reminder", buyer),
            ("call_reminder", reviewer),
            ("call_cancelled", reviewer),
        ],
        key=str,
    )
    # The night before, New York has put its clocks forward.
    in_new_york = "Mon 15 Mar 2027, 08:00 (America/New_York, UTC−4), 30 minutes"
    in_kathmandu = "Mon 15 Mar 2027, 17:45 (Asia/Kathmandu, UTC+5:45), 30 minutes"
    for mail in OutgoingEmail.objects.filter(kind__startswith="call_"):
        mine, theirs = in_new_york, in_kathmandu
        if mail.recipient == reviewer:
            mine, theirs = theirs, mine
        assert (mine in mail.text) is (mail.kind != "call_proposed"), mail.kind
        everything = mail.subject + mail.text + mail.html + str(mail.about)
        for foreign in (theirs, theirs[22:30], theirs.split("(")[1][:12]):
            assert foreign not in everything, (mail.kind, foreign)


def test_emails_tell_neither_place_nor_name(agreed, buyer, reviewer):
    cancel_call(proposal=agreed, member=reviewer)
    aliases = agreed.conversation.participants.values_list("alias", flat=True)
    for mail in OutgoingEmail.objects.filter(kind__startswith="call_"):
        everything = mail.subject + mail.text + mail.html + str(mail.about)
        for private in ("hushplace", *aliases):
            assert private not in everything, mail.kind
        for person in {buyer, reviewer} - {mail.recipient}:
            assert person.email not in everything
            assert str(person.public_id) not in everything
        url = f"http://testserver/messages/{agreed.conversation.public_id}/"
        assert url in mail.text


def test_a_reminder_comes_once_an_hour_before(agreed):
    for moment, reminded in [
        ("2027-03-15T10:59Z", 0),
        ("2027-03-15T11:01Z", 1),
        ("2027-03-15T11:06Z", 0),
        ("2027-03-15T11:59Z", 0),
    ]:
        with time_machine.travel(moment, tick=False):
            assert remind_of_calls() == reminded, moment
    assert len(mails("call_reminder")) == 2


def test_a_worker_that_was_down_reminds_of_nothing_that_began(agreed):
    with time_machine.travel("2027-03-15T12:00Z", tick=False):
        timers.keep_calls()
    assert mails("call_reminder") == []


def test_who_agrees_within_the_hour_is_not_reminded(conversation, buyer, reviewer):
    agree(
        propose(conversation, buyer, timezone.now() + timedelta(minutes=50)), reviewer
    )
    assert remind_of_calls() == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("mute", "the recipient muted it"),
        ("begin", "its time has come"),
        ("cancel", "the call was answered or changed since"),
        ("leave", "the call was answered or changed since"),
        ("represent", "a vendor representative takes part"),
    ],
)
def test_rights_are_asked_again_when_a_reminder_is_sent(
    agreed, buyer, reviewer, change, reason
):
    talk = agreed.conversation
    with time_machine.travel("2027-03-15T11:10Z", tick=False):
        remind_of_calls()
        mail = next(each for each in mails("call_reminder") if each.recipient == buyer)
        assert why_not(mail) is None
        {
            "mute": lambda: set_muted(conversation=talk, member=buyer, muted=True),
            "begin": lambda: None,
            "cancel": lambda: cancel_call(proposal=agreed, member=reviewer),
            "leave": lambda: leave_conversation(conversation=talk, member=reviewer),
            "represent": lambda: VendorRepresentativeFactory(user=reviewer),
        }[change]()
    later = "2027-03-15T12:00Z" if change == "begin" else "2027-03-15T11:20Z"
    with time_machine.travel(later, tick=False):
        assert why_not(mail) == reason


def test_a_proposal_is_mailed_while_it_waits(conversation, buyer, reviewer):
    call = propose(conversation, buyer)
    (mail,) = mails("call_proposed")
    assert (mail.recipient, why_not(mail)) == (reviewer, None)
    cancel_call(proposal=call, member=buyer)
    assert why_not(mail) == "the call was answered or changed since"


def test_who_muted_is_not_told_that_it_is_off(agreed, buyer, reviewer):
    set_muted(conversation=agreed.conversation, member=reviewer, muted=True)
    with time_machine.travel("2027-03-12T12:00Z", tick=False):
        cancel_call(proposal=agreed, member=buyer)
        (mail,) = mails("call_cancelled")
        assert why_not(mail) == "the recipient muted it"
