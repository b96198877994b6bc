import uuid

import pytest

from messaging.models import Conversation, Message, Participant
from messaging.services import block_member
from tests.answers import said
from tests.factories import ReviewFactory, VendorRepresentativeFactory
from tests.messaging.people import ask, member, seen_by, write


@pytest.fixture
def conversation(author, reviewer, review):
    conversation = ask(author, review)
    write(conversation, reviewer)
    conversation.refresh_from_db()
    return conversation


def address(conversation, messages=False):
    return f"conversations/{conversation.public_id}/" + "messages/" * messages


def test_a_conversation_shows_two_personas(api, author, conversation):
    seen = seen_by(author, conversation)
    response = api(author).get(address(conversation))
    assert response["Cache-Control"] == "private, no-store"
    found = response.json()
    found.pop("created_at"), found.pop("last_message_at")
    assert found == {
        "public_id": str(conversation.public_id),
        "review": str(conversation.review.public_id),
        "product": conversation.review.product.slug,
        "state": "open",
        "me": {
            "role": "buyer",
            "alias": seen.me.alias,
            "persona": seen.me.persona,
        },
        "other": {
            "role": "reviewer",
            "alias": seen.other.alias,
            "persona": "IT · one level below C · 201–1,000 employees · Healthcare",
        },
        "unread_count": 1,
        "muted": False,
        "archived": False,
        "blocked_by_me": False,
    }


def test_asking_by_api_goes_through_the_gate(api, author, review):
    asked = {"review": str(review.public_id), "body": "How long did it take?"}
    response = api(author).post("conversations/", asked)
    assert response.status_code == 201
    conversation = Conversation.objects.get()
    assert response["Location"] == f"/api/v1/{address(conversation)}"
    again = api(author).post("conversations/", asked)
    assert again.status_code == 409
    assert again.json()["code"] == "already_asked"
    assert Conversation.objects.count() == 1


def test_asking_twice_under_one_key_asks_once(api, author, review):
    asked = {"review": str(review.public_id), "body": "How long did it take?"}
    answers = [
        api(author).post("conversations/", asked, Idempotency_Key="ask-1")
        for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    other = api(author).post(
        "conversations/", asked | {"body": "Why?"}, Idempotency_Key="ask-1"
    )
    assert other.status_code == 422
    assert Message.objects.count() == 1


@pytest.mark.parametrize("who", ["representative", "author of it", "blocked"])
def test_asking_refuses_as_the_page_does(api, author, reviewer, review, who):
    user = reviewer if who == "author of it" else author
    if who == "representative":
        VendorRepresentativeFactory(user=author)
    if who == "blocked":
        reviewer.blocks.create(blocked=author)
    asked = {"review": str(review.public_id), "body": "How long did it take?"}
    response = api(user).post("conversations/", asked)
    assert response.status_code == 403
    assert (
        response.json()["code"]
        == {
            "representative": "representative",
            "author of it": "own_review",
            "blocked": "not_accepting",
        }[who]
    )
    assert Conversation.objects.count() == 0


def test_asking_names_the_limit(api, author):
    for _ in range(5):
        ask(author, ReviewFactory(author=member()))
    sixth = ReviewFactory(author=member())
    response = api(author).post(
        "conversations/", {"review": str(sixth.public_id), "body": "Why?"}
    )
    assert response.status_code == 429
    assert response.json()["code"] == "sender_limit"
    assert "5 conversations within 24 hours" in response.json()["detail"]


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn", "removed"])
def test_asking_about_what_is_not_public_is_as_if_it_were_not_there(
    api, author, review, status
):
    review.status = status
    review.save()
    answers = [
        api(author).post("conversations/", {"review": str(public_id), "body": "Why?"})
        for public_id in (review.public_id, uuid.uuid4())
    ]
    assert [a.status_code for a in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_sending_by_api_is_once_per_key(api, author, reviewer, conversation):
    path = address(conversation, messages=True)
    answers = [
        api(author).post(path, {"body": "And then?"}, Idempotency_Key="m-1")
        for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert set(answers[0].json()) == {
        "public_id",
        "sender_role",
        "body",
        "reply_to",
        "created_at",
        "seen_by_moderation_at",
    }
    assert Message.objects.filter(body="And then?").count() == 1
    assert seen_by(reviewer, conversation).me.unread_count == 2


def test_sending_waits_for_the_answer(api, author, review):
    conversation = ask(author, review)
    response = api(author).post(address(conversation, True), {"body": "Hello?"})
    assert (response.status_code, response.json()["code"]) == (409, "wait_for_answer")


def test_nobody_is_told_that_they_were_blocked(api, author, reviewer, conversation):
    block_member(blocker=reviewer, conversation=conversation)
    assert api(author).get(address(conversation)).json()["state"] == "closed"
    response = api(author).post(address(conversation, True), {"body": "Hello?"})
    assert (response.status_code, response.json()["code"]) == (409, "closed")


def test_messages_come_newest_first_and_page_by_key(
    api, author, reviewer, conversation
):
    for n in range(3):
        write(conversation, reviewer, f"{n}")
    seen, path = [], address(conversation, True) + "?page_size=2"
    while path:
        page = api(author).get(path).json()
        seen += [row["body"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver/api/v1/")
    assert seen == [
        "2",
        "1",
        "0",
        "About four months.",
        "How long did the roll-out take?",
    ]


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("messages", [False, True])
def test_not_yours_is_not_there(api, stranger, conversation, staff, messages):
    stranger.is_staff = staff
    stranger.save()
    reader = api(stranger)
    nothing = address(Conversation(public_id=uuid.uuid4()), messages)
    for call in (reader.get, lambda path: reader.post(path, {"body": "x"})):
        theirs, none = call(address(conversation, messages)), call(nothing)
        if theirs.status_code == 405:
            continue
        assert theirs.status_code == 404
        assert theirs.content == none.content
        assert said(theirs) == said(none)
    assert reader.get("conversations/").json()["results"] == []
    assert Message.objects.count() == 2


def test_a_visitor_is_401_whatever_is_there(api, conversation):
    for public_id in (conversation.public_id, uuid.uuid4()):
        assert api().get(f"conversations/{public_id}/").status_code == 401
        path = f"conversations/{public_id}/messages/"
        assert api().post(path, {"body": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("query", "amount"),
    [("", 2), ("?part=requests", 1), ("?part=open", 1), ("?part=closed", 0)],
)
def test_conversations_by_part(api, author, conversation, query, amount):
    ask(author, ReviewFactory(author=member()))
    assert len(api(author).get(f"conversations/{query}").json()["results"]) == amount


@pytest.mark.parametrize("amount", [1, 3])
def test_conversations_take_four_queries(
    api, author, amount, django_assert_num_queries
):
    for _ in range(amount):
        ask(author, ReviewFactory(author=member()))
    reader = api(author)
    reader.get("conversations/")
    # The token, the note of its use, the page, and what stands on it.
    with django_assert_num_queries(4):
        assert len(reader.get("conversations/").json()["results"]) == amount


def test_conversations_come_latest_first_and_page_by_key(api, author):
    begun = [ask(author, ReviewFactory(author=member())) for _ in range(3)]
    # Two of the same moment.
    Conversation.objects.update(last_message_at=begun[0].last_message_at)
    write(begun[1], begun[1].review.author)
    seen, path = [], "conversations/?page_size=1"
    while path:
        page = api(author).get(path).json()
        seen += [row["public_id"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver/api/v1/")
    assert seen == [str(begun[n].public_id) for n in (1, 2, 0)]


@pytest.mark.parametrize("amount", [1, 3])
def test_messages_take_four_queries(
    api, author, reviewer, conversation, amount, django_assert_num_queries
):
    for n in range(amount):
        write(conversation, reviewer, f"{n}")
    reader = api(author)
    reader.get("conversations/")
    with django_assert_num_queries(4):
        page = reader.get(address(conversation, True)).json()
    assert len(page["results"]) == 2 + amount


def test_reading_by_api_marks_nothing(api, author, conversation):
    api(author).get(address(conversation, True))
    assert Participant.objects.get(user=author).unread_count == 1
