"""Words planted wherever a member can leave some: their export has their own and none of the other side; erasure leaves none."""

import json
import uuid
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from accounts import privacy
from accounts.models import Profile
from accounts.services import erase_account
from messaging.models import (
    Block,
    CallProposal,
    ContactShare,
    Conversation,
    Message,
    MessageDraft,
    MessageReport,
    Participant,
)
from messaging.services import (
    block_member,
    choose_contacts,
    decline_request,
    report_message,
    save_draft,
    set_archived,
    suspend_messaging,
)
from moderation.models import Decision, ReasonCode
from moderation.services import record_decision
from tests.factories import ReviewFactory
from tests.messaging.calling import in_days, propose
from tests.messaging.people import ask, member, seen_by, write
from tests.messaging.test_concurrency import at_once

# What each of the two leaves behind, beside what the fixtures wrote.
OF_BUYER = {
    "message": "Quokkawords in a message.",
    "draft": "Quokkawords in a draft.",
    "question": "Quokkawords in the draft of a question.",
    "place": "Quokkawords Street 5",
    "name": "Quokkawords Oyelaran",
    "report": "Quokkawords in a report.",
}
OF_REVIEWER = {
    "message": "Wombatwords in a message.",
    "draft": "Wombatwords in a draft.",
    "place": "Wombatwords Square 6",
    "name": "Wombatwords Quillfeather",
    "report": "Wombatwords in a report.",
}


@pytest.fixture
def talk(conversation, buyer, reviewer):
    """Whatever can be left in a conversation, both have left."""
    other_review = ReviewFactory()
    for user, words in ((buyer, OF_BUYER), (reviewer, OF_REVIEWER)):
        name = words["name"]
        Profile.objects.filter(user=user).update(display_name=name)
        user.profile.refresh_from_db()
        choose_contacts(conversation=conversation, member=user, values={"name": name})
        propose(conversation, user, in_days(3), place=words["place"])
        write(conversation, user, words["message"])
        save_draft(user=user, body=words["draft"], conversation=conversation)
        theirs = conversation.messages.exclude(sender=user).first()
        report_message(
            message=theirs, reporter=user, reason="abuse", details=words["report"]
        )
    save_draft(user=buyer, body=OF_BUYER["question"], review=other_review)
    return conversation


def exported(user):
    return privacy.export(user)["messages"]


def as_text(value):
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def everything_stored():
    """Each row of each table of ours and of the outbox, as text."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ("messaging", "notifications", "moderation")
    ]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())


# --- Export -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["buyer", "reviewer"])
def test_export_has_ones_own_words_and_none_of_the_other_side(
    talk, buyer, reviewer, who
):
    me, other = (buyer, reviewer) if who == "buyer" else (reviewer, buyer)
    mine, theirs = (
        (OF_BUYER, OF_REVIEWER) if who == "buyer" else (OF_REVIEWER, OF_BUYER)
    )
    text = as_text(exported(me))
    assert [words for words in mine.values() if words not in text] == []
    assert [words for words in theirs.values() if words in text] == []
    for identity in (other.email, str(other.public_id)):
        assert identity not in text


def test_export_names_each_part(talk, buyer):
    found = exported(buyer)
    assert {part: len(rows) for part, rows in found.items()} == {
        "conversations": 1,
        "messages": 2,
        "drafts": 2,
        "contacts": 1,
        "calls": 1,
        "reports": 1,
        "blocks": 0,
        "suspensions": 0,
    }
    (call,) = found["calls"]
    assert (call["place"], call["time_zone"]) == (OF_BUYER["place"], "Europe/Berlin")
    assert len(call["slots"]) == 1


def test_export_has_ones_suspensions(buyer, moderator):
    until = timezone.now() + timedelta(days=7)
    decision = record_decision(
        moderator=moderator,
        action=Decision.Action.SUSPEND_MESSAGING,
        target_kind="message_report",
        target_public_id=uuid.uuid4(),
        reason_code=ReasonCode.ADVERTISING,
        statement="",
    )
    suspend_messaging(user=buyer, until=until, decision=decision)
    (suspension,) = exported(buyer)["suspensions"]
    assert (suspension["until"], suspension["lifted_at"]) == (until, None)


def test_export_does_not_tell_of_a_block_by_the_other(buyer, reviewer, conversation):
    block_member(blocker=reviewer, conversation=conversation)
    found = exported(buyer)
    assert found["blocks"] == []
    assert found["conversations"][0]["state"] == "closed"


# --- Erasure ----------------------------------------------------------------------------------


def test_erasure_leaves_a_thread_with_a_former_member(client, talk, buyer, reviewer):
    alias = Participant.objects.get(user=buyer).alias
    erase_account(user=buyer, keep_published=True)
    assert Conversation.objects.get().state == "closed"
    client.force_login(reviewer)
    page = client.get(talk.get_absolute_url()).content.decode()
    assert "A former member" in page
    assert alias not in page
    # What was written to them stays theirs.
    assert "How long did the roll-out take?" in page
    assert OF_BUYER["message"] in page
    assert OF_REVIEWER["message"] in page


def test_erasure_takes_everything_else_away(talk, buyer, reviewer):
    email, public_id, pk = buyer.email, str(buyer.public_id), buyer.pk
    erase_account(user=buyer, keep_published=True)
    stored = [row for row in everything_stored() if OF_BUYER["message"] not in row]
    for word in ("Quokkawords", email, public_id):
        assert [row for row in stored if word in row] == []
    assert not Message.objects.filter(sender=pk).exists()
    assert not Message.objects.filter(readers__contains=[pk]).exists()
    assert MessageDraft.objects.get().body == OF_REVIEWER["draft"]
    assert not ContactShare.objects.active().exists()
    assert set(CallProposal.objects.values_list("state", flat=True)) <= {
        "cancelled",
        "countered",
    }


def test_erasure_of_who_blocked_closes_for_good(conversation, buyer, reviewer):
    block_member(blocker=buyer, conversation=conversation)
    erase_account(user=buyer, keep_published=True)
    assert Conversation.objects.get().state == "closed"
    assert Block.objects.count() == 0


def test_what_nobody_can_read_any_more_is_deleted(request_, buyer, reviewer):
    erase_account(user=buyer, keep_published=True)
    assert Message.objects.count() == 1
    erase_account(user=reviewer, keep_published=True)
    for model in (Conversation, Participant, Message):
        assert model.objects.count() == 0


def test_what_is_reported_stays_until_a_moderator_has_decided(
    request_, buyer, reviewer
):
    report_message(
        message=request_.messages.get(), reporter=reviewer, reason="abuse", details=""
    )
    erase_account(user=buyer, keep_published=True)
    erase_account(user=reviewer, keep_published=True)
    assert Message.objects.count() == 1
    assert MessageReport.objects.get().status == "open"


def test_two_who_go_keep_the_threads_of_others(conversation, buyer, reviewer, stranger):
    other = ask(stranger, ReviewFactory(author=reviewer))
    erase_account(user=buyer, keep_published=True)
    erase_account(user=reviewer, keep_published=False)
    assert list(Conversation.objects.all()) == [other]
    assert seen_by(stranger, other).other.alias == "A former member"


@pytest.mark.django_db(transaction=True)
def test_two_who_share_ended_threads_go_at_once_and_nothing_of_it_stays():
    """Nothing locks what has ended but erasure itself; what one side did there puts the rows into another order."""
    for _ in range(3):
        one, other = member(), member()
        shared = [ask(one, ReviewFactory(author=other)) for _ in range(3)]
        for conversation in shared:
            decline_request(conversation=conversation, reviewer=other)
        for archived in (True, False):
            set_archived(conversation=shared[0], member=one, archived=archived)
        at_once([erasing(one), erasing(other)])
        assert not Conversation.objects.exists()


def erasing(user):
    return lambda: erase_account(user=user, keep_published=True)
