import re
import uuid

import pytest

from messaging.models import Message, MessageDraft
from messaging.services import (
    leave_conversation,
    save_draft,
    send_message,
)
from tests.factories import ReviewFactory
from tests.messaging.people import member, write

WORDS = "Unfinished marmalade sentence"


def draft_url(conversation):
    return f"{conversation.get_absolute_url()}draft/"


def ask_url(review):
    return f"/reviews/{review.public_id}/message/"


def typed(**changes):
    return {"body": WORDS, "client_key": str(uuid.uuid4())} | changes


def text(response):
    return response.content.decode()


def drafts():
    return list(MessageDraft.objects.values_list("user", "body"))


def test_a_draft_is_saved_by_the_button_and_shown_on_return(
    client, buyer, conversation
):
    client.force_login(buyer)
    response = client.post(draft_url(conversation), typed())
    assert response["Location"] == f"{conversation.get_absolute_url()}#write"
    page = text(client.get(conversation.get_absolute_url()))
    assert f"{WORDS}</textarea>" in page
    assert "Draft saved " in page
    assert drafts() == [(buyer.pk, WORDS)]


def test_the_script_saves_what_changed_alone(client, buyer, conversation):
    client.force_login(buyer)
    page = text(client.get(conversation.get_absolute_url()))
    address = re.search(r'data-autosave-url="([^"]+)"', page).group(1)
    response = client.post(
        address, {"body": WORDS}, headers={"X-Requested-With": "fetch"}
    )
    assert (response.status_code, response.content) == (204, b"")
    assert drafts() == [(buyer.pk, WORDS)]


def test_a_draft_is_never_shown_to_the_other_side(
    client, buyer, reviewer, conversation
):
    save_draft(user=buyer, conversation=conversation, body=WORDS)
    client.force_login(reviewer)
    for address in ("/messages/", conversation.get_absolute_url()):
        assert WORDS not in text(client.get(address))
    assert "marmalade" in WORDS
    assert "Nothing found" in text(client.get("/messages/?q=marmalade"))


def test_the_list_shows_ones_own_draft(client, buyer, conversation):
    save_draft(user=buyer, conversation=conversation, body=WORDS)
    client.force_login(buyer)
    page = text(client.get("/messages/?tab=open"))
    assert f'<b class="inbox-item-draft">Draft:</b> {WORDS}' in page


def test_sending_deletes_the_draft_of_the_sender_alone(buyer, reviewer, conversation):
    for user in (buyer, reviewer):
        save_draft(user=user, conversation=conversation, body=WORDS)
    write(conversation, buyer, WORDS)
    assert drafts() == [(reviewer.pk, WORDS)]


def test_a_late_save_does_not_bring_back_what_was_sent(buyer, conversation):
    key = uuid.uuid4()
    send_message(conversation=conversation, sender=buyer, body=WORDS, client_key=key)
    save_draft(user=buyer, conversation=conversation, body=WORDS, client_key=key)
    assert drafts() == []


def test_of_two_tabs_the_last_one_wins(client, buyer, conversation):
    client.force_login(buyer)
    client.post(draft_url(conversation), typed())
    client.post(draft_url(conversation), typed(body="Of another tab"))
    assert drafts() == [(buyer.pk, "Of another tab")]


@pytest.mark.parametrize("body", ["", "  \r\n "])
def test_nothing_typed_deletes_the_draft(client, buyer, conversation, body):
    save_draft(user=buyer, conversation=conversation, body=WORDS)
    client.force_login(buyer)
    client.post(draft_url(conversation), typed(body=body))
    assert drafts() == []


def test_a_draft_too_long_is_refused_and_stays_in_the_field(
    client, buyer, conversation
):
    client.force_login(buyer)
    page = text(client.post(draft_url(conversation), typed(body="x" * 4001)))
    assert "at most 4000 characters (it has 4001)" in page
    assert "x" * 4001 in page
    fetched = client.post(
        draft_url(conversation),
        typed(body="x" * 4001),
        headers={"X-Requested-With": "fetch"},
    )
    assert fetched.status_code == 422
    assert drafts() == []


@pytest.mark.parametrize(
    "changes",
    [{"body": "a\x00b"}, {"client_key": "x"}, {"client_key": ""}, {"client_key": []}],
)
def test_a_draft_that_makes_no_sense_is_not_kept(client, buyer, conversation, changes):
    client.force_login(buyer)
    assert client.post(draft_url(conversation), typed(**changes)).status_code == 200
    assert drafts() == []


def test_a_closed_conversation_shows_what_was_written(
    client, buyer, reviewer, conversation
):
    save_draft(user=buyer, conversation=conversation, body=WORDS)
    leave_conversation(conversation=conversation, member=reviewer)
    client.force_login(buyer)
    page = text(client.get(conversation.get_absolute_url()))
    assert f'<blockquote class="user-text">{WORDS}</blockquote>' in page
    assert "<textarea" not in page


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_nobody_else_keeps_a_draft_there(request, client, conversation, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post(draft_url(conversation), typed()).status_code == 404
    assert client.get(draft_url(conversation)).status_code == 405
    assert drafts() == []


def test_a_visitor_is_sent_to_the_log_in(client, conversation, review):
    for address in (draft_url(conversation), f"{ask_url(review)}draft/"):
        response = client.post(address, typed())
        assert response["Location"] == f"/accounts/login/?next={address}"
    assert drafts() == []


def test_the_draft_of_a_question_is_kept_until_it_is_asked(client, buyer, review):
    client.force_login(buyer)
    response = client.post(f"{ask_url(review)}draft/", typed())
    assert response["Location"] == ask_url(review)
    assert f"{WORDS}</textarea>" in text(client.get(ask_url(review)))
    client.post(ask_url(review), typed())
    assert Message.objects.get().body == WORDS
    assert drafts() == []


def test_the_draft_of_a_question_is_no_draft_of_another(client, buyer, review):
    other = ReviewFactory(author=member())
    save_draft(user=buyer, review=review, body=WORDS)
    client.force_login(buyer)
    assert WORDS not in text(client.get(ask_url(other)))


@pytest.mark.parametrize("status", ["pending", "withdrawn", "removed"])
def test_no_draft_about_a_review_that_is_not_public(client, buyer, review, status):
    review.status = status
    review.save()
    client.force_login(buyer)
    assert client.post(f"{ask_url(review)}draft/", typed()).status_code == 404
    assert drafts() == []
