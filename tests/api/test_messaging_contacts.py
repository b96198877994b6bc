"""What two members share of themselves by the API: nothing of the other side before both chose it."""

import json

import pytest

from messaging.models import ContactShare
from messaging.services import block_member
from tests.api.messaging_operations import stored
from tests.factories import ReviewFactory, WorkEmailFactory
from tests.messaging.people import ask, member, write

MINE = {"name": "Wilhelmina Askerson", "telephone": "+49 30 901820"}
THEIRS = {"name": "Bartholomew Answerer", "work_email": "bartholomew@answerer-works.example"}  # fmt: skip


@pytest.fixture
def reviewer(db):
    who = member(email="canaryanswerer@bank.example")
    WorkEmailFactory(
        user=who, domain="answerer-works.example", address=THEIRS["work_email"]
    )
    return who


@pytest.fixture
def conversation(author, reviewer):
    talk = ask(author, ReviewFactory(author=reviewer))
    write(talk, reviewer)
    talk.refresh_from_db()
    return talk


def path(conversation):
    return f"conversations/{conversation.public_id}/contacts/"


def everything(reader, conversation):
    """All that one side can read of the conversation."""
    one = f"conversations/{conversation.public_id}/"
    parts = ["", "messages/", "contacts/", "calls/", "draft/"]
    answers = [reader.get("conversations/"), *(reader.get(one + p) for p in parts)]
    return json.dumps([(a.json(), dict(a.items())) for a in answers])


def test_nothing_is_shown_until_both_chose_and_then_what_both_chose(api, author, reviewer, conversation):  # fmt: skip
    mine, theirs = api(author), api(reviewer)
    nothing = {"mine": {}, "offered": [], "shared": {}}
    assert mine.get(path(conversation)).json() == nothing

    first = theirs.put(path(conversation), THEIRS)
    assert first["Cache-Control"] == "private, no-store"
    assert first.json() == {"mine": THEIRS, "offered": [], "shared": {}}
    seen = everything(mine, conversation)
    for value in THEIRS.values():
        assert value not in seen
    assert mine.get(path(conversation)).json() == nothing | {"offered": ["name", "work_email"]}  # fmt: skip

    both = mine.put(path(conversation), MINE).json()
    assert both == {
        "mine": MINE,
        "offered": ["name", "work_email"],
        "shared": {"name": THEIRS["name"]},
    }
    assert theirs.get(path(conversation)).json()["shared"] == {"name": MINE["name"]}
    assert MINE["telephone"] not in everything(theirs, conversation)
    assert THEIRS["work_email"] not in everything(mine, conversation)


def test_what_is_taken_back_is_gone_at_the_next_request(api, author, reviewer, conversation):  # fmt: skip
    mine, theirs = api(author), api(reviewer)
    mine.put(path(conversation), MINE)
    theirs.put(path(conversation), THEIRS)
    for _ in range(2):
        assert theirs.delete(path(conversation)).json()["mine"] == {}
    assert mine.get(path(conversation)).json() == {"mine": MINE, "offered": [], "shared": {}}  # fmt: skip
    assert THEIRS["name"] not in everything(mine, conversation)
    assert MINE["name"] not in everything(theirs, conversation)
    theirs_kept = ContactShare.objects.filter(participant__user=reviewer)
    assert set(theirs_kept.values_list("value", flat=True)) == {""}


def test_a_new_choice_replaces_the_whole_one(api, author, conversation):
    chooser = api(author)
    chooser.put(path(conversation), MINE)
    assert chooser.put(path(conversation), {"name": "W. A."}).json()["mine"] == {"name": "W. A."}  # fmt: skip
    assert chooser.put(path(conversation), {}).json()["mine"] == {}


def test_a_block_takes_all_back(api, author, reviewer, conversation):
    api(author).put(path(conversation), MINE)
    api(reviewer).put(path(conversation), THEIRS)
    block_member(blocker=author, conversation=conversation)
    for side in (author, reviewer):
        assert api(side).get(path(conversation)).json()["shared"] == {}
    # Whoever is shut out can still take back, and nothing else.
    assert api(reviewer).delete(path(conversation)).status_code == 200
    refused = api(reviewer).put(path(conversation), THEIRS)
    assert (refused.status_code, refused.json()["code"]) == (409, "closed")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"work_email": "somebody@elsewhere.example"}, "work_email"),
        ({"telephone": "0900"}, "telephone"),
        ({"telephone": "+1"}, "telephone"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "\x00"}, "name"),
        ({"address": "Here 1"}, "address"),
    ],
)
def test_what_can_not_be_shared_is_refused_by_field(api, author, conversation, said, field):  # fmt: skip
    before = stored()
    answer = api(author).put(path(conversation), said)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["errors"]) == [field]
    assert stored() == before


@pytest.mark.parametrize("chosen", [{}, MINE])
def test_contacts_take_four_queries(api, author, conversation, chosen, django_assert_num_queries):  # fmt: skip
    reader = api(author)
    reader.put(path(conversation), chosen)
    with django_assert_num_queries(4):
        assert reader.get(path(conversation)).json()["mine"] == chosen
