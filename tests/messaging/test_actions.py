import re
import uuid

import pytest

from messaging.models import Conversation, Message, MessageReport
from messaging.services import leave_conversation
from tests.factories import ReviewFactory
from tests.messaging.pages import as_, text, url
from tests.messaging.people import ask, member, seen_by, write


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("accept", "open"),
        ("decline", "declined"),
        ("leave", "closed"),
        ("block", "blocked"),
    ],
)
def test_the_reviewer_decides_about_a_request(client, reviewer, request_, name, state):
    response = as_(client, reviewer).post(url(name, request_))
    assert response.status_code == 302
    assert Conversation.objects.get().state == state


def test_mute_is_switched_on_and_off(client, buyer, conversation):
    as_(client, buyer).post(url("mute", conversation), {"muted": "on"})
    assert seen_by(buyer, conversation).me.muted is True
    client.post(url("mute", conversation))
    assert seen_by(buyer, conversation).me.muted is False


def test_every_way_out_is_on_the_page(client, reviewer, request_):
    page = text(as_(client, reviewer).get(url("conversation", request_)))
    message = Message.objects.get()
    for action in ("decline", "block", "mute", "leave"):
        assert f'action="{url(action, request_)}"' in page
    assert f"/messages/{request_.public_id}/{message.public_id}/report/" in page


def test_the_report_is_in_reach_when_ones_own_messages_fill_the_page(
    client, buyer, conversation
):
    for n in range(31):
        write(conversation, buyer, f"{n}")
    answer = conversation.messages.get(sender_role="reviewer")
    page = text(as_(client, buyer).get(url("conversation", conversation)))
    assert f"/messages/{conversation.public_id}/{answer.public_id}/report/" in page


def test_reading_is_a_post(client, buyer, conversation):
    page = text(as_(client, buyer).get(url("conversation", conversation)))
    assert seen_by(buyer, conversation).me.unread_count == 1
    up_to = re.search(r'name="up_to" value="([^"]+)"', page).group(1)
    response = client.post(url("read", conversation), {"up_to": up_to})
    assert response.status_code == 302
    assert seen_by(buyer, conversation).me.unread_count == 0
    assert 'name="up_to"' not in text(client.get(url("conversation", conversation)))


@pytest.mark.parametrize(("up_to", "status"), [("x", 400), ("", 400), (None, 404)])
def test_reading_refuses_a_message_that_is_not_there(
    client, buyer, conversation, up_to, status
):
    data = {"up_to": str(uuid.uuid4()) if up_to is None else up_to}
    response = as_(client, buyer).post(url("read", conversation), data)
    assert response.status_code == status


def test_a_message_of_another_thread_can_not_be_named(client, buyer, conversation):
    other = ask(member(), ReviewFactory(author=member()))
    foreign = other.messages.get().public_id
    as_(client, buyer)
    for address in (
        f"{url('conversation', conversation)}?before={foreign}",
        f"{url('new_messages', conversation)}?after={foreign}",
        f"/messages/{conversation.public_id}/{foreign}/report/",
    ):
        assert client.get(address).status_code == 404


def test_report_page_takes_a_report(client, buyer, conversation):
    answer = conversation.messages.get(sender_role="reviewer")
    address = f"/messages/{conversation.public_id}/{answer.public_id}/report/"
    assert as_(client, buyer).get(address).status_code == 200
    refused = client.post(address, {"reason": "nonsense"})
    assert (refused.status_code, MessageReport.objects.count()) == (200, 0)
    client.post(address, {"reason": "abuse", "details": "Rude."})
    report = MessageReport.objects.get()
    assert (report.message, report.reporter, report.reason) == (answer, buyer, "abuse")


def test_ones_own_message_can_not_be_reported(client, buyer, conversation):
    own = conversation.messages.get(sender_role="buyer")
    address = f"/messages/{conversation.public_id}/{own.public_id}/report/"
    assert as_(client, buyer).get(address).status_code == 404
    assert client.post(address, {"reason": "abuse"}).status_code == 404
    assert MessageReport.objects.count() == 0


def test_new_messages_are_only_the_new_ones(client, buyer, reviewer, conversation):
    last = conversation.messages.newest_first().first()
    address = f"{url('new_messages', conversation)}?after={last.public_id}&state=open"
    assert as_(client, buyer).get(address).status_code == 204
    new = write(conversation, reviewer, "One more thing.")
    piece = client.get(address)
    assert "One more thing." in text(piece)
    assert "About four months." not in text(piece)
    assert f"after={new.public_id}" in text(piece)
    assert "<html" not in text(piece)


def test_new_messages_tell_that_the_conversation_changed(
    client, buyer, reviewer, conversation
):
    last = conversation.messages.newest_first().first()
    leave_conversation(conversation=conversation, member=reviewer)
    address = f"{url('new_messages', conversation)}?after={last.public_id}&state=open"
    assert "has changed meanwhile" in text(as_(client, buyer).get(address))
