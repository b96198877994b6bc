"""Who never sees what two members show each other, and when it ends."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from messaging import services
from messaging.models import ContactShare, Conversation
from messaging.permissions import Refusal
from messaging.sharing import (
    contacts_of,
    erase_contacts,
    export_contacts,
    my_choice,
    shared_contacts,
)
from tests.factories import ReviewFactory
from tests.messaging.contacts.sharing import (
    OF_BUYER,
    OF_REVIEWER,
    assert_nothing_is_left,
    choose,
    contacts_url,
    form_of,
    only,
    page_of,
    rows,
    shared_by_both,
)
from tests.messaging.people import ask, seen_by, write


@pytest.mark.parametrize("who", ["buyer", "reviewer"])
@pytest.mark.parametrize("how", ["leave", "block", "close"])
def test_what_ends_the_conversation_ends_the_sharing(
    buyer, reviewer, conversation, who, how
):
    shared_by_both(conversation, buyer, reviewer)
    actor = {"buyer": buyer, "reviewer": reviewer}[who]
    if how == "leave":
        services.leave_conversation(conversation=conversation, member=actor)
    elif how == "block":
        services.block_member(blocker=actor, conversation=conversation)
    else:
        services.close_conversations(member=actor)
    assert_nothing_is_left(conversation)
    assert OF_BUYER["name"] not in page_of(reviewer, conversation)
    assert OF_REVIEWER["name"] not in page_of(buyer, conversation)


def test_a_block_ends_it_in_the_other_conversations_of_the_two(
    buyer, reviewer, conversation
):
    another = ask(buyer, ReviewFactory(author=reviewer))
    write(another, reviewer)
    shared_by_both(another, buyer, reviewer)
    services.block_member(blocker=reviewer, conversation=conversation)
    assert_nothing_is_left(another)


def test_unblocking_shows_nothing_again(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    services.block_member(blocker=buyer, conversation=conversation)
    services.unblock_member(blocker=buyer, conversation=conversation)
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.OPEN
    assert shared_contacts(seen_by(buyer, conversation)) == []


def test_nothing_is_shown_of_a_closed_conversation_whatever_a_row_says(
    buyer, reviewer, conversation
):
    shared_by_both(conversation, buyer, reviewer)
    Conversation.objects.update(state=Conversation.State.CLOSED)
    assert shared_contacts(seen_by(buyer, conversation)) == []
    assert my_choice(seen_by(buyer, conversation)) == {}


def test_another_conversation_of_the_two_shows_nothing(buyer, reviewer, conversation):
    another = ask(buyer, ReviewFactory(author=reviewer))
    write(another, reviewer)
    shared_by_both(conversation, buyer, reviewer)
    assert contacts_of(seen_by(buyer, another)).offered == []
    assert OF_REVIEWER["name"] not in page_of(buyer, another)


# Who may


def test_a_request_shares_nothing(buyer, reviewer, request_):
    for user, values in ((buyer, OF_BUYER), (reviewer, OF_REVIEWER)):
        with pytest.raises(services.MessageRefused) as refused:
            choose(request_, user, values)
        assert refused.value.refusal is Refusal.NOT_OPEN_YET
    assert rows() == []


def test_the_database_refuses_a_row_outside_of_an_open_conversation(buyer, request_):
    side = request_.participants.get(user=buyer)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactShare.objects.create(participant=side, field="name", value="Somebody")
    assert rows() == []


def test_a_closed_conversation_shares_nothing(buyer, conversation):
    services.leave_conversation(conversation=conversation, member=buyer)
    with pytest.raises(services.MessageRefused) as refused:
        choose(conversation, buyer, OF_BUYER)
    assert refused.value.refusal is Refusal.CLOSED
    assert rows() == []


def test_whoever_takes_no_part_gets_404(client, buyer, stranger, conversation):
    choose(conversation, buyer, OF_BUYER)
    client.force_login(stranger)
    url = contacts_url(conversation)
    nowhere = reverse("messaging:contacts", args=[uuid.uuid4()])
    assert client.get(url).status_code == 404
    assert client.post(url, form_of({"name": "Me"})).status_code == 404
    assert client.post(f"{url}revoke/").status_code == 404
    assert client.get(nowhere).status_code == 404
    assert my_choice(seen_by(buyer, conversation)) == OF_BUYER
    with pytest.raises(Conversation.DoesNotExist):
        choose(conversation, stranger, {"name": "Me"})


def test_whoever_is_signed_out_is_led_to_the_log_in(client, conversation):
    url = contacts_url(conversation)
    assert client.get(url).status_code == 302
    assert client.post(f"{url}revoke/").status_code == 302


def test_a_moderator_with_a_report_sees_no_value(
    client, buyer, reviewer, moderator, conversation
):
    shared_by_both(conversation, buyer, reviewer)
    message = conversation.messages.order_by("id").first()
    report = (
        services.report_message(
            message=message, reporter=reviewer, reason="spam", details=""
        )
        or message.reports.get()
    )
    services.read_reported_message(report=report, moderator=moderator)
    client.force_login(moderator)
    texts = [
        client.get(address, follow=True).content.decode()
        for address in (
            conversation.get_absolute_url(),
            contacts_url(conversation),
            "/admin/moderation/queue/",
            "/admin/messaging/",
            "/admin/messaging/messagereport/",
        )
    ]
    for value in (*OF_BUYER.values(), *OF_REVIEWER.values()):
        assert not any(value in text for text in texts)


# One's own data


def test_the_export_has_ones_own_values_only(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    choose(conversation, buyer, only(OF_BUYER, ["name"]))
    exported = export_contacts(buyer)
    assert [(row["field"], row["value"]) for row in exported] == [
        ("name", OF_BUYER["name"]),
        ("work_email", ""),
        ("telephone", ""),
    ]
    assert {row["conversation"] for row in exported} == {str(conversation.public_id)}


def test_erasure_empties_what_both_shared(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    erase_contacts(buyer)
    assert_nothing_is_left(conversation)
