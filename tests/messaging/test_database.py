"""What the gate refuses the database refuses as well, whoever writes: the ORM or SQL, past every service."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Profile
from messaging.models import Block, Conversation, Message, Participant, refusing
from messaging.permissions import Refusal
from messaging.services import block_member, decline_request
from messaging.services.errors import REFUSAL_BY_CONSTRAINT, refusal_of
from reviews.models import Review
from tests.factories import ReviewFactory, UserFactory, VendorRepresentativeFactory
from tests.messaging.people import ask, choose, member, suspend

INSERT_CONVERSATION = """
INSERT INTO messaging_conversation (public_id, review_id, buyer_id, state, created_at, last_message_at)
VALUES (gen_random_uuid(), %s, %s, %s, now(), now())
"""
INSERT_MESSAGE = """
INSERT INTO messaging_message (public_id, conversation_id, sender_id, sender_role, body, client_key, created_at)
VALUES (gen_random_uuid(), %s, %s, %s, 'Buy!', gen_random_uuid(), now())
"""


def stored() -> tuple[int, int, int]:
    models = (Conversation, Participant, Message)
    return tuple(model.objects.count() for model in models)


def execute(sql, *given) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


def refused(*ways) -> list[Refusal]:
    """What each way was refused for; nothing of it was stored."""
    before, found = stored(), []
    for way in ways:
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            way()
        found.append(refusal_of(error.value))
    assert stored() == before
    return found


def begin(buyer, review, state="requested"):
    return (
        lambda: Conversation.objects.create(review=review, buyer=buyer, state=state),
        lambda: execute(INSERT_CONVERSATION, review.pk, buyer.pk, state),
    )


def send(conversation, sender, role):
    return (
        lambda: Message.objects.create(
            conversation=conversation, sender=sender, sender_role=role, body="Buy!"
        ),
        lambda: execute(INSERT_MESSAGE, conversation.pk, sender.pk, role),
    )


# --- Conversations --------------------------------------------------------------------------


def test_who_may_ask_may_be_stored(buyer, review):
    for way in begin(buyer, review):
        with transaction.atomic():
            way()
            assert Conversation.objects.count() == 1
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", ["requested", "open", "closed"])
def test_no_conversation_about_an_own_review(reviewer, review, state):
    found = refused(*begin(reviewer, review, state))
    assert found == [Refusal.OWN_REVIEW] * 2


@pytest.mark.parametrize("status", [s for s in Review.Status if s != "published"])
def test_no_conversation_about_what_is_not_published(buyer, review, status):
    Review.objects.update(status=status, published_at=None)
    assert refused(*begin(buyer, review)) == [Refusal.NOT_PUBLISHED] * 2


@pytest.mark.parametrize("why", ["chose", "erased", "no profile"])
def test_no_conversation_with_who_takes_no_questions(buyer, reviewer, review, why):
    if why == "chose":
        choose(reviewer, "nobody")
    elif why == "erased":
        Review.objects.update(author=None)
    else:
        Profile.objects.filter(user=reviewer).delete()
    assert refused(*begin(buyer, review)) == [Refusal.NOT_ACCEPTING] * 2


@pytest.mark.parametrize("blocks", ["buyer", "reviewer"])
def test_no_conversation_across_a_block(buyer, reviewer, review, blocks):
    pair = (buyer, reviewer) if blocks == "buyer" else (reviewer, buyer)
    Block.objects.create(blocker=pair[0], blocked=pair[1])
    assert refused(*begin(buyer, review)) == [Refusal.NOT_ACCEPTING] * 2


def test_no_conversation_without_a_confirmed_address(review):
    unconfirmed = UserFactory()
    EmailAddress.objects.create(user=unconfirmed, email="a@b.example", verified=False)
    assert refused(*begin(unconfirmed, review)) == [Refusal.EMAIL_NOT_CONFIRMED] * 2


def test_no_conversation_of_a_suspended_member(buyer, review):
    suspension = suspend(buyer)
    assert refused(*begin(buyer, review)) == [Refusal.SUSPENDED] * 2
    suspension.lifted_at = timezone.now()
    suspension.save()
    ask(buyer, review)


def test_no_conversation_of_a_representative(buyer, review):
    VendorRepresentativeFactory(user=buyer)
    assert refused(*begin(buyer, review)) == [Refusal.REPRESENTATIVE] * 2


def test_one_conversation_per_review_and_buyer(buyer, review, request_):
    assert refused(*begin(buyer, review)) == [Refusal.ALREADY_ASKED] * 2


# --- Who takes part ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", Participant.Role.values)
def test_only_the_buyer_and_the_author_take_part(buyer, review, stranger, role):
    row = Conversation.objects.create(review=review, buyer=buyer)
    found = refused(
        lambda: Participant.objects.create(conversation=row, user=stranger, role=role)
    )
    assert found == [Refusal.CLOSED]


def test_nobody_takes_the_place_of_another(buyer, reviewer, stranger, conversation):
    sides = Participant.objects.filter(conversation=conversation)
    found = refused(
        lambda: sides.filter(user=buyer).update(user=stranger),
        lambda: sides.filter(user=reviewer).update(user=stranger),
    )
    assert found == [Refusal.CLOSED] * 2
    assert set(sides.values_list("user", flat=True)) == {buyer.pk, reviewer.pk}
    # Erasing somebody empties theirs.
    sides.filter(user=buyer).update(user=None)


# --- Messages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["declined", "closed", "blocked"])
def test_no_message_where_nothing_goes_on(buyer, reviewer, conversation, state):
    Conversation.objects.update(state=state)
    for sender, role in ((buyer, "buyer"), (reviewer, "reviewer")):
        assert refused(*send(conversation, sender, role)) == [Refusal.CLOSED] * 2
    assert Conversation.objects.get().message_count == 2


def test_no_message_of_who_takes_no_part(buyer, stranger, conversation):
    for role in Participant.Role.values:
        found = refused(*send(conversation, stranger, role))
        assert found == [Refusal.CLOSED] * 2
    # In the other one's place.
    assert refused(*send(conversation, buyer, "reviewer")) == [Refusal.CLOSED] * 2
    assert refused(
        lambda: Message.objects.create(
            conversation=conversation, sender=None, sender_role="buyer", body="Buy!"
        )
    ) == [Refusal.CLOSED]


def test_no_message_of_who_left(buyer, conversation):
    Participant.objects.filter(user=buyer).update(left_at=timezone.now())
    assert refused(*send(conversation, buyer, "buyer")) == [Refusal.CLOSED] * 2


def test_no_second_message_before_the_answer(buyer, request_):
    assert refused(*send(request_, buyer, "buyer")) == [Refusal.WAIT_FOR_ANSWER] * 2
    assert Conversation.objects.get().message_count == 1


@pytest.mark.parametrize("role", Participant.Role.values)
def test_no_message_across_a_block(buyer, reviewer, conversation, role):
    other = ask(buyer, ReviewFactory(author=reviewer))
    Conversation.objects.update(state="open")
    # The other conversation of the two keeps its state.
    block_member(blocker=reviewer, conversation=conversation)
    sender = {"buyer": buyer, "reviewer": reviewer}[role]
    assert refused(*send(other, sender, role)) == [Refusal.NOT_ACCEPTING] * 2


def test_no_message_of_a_suspended_member(buyer, reviewer, conversation):
    suspend(buyer)
    assert refused(*send(conversation, buyer, "buyer")) == [Refusal.SUSPENDED] * 2
    Message.objects.create(
        conversation=conversation, sender=reviewer, sender_role="reviewer", body="Hm?"
    )


def test_no_message_of_a_representative(buyer, conversation):
    VendorRepresentativeFactory(user=buyer)
    found = refused(*send(conversation, buyer, "buyer"))
    assert found == [Refusal.REPRESENTATIVE] * 2


def test_an_ended_representative_is_not_refused(buyer, review):
    VendorRepresentativeFactory(user=buyer, ended_at=timezone.now())
    assert ask(buyer, review).state == "requested"


def test_a_declined_request_takes_nothing_more(reviewer, buyer, request_):
    decline_request(conversation=request_, reviewer=reviewer)
    assert refused(*send(request_, buyer, "buyer")) == [Refusal.CLOSED] * 2


def test_each_refusal_of_the_database_has_its_sentence():
    triggers = (
        refusing.REFUSE_CONVERSATION,
        refusing.REFUSE_PARTICIPANT,
        refusing.REFUSE_MESSAGE,
    )
    names = {
        name
        for trigger in triggers
        for name in re.findall(r"(?:THEN|SELECT) '(\w+)'", trigger.func)
    }
    assert len(names) == 12
    assert names <= set(REFUSAL_BY_CONSTRAINT)


# --- Limits of the tables -----------------------------------------------------------------------


def test_nobody_blocks_themselves(buyer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(blocker=buyer, blocked=buyer)


@pytest.mark.parametrize("length", [0, 4001])
def test_a_message_has_1_to_4000_characters(buyer, conversation, length):
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            conversation=conversation,
            sender=buyer,
            sender_role="buyer",
            body="x" * length,
        )


def test_asking_past_a_member_who_is_someone_else(buyer, review):
    """Two members can't be made one side each of a conversation that neither began."""
    one, another = member(), member()
    row = Conversation.objects.create(review=review, buyer=buyer)
    found = refused(
        lambda: Participant.objects.bulk_create(
            [
                Participant(conversation=row, user=one, role="buyer", alias="A"),
                Participant(conversation=row, user=another, role="reviewer", alias="B"),
            ]
        )
    )
    assert found == [Refusal.CLOSED]
