import uuid

import pytest

from messaging.aliases import two_aliases
from messaging.models import Block, Conversation, Message, MessageReport, Participant
from messaging.permissions import Refusal
from messaging.services import (
    ClientKeyReused,
    MessageRefused,
    accept_request,
    block_member,
    buyer_persona,
    decline_request,
    leave_conversation,
    mark_read,
    report_message,
    send_message,
    set_muted,
    start_conversation,
    unblock_member,
)
from notifications.models import OutgoingEmail
from tests.factories import ReviewFactory, add_members
from tests.messaging.people import ask, seen_by, write

State = Conversation.State


def unread(conversation, user):
    return Participant.objects.get(conversation=conversation, user=user).unread_count


def state_of(conversation):
    return Conversation.objects.get(pk=conversation.pk).state


def refusal_of(act, **arguments):
    with pytest.raises(MessageRefused) as refused:
        act(**arguments)
    return refused.value.refusal


def kinds_sent():
    return list(OutgoingEmail.objects.order_by("id").values_list("kind", "address"))


@pytest.mark.parametrize(
    ("others", "persona"),
    [
        (3, "IT · one level below C · 201–1,000 employees"),
        (4, "IT · one level below C · 201–1,000 employees · Healthcare"),
    ],
)
def test_buyer_persona_means_at_least_five_members(buyer, others, persona):
    add_members(others, country="FR")
    add_members(1, industry="retail")
    assert buyer_persona(buyer) == persona


# --- Asking ---------------------------------------------------------------------------------


def test_start_conversation_makes_a_request_with_two_aliases(buyer, reviewer, review):
    conversation = ask(buyer, review, "How long did it take?")
    assert conversation.state == State.REQUESTED
    seen = seen_by(reviewer, conversation)
    assert (seen.me.user, seen.other.user) == (reviewer, buyer)
    assert (seen.me.role, seen.other.role) == ("reviewer", "buyer")
    assert seen.me.alias != seen.other.alias
    persona = "IT · one level below C · 201–1,000 employees · Healthcare"
    # Two members with these facets are too few for a description of the buyer.
    assert [seen.me.persona, seen.other.persona] == [persona, ""]
    assert (seen.me.unread_count, seen.other.unread_count) == (1, 0)
    message = conversation.messages.get()
    assert (message.body, message.sender, message.sender_role) == (
        "How long did it take?",
        buyer,
        "buyer",
    )
    assert kinds_sent() == [("message_request", reviewer.email)]


def test_start_conversation_twice_with_one_key_asks_once(buyer, review):
    key = uuid.uuid4()
    call = {"buyer": buyer, "review": review, "body": "Why?", "client_key": key}
    assert start_conversation(**call) == start_conversation(**call)
    assert Message.objects.count() == 1
    assert OutgoingEmail.objects.count() == 1


def test_start_conversation_refuses_a_key_used_for_another_text_or_review(
    buyer, review
):
    key = uuid.uuid4()
    start_conversation(buyer=buyer, review=review, body="Why?", client_key=key)
    with pytest.raises(ClientKeyReused):
        start_conversation(buyer=buyer, review=review, body="How?", client_key=key)
    with pytest.raises(ClientKeyReused):
        other = ReviewFactory()
        start_conversation(buyer=buyer, review=other, body="Why?", client_key=key)
    assert Message.objects.count() == 1


def test_start_conversation_refused_leaves_nothing_behind(reviewer, review):
    refusal = refusal_of(ask, buyer=reviewer, review=review)
    assert refusal == Refusal.OWN_REVIEW
    assert Conversation.objects.count() == 0
    assert OutgoingEmail.objects.count() == 0


def test_start_conversation_refuses_a_second_one_about_the_same_review(buyer, review):
    ask(buyer, review)
    assert refusal_of(ask, buyer=buyer, review=review) == Refusal.ALREADY_ASKED
    assert Conversation.objects.count() == 1


def test_aliases_differ_in_both_words():
    for _ in range(500):
        first, second = two_aliases()
        assert not set(first.split()) & set(second.split())


# --- Answering ------------------------------------------------------------------------------


def test_send_message_of_the_reviewer_accepts_the_request(buyer, reviewer, request_):
    write(request_, reviewer)
    request_.refresh_from_db()
    assert request_.state == State.OPEN
    assert request_.accepted_at is not None
    assert (unread(request_, buyer), unread(request_, reviewer)) == (1, 1)
    assert kinds_sent() == [
        ("message_request", reviewer.email),
        ("message_new", buyer.email),
    ]


def test_send_message_makes_the_buyer_wait(buyer, request_):
    refusal = refusal_of(write, conversation=request_, sender=buyer)
    assert refusal == Refusal.WAIT_FOR_ANSWER
    assert Message.objects.count() == 1


def test_send_message_twice_with_one_key_sends_once(buyer, reviewer, conversation):
    key = uuid.uuid4()
    call = {
        "conversation": conversation,
        "sender": buyer,
        "body": "And then?",
        "client_key": key,
    }
    assert send_message(**call) == send_message(**call)
    assert Message.objects.filter(body="And then?").count() == 1
    assert unread(conversation, reviewer) == 2


def test_send_message_refuses_a_stranger(stranger, conversation):
    with pytest.raises(Conversation.DoesNotExist):
        write(conversation, stranger)
    assert Message.objects.count() == 2


def test_send_message_mails_once_until_it_is_read(buyer, reviewer, conversation):
    write(conversation, reviewer, "Another thing.")
    to_buyer = OutgoingEmail.objects.filter(recipient=buyer)
    assert to_buyer.count() == 1
    last = conversation.messages.newest_first().first()
    assert mark_read(conversation=conversation, member=buyer, up_to=last) == 0
    # The e-mail that waits is about this one too; test_email_pace.py has the rest.
    write(conversation, reviewer, "One more.")
    assert to_buyer.count() == 1


def test_send_message_moves_the_conversation_up(buyer, conversation):
    message = write(conversation, buyer)
    conversation.refresh_from_db()
    assert conversation.last_message_at == message.created_at


def test_accept_request_opens_and_tells_the_buyer(buyer, reviewer, request_):
    accept_request(conversation=request_, reviewer=reviewer)
    assert state_of(request_) == State.OPEN
    assert kinds_sent()[-1] == ("message_accepted", buyer.email)


@pytest.mark.parametrize("act", [accept_request, decline_request])
def test_only_the_reviewer_answers_a_request(buyer, request_, act):
    refusal = refusal_of(act, conversation=request_, reviewer=buyer)
    assert refusal == Refusal.CLOSED
    assert state_of(request_) == State.REQUESTED


@pytest.mark.parametrize("act", [accept_request, decline_request])
def test_a_request_is_answered_once(reviewer, conversation, act):
    refusal_of(act, conversation=conversation, reviewer=reviewer)
    assert state_of(conversation) == State.OPEN


def test_decline_request_ends_it_silently(buyer, reviewer, request_):
    decline_request(conversation=request_, reviewer=reviewer)
    assert state_of(request_) == State.DECLINED
    assert kinds_sent() == [("message_request", reviewer.email)]
    for sender in (buyer, reviewer):
        assert refusal_of(write, conversation=request_, sender=sender) == (
            Refusal.DECLINED
        )


# --- Getting out ----------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["buyer", "reviewer"])
def test_leave_conversation_closes_it_for_both(buyer, reviewer, conversation, who):
    leaver = {"buyer": buyer, "reviewer": reviewer}[who]
    leave_conversation(conversation=conversation, member=leaver)
    assert state_of(conversation) == State.CLOSED
    assert unread(conversation, leaver) == 0
    for sender in (buyer, reviewer):
        assert refusal_of(write, conversation=conversation, sender=sender) == (
            Refusal.CLOSED
        )


def test_block_member_stops_both_here_and_by_any_review(buyer, reviewer, conversation):
    second = ask(buyer, ReviewFactory(author=reviewer))
    write(second, reviewer)
    block_member(blocker=reviewer, conversation=conversation)
    assert state_of(conversation) == State.BLOCKED
    # The other conversation's state says nothing: it must not tell that both reviews have one author.
    assert state_of(second) == State.OPEN
    for sender in (buyer, reviewer):
        assert refusal_of(write, conversation=conversation, sender=sender) == (
            Refusal.CLOSED
        )
        assert refusal_of(write, conversation=second, sender=sender) == (
            Refusal.NOT_ACCEPTING
        )
    third = ReviewFactory(author=reviewer)
    assert refusal_of(ask, buyer=buyer, review=third) == Refusal.NOT_ACCEPTING


def test_block_member_twice_blocks_once(buyer, conversation):
    for _ in range(2):
        block_member(blocker=buyer, conversation=conversation)
    assert Block.objects.count() == 1


def test_unblock_member_leads_back_to_where_it_was(buyer, reviewer, request_):
    block_member(blocker=reviewer, conversation=request_)
    unblock_member(blocker=reviewer, conversation=request_)
    assert state_of(request_) == State.REQUESTED
    write(request_, reviewer)
    block_member(blocker=reviewer, conversation=request_)
    unblock_member(blocker=reviewer, conversation=request_)
    assert state_of(request_) == State.OPEN
    assert Block.objects.count() == 0


def test_unblock_member_opens_nothing_while_the_other_blocks(
    buyer, reviewer, conversation
):
    block_member(blocker=reviewer, conversation=conversation)
    block_member(blocker=buyer, conversation=conversation)
    unblock_member(blocker=buyer, conversation=conversation)
    assert state_of(conversation) == State.BLOCKED
    assert list(Block.objects.values_list("blocker", flat=True)) == [reviewer.pk]


def test_two_blocks_of_the_same_pair_stand_each_for_itself(
    buyer, reviewer, conversation
):
    second = ask(buyer, ReviewFactory(author=reviewer))
    write(second, reviewer)
    for each in (conversation, second):
        block_member(blocker=buyer, conversation=each)
    assert Block.objects.count() == 2
    unblock_member(blocker=buyer, conversation=conversation)
    assert (state_of(conversation), state_of(second)) == (State.OPEN, State.BLOCKED)
    # Said as of somebody who takes no messages: the first doesn't tell that the second is with the same member.
    assert refusal_of(write, conversation=conversation, sender=buyer) == (
        Refusal.NOT_ACCEPTING
    )
    unblock_member(blocker=buyer, conversation=second)
    assert Block.objects.count() == 0
    assert write(conversation, buyer).body == "About four months."


def test_a_block_outlives_its_conversation_and_can_still_be_taken_back(
    buyer, reviewer, conversation
):
    second = ask(buyer, ReviewFactory(author=reviewer))
    block_member(blocker=buyer, conversation=conversation)
    conversation.delete()
    assert refusal_of(ask, buyer=buyer, review=ReviewFactory(author=reviewer)) == (
        Refusal.NOT_ACCEPTING
    )
    # Not in one that goes on.
    unblock_member(blocker=buyer, conversation=second)
    assert Block.objects.count() == 1
    leave_conversation(conversation=second, member=buyer)
    unblock_member(blocker=buyer, conversation=second)
    assert Block.objects.count() == 0


def test_unblock_member_does_not_reopen_what_was_left(buyer, reviewer, conversation):
    block_member(blocker=reviewer, conversation=conversation)
    leave_conversation(conversation=conversation, member=buyer)
    unblock_member(blocker=reviewer, conversation=conversation)
    assert state_of(conversation) == State.CLOSED


def test_set_muted_is_ones_own(buyer, reviewer, conversation):
    set_muted(conversation=conversation, member=buyer, muted=True)
    sides = Participant.objects.order_by("role").values_list("role", "muted")
    assert list(sides) == [("buyer", True), ("reviewer", False)]


# --- Reading --------------------------------------------------------------------------------


def test_mark_read_leaves_what_came_after(buyer, reviewer, conversation):
    seen = write(conversation, reviewer, "Second.")
    write(conversation, reviewer, "Third.")
    assert unread(conversation, buyer) == 3
    assert mark_read(conversation=conversation, member=buyer, up_to=seen) == 1
    assert unread(conversation, buyer) == 1
    assert unread(conversation, reviewer) == 1


def test_mark_read_from_an_old_tab_brings_nothing_back(buyer, reviewer, conversation):
    first = conversation.messages.order_by("id").first()
    last = write(conversation, reviewer, "Second.")
    mark_read(conversation=conversation, member=buyer, up_to=last)
    assert mark_read(conversation=conversation, member=buyer, up_to=first) == 0
    assert unread(conversation, buyer) == 0


# --- Reports --------------------------------------------------------------------------------


def test_report_message_is_kept_once_per_reporter(buyer, conversation):
    answer = conversation.messages.get(sender_role="reviewer")
    call = {"message": answer, "reporter": buyer, "reason": "abuse", "details": "Rude."}
    assert report_message(**call) == report_message(**call)
    report = MessageReport.objects.get()
    assert (report.message, report.status) == (answer, "open")


def test_report_message_refuses_ones_own_and_strangers(buyer, stranger, conversation):
    question = conversation.messages.get(sender_role="buyer")
    with pytest.raises(MessageReport.DoesNotExist):
        report_message(message=question, reporter=buyer, reason="spam", details="")
    with pytest.raises(Conversation.DoesNotExist):
        report_message(message=question, reporter=stranger, reason="spam", details="")
    assert MessageReport.objects.count() == 0


# --- What it costs --------------------------------------------------------------------------


def test_asking_and_answering_take_a_fixed_number_of_queries(
    buyer, reviewer, review, django_assert_num_queries
):
    with django_assert_num_queries(25):
        conversation = ask(buyer, review)
    with django_assert_num_queries(21):
        write(conversation, reviewer)
    with django_assert_num_queries(20):
        write(conversation, reviewer)
