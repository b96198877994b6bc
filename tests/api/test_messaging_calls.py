"""Calls and meetings by the API, and their calendar files."""

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from messaging.models import CallProposal
from tests.api.messaging_operations import AGREE, PROPOSE, in_days, stored
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, write


@pytest.fixture
def conversation(author, reviewer):
    talk = ask(author, ReviewFactory(author=reviewer))
    write(talk, reviewer)
    talk.refresh_from_db()
    return talk


def path(conversation, rest=""):
    return f"conversations/{conversation.public_id}/calls/{rest}"


def refusal(response):
    return response.status_code, response.json()["code"]


def proposed(api, who, conversation, **said):
    answer = api(who).post(path(conversation), PROPOSE.body | said)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_call_is_proposed_agreed_and_called_off(api, author, reviewer, conversation):
    reviewer.profile.time_zone = "Asia/Kathmandu"
    reviewer.profile.save(update_fields=["time_zone"])
    made = proposed(api, reviewer, conversation)
    assert set(made) == {
        "public_id", "state", "proposer_role", "minutes", "place", "slots", "starts_at",
        "created_at", "calendar",
    }  # fmt: skip
    assert CallProposal.objects.get().time_zone == "Asia/Kathmandu"

    read = api(author).get(path(conversation))
    assert read["Cache-Control"] == "private, no-store"
    assert read.json()["results"] == [made]
    assert "Kathmandu" not in read.content.decode()
    assert made["slots"] == [
        {"slot": n, "starts_at": in_days(n).isoformat().replace("+00:00", "Z")}
        for n in (1, 2)
    ]

    place = PROPOSE.body["place"]
    agreed = AGREE.send(api(author), conversation).json()
    assert (made["place"], agreed["place"]) == (place, place)
    assert (agreed["state"], agreed["starts_at"]) == ("accepted", made["slots"][1]["starts_at"])  # fmt: skip
    off = api(reviewer).post(path(conversation, f"{made['public_id']}/cancel/"), {})
    assert (off.status_code, off.json()["state"]) == (200, "cancelled")
    assert api(author).get(path(conversation)).json()["results"][0]["place"] == ""


def test_each_side_gets_a_calendar_file_without_the_other(api, author, reviewer, conversation):  # fmt: skip
    proposed(api, reviewer, conversation)
    agreed = AGREE.send(api(author), conversation).json()
    address = agreed["calendar"].partition("/api/v1/")[2]
    files = [
        api(author).get(address),
        api(reviewer).get(address, Accept="text/calendar"),
    ]
    uids = set()
    for file in files:
        assert file.status_code == 200
        assert file["Content-Type"] == "text/calendar; charset=utf-8"
        assert file["Cache-Control"] == "private, no-store"
        event = Calendar.from_ical(file.content).walk("VEVENT")[0]
        assert event["DTSTART"].dt == in_days(2)
        assert str(event["LOCATION"]) == "Room 1"
        uids.add(str(event["UID"]))
        for side in (author, reviewer):
            for fact in (side.email, str(side.public_id), "ATTENDEE", "ORGANIZER"):
                assert fact not in file.content.decode()
    assert len(uids) == 2


def test_there_is_no_calendar_file_before_a_time_is_agreed(api, author, reviewer, conversation):  # fmt: skip
    made = proposed(api, reviewer, conversation)
    assert made["calendar"] is None
    answer = api(author).get(
        path(conversation, f"{made['public_id']}/calendar.ics"), Accept="text/calendar"
    )
    assert refusal(answer) == (404, "not_found")
    assert answer["Content-Type"] == "application/problem+json"


def test_one_does_not_answer_ones_own_proposal(api, author, conversation):
    proposed(api, author, conversation)
    before = stored()
    assert refusal(AGREE.send(api(author), conversation)) == (403, "call_own")
    made = CallProposal.objects.get().public_id
    declined = api(author).post(path(conversation, f"{made}/decline/"), {})
    assert refusal(declined) == (403, "call_own")
    assert stored() == before


def test_other_times_answer_a_proposal_and_only_one_stands(api, author, reviewer, conversation):  # fmt: skip
    first = proposed(api, reviewer, conversation)
    second = proposed(api, author, conversation, slots=[in_days(5).isoformat()])
    states = {c["public_id"]: c["state"] for c in api(author).get(path(conversation)).json()["results"]}  # fmt: skip
    assert states == {first["public_id"]: "countered", second["public_id"]: "proposed"}
    late = api(author).post(path(conversation, f"{first['public_id']}/accept/"), {"slot": 1})  # fmt: skip
    assert refusal(late) == (409, "call_changed")
    agreed = api(reviewer).post(path(conversation, f"{second['public_id']}/accept/"), {"slot": 1})  # fmt: skip
    assert agreed.json()["state"] == "accepted"
    assert refusal(api(author).post(path(conversation), PROPOSE.body)) == (409, "call_agreed")  # fmt: skip


def test_a_slot_that_is_not_there_is_404(api, author, reviewer, conversation):
    proposed(api, reviewer, conversation)
    before = stored()
    answer = AGREE.send(api(author), conversation, {"slot": 3})
    assert refusal(answer) == (404, "not_found")
    assert stored() == before


def test_a_call_of_another_conversation_is_not_there(api, author, reviewer, conversation):  # fmt: skip
    other = ask(author, ReviewFactory(author=member()))
    made = proposed(api, reviewer, conversation)
    for verb, body in (("accept/", {"slot": 1}), ("decline/", {}), ("cancel/", {})):
        answer = api(author).post(path(other, f"{made['public_id']}/{verb}"), body)
        assert refusal(answer) == (404, "not_found")
    assert CallProposal.objects.get().state == "proposed"


LATER = in_days(1).isoformat()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"slots": []}, "slots"),
        ({"slots": None}, "slots"),
        ({"slots": LATER}, "slots"),
        ({"slots": {"a": LATER}}, "slots"),
        ({"slots": [LATER, LATER]}, "slots"),
        ({"slots": [in_days(n).isoformat() for n in range(1, 7)]}, "slots"),
        ({"slots": [in_days(-1).isoformat()]}, "slots"),
        ({"slots": [in_days(400).isoformat()]}, "slots"),
        ({"slots": ["2030-01-01T10:00"]}, "slots"),
        ({"slots": ["9999-12-31T23:59:59-23:00"]}, "slots"),
        ({"slots": ["0001-01-01T00:00:00+23:00"]}, "slots"),
        ({"slots": [10**30]}, "slots"),
        ({"slots": [[LATER]]}, "slots"),
        ({"slots": ["\x00"]}, "slots"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 481}, "minutes"),
        ({"minutes": 10**30}, "minutes"),
        ({"minutes": "1" * 2000}, "minutes"),
        ({"minutes": [30]}, "minutes"),
        ({"place": "x" * 301}, "place"),
        ({"place": {"at": "home"}}, "place"),
        ({"place": "\x00"}, "place"),
        ({"time_zone": "Factory"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": 3}, "time_zone"),
        ({"state": "accepted"}, "state"),
    ],
)
def test_what_can_not_be_proposed_is_refused_by_field(api, author, conversation, said, field):  # fmt: skip
    before = stored()
    answer = api(author).post(path(conversation), PROPOSE.body | said)
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["errors"]) == [field]
    assert stored() == before


@pytest.mark.parametrize("slot", [0, 6, -1, 10**30, None, "x", [1], {"slot": 1}, True, 1.5])  # fmt: skip
def test_a_slot_is_a_number_from_1_to_5(api, author, reviewer, conversation, slot):
    proposed(api, reviewer, conversation)
    before = stored()
    answer = AGREE.send(api(author), conversation, {"slot": slot})
    assert refusal(answer) == (400, "invalid")
    assert stored() == before


def test_a_time_that_passed_is_not_agreed_to(api, author, reviewer, conversation):
    proposed(api, reviewer, conversation)
    call = CallProposal.objects.get()
    call.slots.filter(position=1).update(starts_at=timezone.now() - timedelta(minutes=1))  # fmt: skip
    answer = AGREE.send(api(author), conversation, {"slot": 1})
    assert refusal(answer) == (409, "call_passed")
    assert CallProposal.objects.get().state == "proposed"


@pytest.mark.parametrize("amount", [1, 3])
def test_calls_take_five_queries(api, author, conversation, amount, django_assert_num_queries):  # fmt: skip
    for _ in range(amount):
        proposed(api, author, conversation)
    reader = api(author)
    reader.get(path(conversation))
    # The token, the note of its use, the conversation, the calls and their times.
    with django_assert_num_queries(5):
        assert len(reader.get(path(conversation)).json()["results"]) == amount


def test_calls_page_by_key(api, author, conversation):
    made = [proposed(api, author, conversation)["public_id"] for _ in range(3)]
    found, address = [], path(conversation, "?page_size=2")
    while address:
        page = api(author).get(address).json()
        found += [call["public_id"] for call in page["results"]]
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    assert found == made[::-1]
