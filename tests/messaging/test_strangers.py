import re
import uuid

import pytest
from django.urls import reverse

from messaging.models import Conversation, Message, MessageReport, Participant
from tests.factories import VendorRepresentativeFactory
from tests.messaging.pages import INBOX, as_, question, text, url

PAGES = ["conversation", "new_messages"]
ACTIONS = [
    "conversation",
    "read",
    "accept",
    "decline",
    "leave",
    "block",
    "unblock",
    "mute",
]


def comparable(response):
    """The bytes without what is random at each request."""
    body = re.sub(rb'csrf\w*" value="\w+"|X-CSRFToken": "\w+"', b"", response.content)
    own = {"Vary", "X-Request-ID"}
    headers = {name: value for name, value in response.items() if name not in own}
    headers["Content-Security-Policy"] = re.sub(
        r"'nonce-[^']+'", "", headers.get("Content-Security-Policy", "")
    )
    return (
        response.status_code,
        re.sub(rb'nonce="[^"]+"', b"", body),
        headers,
        {name: (m["path"], m["samesite"]) for name, m in response.cookies.items()},
    )


@pytest.mark.parametrize("who", ["stranger", "moderator", "representative"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_not_yours_is_the_same_404_as_one_not_there(
    request, client, conversation, stranger, who, name
):
    user = request.getfixturevalue("moderator") if who == "moderator" else stranger
    if who == "representative":
        VendorRepresentativeFactory(user=user)
    as_(client, user)
    last = conversation.messages.newest_first().first()
    query = f"?after={last.public_id}" if name == "new_messages" else ""
    theirs = client.get(url(name, conversation) + query)
    nothing = client.get(reverse(f"messaging:{name}", args=[uuid.uuid4()]) + query)
    assert theirs.status_code == 404
    assert comparable(theirs) == comparable(nothing)


@pytest.mark.parametrize("who", ["stranger", "moderator"])
@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_on_what_is_not_yours_is_the_same_404_and_does_nothing(
    request, client, conversation, who, name
):
    as_(client, request.getfixturevalue(who))
    before = everything()
    data = question(up_to=str(Message.objects.first().public_id))
    theirs = client.post(url(name, conversation), data)
    nothing = client.post(reverse(f"messaging:{name}", args=[uuid.uuid4()]), data)
    assert theirs.status_code == 404
    assert comparable(theirs) == comparable(nothing)
    assert everything() == before


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Conversation, Participant, Message, MessageReport)
    ]


@pytest.mark.parametrize("name", ACTIONS[1:])
def test_an_action_by_get_is_405_and_does_nothing(client, buyer, conversation, name):
    before = everything()
    assert as_(client, buyer).get(url(name, conversation)).status_code == 405
    assert everything() == before


@pytest.mark.parametrize("name", [*PAGES, *ACTIONS])
def test_a_visitor_is_sent_to_the_log_in_whatever_is_there(client, conversation, name):
    for public_id in (conversation.public_id, uuid.uuid4()):
        address = reverse(f"messaging:{name}", args=[public_id])
        response = client.post(address) if name in ACTIONS else client.get(address)
        assert response["Location"] == f"/accounts/login/?next={address}"


def test_a_visitors_poll_is_401(client, conversation):
    response = client.get(
        url("new_messages", conversation), headers={"HX-Request": "true"}
    )
    assert (response.status_code, response.content) == (401, b"")


def test_the_inbox_shows_only_ones_own(client, stranger, conversation):
    page = text(as_(client, stranger).get(INBOX))
    assert str(conversation.public_id) not in page


def test_the_buyer_can_not_accept_their_own_request(client, buyer, request_):
    response = as_(client, buyer).post(url("accept", request_))
    assert response.status_code == 403
    assert Conversation.objects.get().state == "requested"
