"""The calendar file against RFC 5545, by a parser and by a strict reading of the bytes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from messaging.services import cancel_call, leave_conversation
from tests.messaging.calling import agree, in_days, propose

LINE = re.compile(rb"[A-Z-]+(;[A-Z-]+=[^:;]+)*:[^\x00-\x08\x0a-\x1f\x7f]*")
STAMP = re.compile(r"\d{8}T\d{6}Z")
ONCE = ["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "CLASS"]


@pytest.fixture
def proposal(conversation, buyer):
    return propose(
        conversation, buyer, in_days(2), minutes=45, place="Room 5, 2nd; a\\b"
    )


@pytest.fixture
def agreed(proposal, reviewer):
    return agree(proposal, reviewer)


def address(conversation, call):
    return reverse("messaging:calendar", args=[conversation.public_id, call.public_id])


def file_of(client, member, call):
    client.force_login(member)
    response = client.get(address(call.conversation, call))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="call.ics"'
    assert response["Cache-Control"] == "private, no-store"
    return response.content


def lines_of(content):
    """Unfolded; each byte where RFC 5545 wants it."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    raw = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in raw)
    for line in raw:
        line.decode()
    unfolded = content.replace(b"\r\n ", b"").split(b"\r\n")[:-1]
    assert all(LINE.fullmatch(line) for line in unfolded)
    return [line.decode() for line in unfolded]


def properties_of(content):
    lines = lines_of(content)
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    if "BEGIN:VALARM" in event:
        event = event[: event.index("BEGIN:VALARM")]
    names = [line.partition(":")[0] for line in event]
    assert all(names.count(name) == 1 for name in ONCE)
    return dict(line.split(":", 1) for line in event)


def test_the_file_says_what_was_agreed(client, buyer, agreed):
    content = file_of(client, buyer, agreed)
    lines = lines_of(content)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:PUBLISH", "CALSCALE:GREGORIAN"} <= set(lines)
    assert sum(line.startswith("PRODID:-//") for line in lines) == 1
    event = properties_of(content)
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        assert STAMP.fullmatch(event[name])
    begins = datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ends = datetime.strptime(event["DTEND"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert (begins, ends - begins) == (agreed.starts_at, timedelta(minutes=45))
    assert event["STATUS"] == "CONFIRMED"
    assert event["SEQUENCE"] == "0"
    product = agreed.conversation.review.product.name
    assert event["SUMMARY"] == f"Conversation about {product}"
    # RFC 5545, 3.3.11.
    assert event["LOCATION"] == r"Room 5\, 2nd\; a\\b"
    assert agreed.conversation.get_absolute_url() in event["DESCRIPTION"]
    alarm = lines[lines.index("BEGIN:VALARM") : lines.index("END:VALARM")]
    assert "TRIGGER:-PT1H" in alarm
    assert "ACTION:DISPLAY" in alarm


def test_a_parser_reads_the_same(client, buyer, agreed):
    calendar = Calendar.from_ical(file_of(client, buyer, agreed))
    (event,) = calendar.walk("VEVENT")
    (alarm,) = calendar.walk("VALARM")
    assert calendar["METHOD"] == "PUBLISH"
    assert event.decoded("DTSTART") == agreed.starts_at
    assert event.decoded("DTEND") == agreed.starts_at + timedelta(minutes=45)
    assert str(event["LOCATION"]) == "Room 5, 2nd; a\\b"
    assert alarm.decoded("TRIGGER") == timedelta(minutes=-60)
    assert not calendar.errors
    assert not event.errors


def test_each_side_has_a_uid_of_its_own_that_stays(client, buyer, reviewer, agreed):
    uids = [
        properties_of(file_of(client, who, agreed))["UID"] for who in (buyer, reviewer)
    ]
    assert len(set(uids)) == 2
    for uid in uids:
        assert re.fullmatch(r"[0-9a-f]{32}@testserver", uid)
        assert agreed.public_id.hex not in uid
    assert properties_of(file_of(client, buyer, agreed))["UID"] == uids[0]


def test_two_calls_have_two_uids(client, buyer, reviewer, agreed):
    first = properties_of(file_of(client, buyer, agreed))["UID"]
    cancel_call(proposal=agreed, member=buyer)
    second = agree(propose(agreed.conversation, reviewer), buyer)
    assert properties_of(file_of(client, buyer, second))["UID"] != first


def test_the_file_of_a_cancelled_call_takes_it_out(client, buyer, reviewer, agreed):
    before = properties_of(file_of(client, buyer, agreed))
    cancel_call(proposal=agreed, member=reviewer)
    content = file_of(client, buyer, agreed)
    after = properties_of(content)
    assert "METHOD:CANCEL" in lines_of(content)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], "1")
    assert after["STATUS"] == "CANCELLED"
    assert after["DTSTART"] == before["DTSTART"]
    assert "LOCATION" in before
    assert "LOCATION" not in after
    assert "BEGIN:VALARM" not in lines_of(content)


def test_leaving_cancels_it_in_the_calendar_too(client, buyer, reviewer, agreed):
    leave_conversation(conversation=agreed.conversation, member=buyer)
    for member in (buyer, reviewer):
        content = file_of(client, member, agreed)
        assert "METHOD:CANCEL" in lines_of(content)
        assert properties_of(content)["SEQUENCE"] == "1"


def test_nobody_is_named(client, buyer, reviewer, agreed):
    sides = agreed.conversation.participants.all()
    for member in (buyer, reviewer):
        content = file_of(client, member, agreed).decode().replace("\r\n ", "")
        for word in ("ORGANIZER", "ATTENDEE", "mailto", "TZID", "Berlin"):
            assert word not in content
        for person in (buyer, reviewer):
            assert person.email not in content
            assert str(person.public_id) not in content
        for side in sides:
            assert side.alias not in content


@pytest.mark.parametrize(
    "place",
    [
        "Room\r\nATTENDEE:mailto:a@b.example",
        "Room\nEND:VEVENT",
        "a\u2028b\u0085c\x0bd",
        "https://meet.example/a;b,c?d=\\n",
        "BEGIN:VALARM " * 20,
        "Zimmer 7 – 会議室 🙂 " * 12,
    ],
)
def test_a_place_is_a_place_whatever_is_in_it(
    client, buyer, reviewer, conversation, place
):
    call = agree(propose(conversation, buyer, place=place), reviewer)
    content = file_of(client, reviewer, call)
    lines = lines_of(content)
    assert [line for line in lines if line.startswith("ATTENDEE")] == []
    assert lines.count("END:VEVENT") == lines.count("BEGIN:VALARM") == 1
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["LOCATION"]) == call.place
    assert len(call.place.splitlines()) == 1


def test_a_file_without_a_place_has_no_location(client, buyer, reviewer, conversation):
    call = agree(propose(conversation, buyer), reviewer)
    assert "LOCATION" not in properties_of(file_of(client, buyer, call))


def test_what_is_not_agreed_has_no_file(client, buyer, reviewer, proposal):
    client.force_login(buyer)
    of_it = address(proposal.conversation, proposal)
    assert client.get(of_it).status_code == 404
    cancel_call(proposal=proposal, member=buyer)
    assert client.get(of_it).status_code == 404


def test_strangers_and_other_conversations_get_the_same_404(
    client, buyer, reviewer, stranger, moderator, agreed
):
    of_it = address(agreed.conversation, agreed)
    answers = []
    for somebody in (stranger, moderator):
        client.force_login(somebody)
        answers.append(client.get(of_it))
    elsewhere = of_it.replace(str(agreed.public_id), str(agreed.conversation.public_id))
    client.force_login(buyer)
    answers.append(client.get(elsewhere))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    client.logout()
    assert client.get(of_it).status_code == 302


def test_reading_the_file_changes_nothing(client, buyer, agreed):
    before = type(agreed).objects.values().get(pk=agreed.pk)
    file_of(client, buyer, agreed)
    assert client.post(address(agreed.conversation, agreed)).status_code == 405
    assert type(agreed).objects.values().get(pk=agreed.pk) == before
