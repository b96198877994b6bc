"""What the two sides do with a conversation by the API: who may, what comes of it, and what is refused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.models import Block, Conversation, Message, MessageReport, Participant
from messaging.services import block_member, set_archived
from tests.api.messaging_operations import (
    IN_A_CONVERSATION,
    ON_A_REQUEST,
    PROPOSE,
    REPORT,
    SEND,
    SHARE,
    stored,
)
from tests.factories import ReviewFactory, VendorRepresentativeFactory
from tests.messaging.people import ask, member, seen_by, write


@pytest.fixture
def request_(author, review):
    return ask(author, review)


@pytest.fixture
def conversation(request_, reviewer):
    write(request_, reviewer)
    request_.refresh_from_db()
    return request_


def path(conversation, rest=""):
    return f"conversations/{conversation.public_id}/{rest}"


def refusal(response):
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(
    ("verb", "state"), [("accept", "open"), ("decline", "declined")]
)
def test_the_reviewer_answers_a_request(api, reviewer, request_, verb, state):
    answer = api(reviewer).post(path(request_, f"{verb}/"), {})
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert answer["Cache-Control"] == "private, no-store"
    assert Conversation.objects.get().state == state


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_the_buyer_does_not_answer_for_the_reviewer(api, author, request_, verb):
    before = stored()
    answer = api(author).post(path(request_, f"{verb}/"), {})
    assert refusal(answer) == (409, "closed")
    assert stored() == before


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_what_is_no_request_any_more_is_not_answered(api, reviewer, conversation, verb):
    before = stored()
    assert refusal(api(reviewer).post(path(conversation, f"{verb}/"), {})) == (409, "closed")  # fmt: skip
    assert stored() == before


def test_a_declined_request_takes_no_message(api, author, reviewer, request_):
    api(reviewer).post(path(request_, "decline/"), {})
    assert refusal(SEND.send(api(author), request_)) == (409, "declined")
    assert refusal(SHARE.send(api(author), request_)) == (409, "declined")


@pytest.mark.parametrize("operation", [SHARE, PROPOSE], ids=str)
def test_nothing_is_shared_nor_proposed_before_the_answer(api, author, reviewer, request_, operation):  # fmt: skip
    before = stored()
    for side in (author, reviewer):
        answer = operation.send(api(side), request_)
        assert refusal(answer) == (409, "not_open_yet")
    assert stored() == before


@pytest.mark.parametrize("who", ["author", "reviewer"])
def test_leaving_closes_it_for_both_and_again_changes_nothing(api, request, conversation, who):  # fmt: skip
    leaver = api(request.getfixturevalue(who))
    answers = [leaver.post(path(conversation, "leave/"), {}) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert [a.json()["state"] for a in answers] == ["closed", "closed"]
    sides = Participant.objects.order_by("role")
    assert [s.left_at is not None for s in sides] == [who == "author", who == "reviewer"]  # fmt: skip


def test_read_is_read_up_to_a_message(api, author, reviewer, conversation):
    write(conversation, reviewer, "One thing more.")
    first = conversation.messages.get(sender=reviewer, body="About four months.")
    answer = api(author).post(path(conversation, "read/"), {"up_to": str(first.public_id)})  # fmt: skip
    assert (answer.status_code, answer.json()["unread_count"]) == (200, 1)
    last = conversation.messages.latest("pk")
    answer = api(author).post(path(conversation, "read/"), {"up_to": str(last.public_id)})  # fmt: skip
    assert answer.json()["unread_count"] == 0


def test_a_message_of_another_conversation_is_not_there(api, author, reviewer, conversation):  # fmt: skip
    other = ask(author, ReviewFactory(author=member()))
    foreign = str(other.messages.get().public_id)
    before = stored()
    sender = api(author)
    assert refusal(sender.post(path(conversation, "read/"), {"up_to": foreign})) == (404, "not_found")  # fmt: skip
    report = f"messages/{foreign}/report/"
    assert refusal(sender.post(path(conversation, report), {"reason": "spam"})) == (404, "not_found")  # fmt: skip
    quoting = {"body": "Look", "reply_to": foreign}
    assert refusal(sender.post(path(conversation, "messages/"), quoting)) == (400, "invalid")  # fmt: skip
    assert stored() == before


def test_an_answer_quotes_a_message(api, author, conversation):
    quoted = str(conversation.messages.earliest("pk").public_id)
    said = {"body": "That one.", "reply_to": quoted}
    answer = api(author).post(path(conversation, "messages/"), said)
    assert (answer.status_code, answer.json()["reply_to"]) == (201, quoted)
    listed = api(author).get(path(conversation, "messages/")).json()["results"]
    assert [row["reply_to"] for row in listed] == [quoted, None, None]


@pytest.mark.parametrize(("what", "name"), [("mute", "muted"), ("archive", "archived")])
def test_on_and_off_is_for_one_side_alone(api, author, reviewer, conversation, what, name):  # fmt: skip
    mine, theirs = api(author), api(reviewer)
    for _ in range(2):
        assert mine.put(path(conversation, f"{what}/")).json()[name] is True
    assert theirs.get(path(conversation)).json()[name] is False
    for _ in range(2):
        assert mine.delete(path(conversation, f"{what}/")).json()[name] is False


def test_what_is_archived_stands_in_its_own_part(api, author, conversation):
    set_archived(conversation=conversation, member=author, archived=True)
    found = {
        part: len(api(author).get(f"conversations/?part={part}").json()["results"])
        for part in ("requests", "open", "closed", "archived")
    }
    assert found == {"requests": 0, "open": 0, "closed": 0, "archived": 1}


@pytest.mark.parametrize(
    ("query", "amount"),
    [
        ("months", 1),
        ("roll-out", 1),
        ("weeks", 0),
        ("months -weeks", 1),
        ("months -roll-out", 1),
        ("-months", 1),
        ("  ", 1),
        ("%", 0),
    ],
)
def test_a_search_finds_words_of_both_sides_in_ones_own(api, author, reviewer, conversation, query, amount):  # fmt: skip
    write(ask(member(), ReviewFactory(author=reviewer)), reviewer, "Two weeks.")
    found = api(author).client.get(
        "/api/v1/conversations/", {"q": query}, headers=api(author).headers
    )
    assert len(found.json()["results"]) == amount


def test_a_long_search_is_400(api, author):
    assert refusal(api(author).get(f"conversations/?q={'x' * 101}")) == (400, "invalid")


def test_a_block_is_told_to_its_author_alone(api, author, reviewer, conversation):
    blocker, blocked = api(reviewer), api(author)
    answer = blocker.put(path(conversation, "block/"))
    assert (answer.json()["state"], answer.json()["blocked_by_me"]) == ("closed", True)
    seen = blocked.get(path(conversation)).json()
    assert (seen["state"], seen["blocked_by_me"]) == ("closed", False)
    for operation in (SEND, SHARE, PROPOSE):
        assert refusal(operation.send(blocked, conversation)) == (409, "closed")
        assert refusal(operation.send(blocker, conversation)) == (409, "closed")
    assert blocked.delete(path(conversation, "block/")).json()["state"] == "closed"
    assert Block.objects.count() == 1
    again = blocker.delete(path(conversation, "block/")).json()
    assert (again["state"], again["blocked_by_me"]) == ("open", False)
    assert Block.objects.count() == 0


def test_a_block_does_not_show_in_another_conversation_of_the_two(api, author, reviewer, conversation):  # fmt: skip
    second = ask(author, ReviewFactory(author=reviewer))
    block_member(blocker=author, conversation=conversation)
    seen = api(author).get(path(second)).json()
    assert (seen["state"], seen["blocked_by_me"]) == ("requested", False)
    # Nor does taking it back there, where nothing was blocked, open the first one.
    api(author).delete(path(second, "block/"))
    assert api(author).get(path(conversation)).json()["blocked_by_me"] is True


def test_a_block_after_the_end_can_be_taken_back(api, author, conversation):
    blocker = api(author)
    blocker.post(path(conversation, "leave/"), {})
    assert blocker.put(path(conversation, "block/")).json()["blocked_by_me"] is True
    after = blocker.delete(path(conversation, "block/")).json()
    assert (after["state"], after["blocked_by_me"]) == ("closed", False)
    assert not Block.objects.exists()


def test_a_report_is_made_once_and_stays_as_it_was(api, author, reviewer, conversation):
    message = conversation.messages.get(sender=reviewer)
    address = path(conversation, f"messages/{message.public_id}/report/")
    first = api(author).post(address, {"reason": "abuse", "details": "A threat."})
    again = api(author).post(address, {"reason": "spam"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert set(first.json()) == {"public_id", "reason", "details", "created_at"}
    report = MessageReport.objects.get()
    assert (report.reporter, report.reason, report.details) == (author, "abuse", "A threat.")  # fmt: skip


def test_nobody_reports_their_own_message(api, author, conversation):
    # The first message is the buyer's own.
    assert refusal(REPORT.send(api(author), conversation)) == (403, "own_message")
    assert MessageReport.objects.count() == 0


@pytest.mark.parametrize("operation", [SEND, SHARE, PROPOSE], ids=str)
def test_whoever_began_to_speak_for_a_vendor_reaches_nobody(api, author, conversation, operation):  # fmt: skip
    VendorRepresentativeFactory(user=author)
    # By hand: coming in by claim ends the conversations as well.
    Conversation.objects.update(state="open", ended_at=None)
    before = stored()
    assert refusal(operation.send(api(author), conversation)) == (403, "representative")
    assert stored() == before


@pytest.mark.parametrize("operation", [SEND, SHARE, PROPOSE], ids=str)
def test_an_unconfirmed_address_reaches_nobody(api, author, conversation, operation):
    author.emailaddress_set.update(verified=False)
    before = stored()
    answer = operation.send(api(author), conversation)
    assert refusal(answer) == (403, "email_not_confirmed")
    assert stored() == before


def test_the_limit_says_when_one_may_ask_again(api, author):
    begun = [ask(author, ReviewFactory(author=member())) for _ in range(5)]
    moment = timezone.now() - timedelta(hours=23)
    Conversation.objects.filter(pk=begun[0].pk).update(created_at=moment)
    sixth = ReviewFactory(author=member())
    asked = {"review": str(sixth.public_id), "body": "Why?"}
    answer = api(author).post("conversations/", asked)
    assert refusal(answer) == (429, "sender_limit")
    assert 3500 <= int(answer["Retry-After"]) <= 3601


def test_the_limit_of_a_reviewer_does_not_say_when_others_asked(api, author, reviewer):
    for _ in range(3):
        ask(member(), ReviewFactory(author=reviewer))
    fourth = ReviewFactory(author=reviewer)
    asked = {"review": str(fourth.public_id), "body": "Why?"}
    answer = api(author).post("conversations/", asked)
    assert refusal(answer) == (429, "reviewer_limit")
    assert "Retry-After" not in answer


@pytest.mark.parametrize("operation", [*ON_A_REQUEST, *IN_A_CONVERSATION], ids=str)
def test_a_field_that_is_not_there_is_refused(api, author, reviewer, review, operation):
    conversation = ask(author, review)
    if operation not in ON_A_REQUEST:
        write(conversation, reviewer)
    side = api(author if operation is not REPORT else reviewer)
    before = stored()
    said = operation.body | {"state": "open"}
    answer = operation.send(side, conversation, said)
    assert refusal(answer) == (400, "invalid")
    assert answer.json()["errors"] == {"state": ["There is no such field."]}
    assert stored() == before


def test_sending_deletes_the_draft_and_one_side_never_sees_the_others(api, author, reviewer, conversation):  # fmt: skip
    mine, draft = api(author), path(conversation, "draft/")
    kept = mine.put(draft, {"body": "  Three weeks, but"})
    assert (kept.status_code, kept.json()["body"]) == (200, "  Three weeks, but")
    assert mine.get(draft).json() == kept.json()
    nothing = {"body": "", "saved_at": None}
    assert api(reviewer).get(draft).json() == nothing
    SEND.send(mine, conversation)
    assert mine.get(draft).json() == nothing
    mine.put(draft, {"body": "More"})
    assert mine.delete(draft).json() == nothing


def test_messages_of_both_stand_in_one_thread(api, author, reviewer, conversation):
    SEND.send(api(author), conversation)
    assert seen_by(reviewer, conversation).me.unread_count == 2
    assert Message.objects.count() == 3
