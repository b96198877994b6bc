"""What the two see and may press, and what nobody learns."""

import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Profile
from messaging.models import CallProposal
from messaging.services import cancel_call, leave_conversation
from notifications.models import OutgoingEmail
from tests.messaging.calling import agree, in_days, propose

NOW = "2027-02-01T12:00Z"
LATER = f"{in_days(20):%Y-%m-%dT12:00}"
FORM_ERRORS = {
    "time_zone": "Choose a time zone of the list.",
    "required": "Propose at least one time.",
    "passed": "This time has passed.",
    "far": "This is more than 365 days away.",
    "same": "This is the same as time 1.",
    "no time": "Give a date and a time, for example 2027-01-31 14:30.",
    "twice": "The clocks show this time twice, because they go back. Say which you mean.",
}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def zone_of(user, name):
    Profile.objects.filter(user=user).update(time_zone=name)


def address(name, conversation, call=None):
    ids = [conversation.public_id, *([call.public_id] if call else [])]
    return reverse(f"messaging:{name}", args=ids)


def typed(**fields):
    return {
        "time_zone": "Europe/Berlin",
        "slot_1": "2027-03-01T10:00",
        "minutes": "30",
        "place": "",
        "client_key": str(uuid.uuid4()),
    } | fields


def post_form(client, conversation, user, **fields):
    with time_machine.travel(NOW, tick=False):
        client.force_login(user)
        return client.post(address("propose_call", conversation), typed(**fields))


def starts_of(call):
    return list(call.slots.values_list("starts_at", flat=True))


@pytest.mark.parametrize(
    ("fields", "moments"),
    [
        ({}, ["2027-03-01T09:00"]),
        ({"slot_1": "2027-03-01 10:00"}, ["2027-03-01T09:00"]),
        ({"slot_1": "2027-07-01T10:00:30"}, ["2027-07-01T08:00"]),
        (
            {"time_zone": "Asia/Kathmandu", "slot_5": "2027-02-02T00:15"},
            ["2027-02-01T18:30", "2027-03-01T04:15"],
        ),
        # Before and after the clocks of New York go forward.
        (
            {
                "time_zone": "America/New_York",
                "slot_1": "2027-03-14T01:59",
                "slot_2": "2027-03-14T03:00",
            },
            ["2027-03-14T06:59", "2027-03-14T07:00"],
        ),
        (
            {"slot_1": "2027-10-31T02:30", "which_1": "first"},
            ["2027-10-31T00:30"],
        ),
        (
            {
                "slot_1": "2027-10-31T02:30",
                "which_1": "first",
                "slot_2": "2027-10-31T02:30",
                "which_2": "second",
            },
            ["2027-10-31T00:30", "2027-10-31T01:30"],
        ),
        ({"time_zone": "Asia/Calcutta"}, ["2027-03-01T04:30"]),
    ],
)
def test_times_are_read_in_the_proposers_zone(
    client, conversation, buyer, fields, moments
):
    response = post_form(client, conversation, buyer, **fields)
    assert response.status_code == 302
    assert response.url == f"{conversation.get_absolute_url()}#call"
    assert starts_of(CallProposal.objects.get()) == [utc(each) for each in moments]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"time_zone": "Mars/Olympus"}, {"time_zone": FORM_ERRORS["time_zone"]}),
        ({"time_zone": "\0"}, {"time_zone": FORM_ERRORS["time_zone"]}),
        ({"slot_1": ""}, {"slot_1": FORM_ERRORS["required"]}),
        ({"slot_1": "2027-02-01T12:59"}, {"slot_1": FORM_ERRORS["passed"]}),
        ({"slot_1": "0001-01-01T00:00"}, {"slot_1": FORM_ERRORS["passed"]}),
        ({"slot_1": "2028-02-01T13:01"}, {"slot_1": FORM_ERRORS["far"]}),
        ({"slot_1": "9999-12-31T23:59"}, {"slot_1": FORM_ERRORS["far"]}),
        ({"slot_1": "tomorrow"}, {"slot_1": FORM_ERRORS["no time"]}),
        ({"slot_1": "2027-13-01T10:00"}, {"slot_1": FORM_ERRORS["no time"]}),
        ({"slot_2": "2027-03-01T10:00"}, {"slot_2": FORM_ERRORS["same"]}),
        (
            {"slot_1": "2027-03-28T02:30"},
            {
                "slot_1": "There is no 02:30 that day in Berlin, because the clocks go forward over it. "
                "Do you mean 03:30?"
            },
        ),
        ({"slot_3": "2027-10-31T02:30"}, {"slot_3": FORM_ERRORS["twice"]}),
    ],
)
def test_what_is_wrong_with_a_time_is_said_beside_it(
    client, conversation, buyer, fields, errors
):
    response = post_form(client, conversation, buyer, place="Café", **fields)
    form = response.context["form"]
    assert {name: said[0] for name, said in form.errors.items()} == errors
    assert response.status_code == 200
    page = response.content.decode()
    assert 'value="Café"' in page
    assert CallProposal.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": "4"},
        {"minutes": "481"},
        {"minutes": "9" * 30},
        {"minutes": "half an hour"},
        {"place": "x" * 301},
        {"slot_1": "2027-03-01T10:00\0"},
        {"slot_1": "9" * 5000},
        {"which_1": "third"},
        {"client_key": "1"},
    ],
)
def test_junk_is_an_error_of_the_form(client, conversation, buyer, fields):
    response = post_form(client, conversation, buyer, **fields)
    (name,) = fields
    assert (response.status_code, list(response.context["form"].errors)) == (
        200,
        [name],
    )
    assert CallProposal.objects.count() == 0


def test_which_of_two_is_asked_with_their_offsets(client, conversation, buyer):
    page = post_form(
        client,
        conversation,
        buyer,
        time_zone="Australia/Lord_Howe",
        slot_1="2027-04-04T01:45",
    ).content.decode()
    assert "The first 01:45 (UTC+11)" in page
    assert "The second 01:45 (UTC+10:30)" in page
    assert 'name="which_1"' in page
    assert 'name="which_2"' not in page


def test_the_form_begins_with_the_zone_of_the_profile(client, conversation, buyer):
    client.force_login(buyer)
    page = client.get(address("propose_call", conversation)).content.decode()
    assert '<option value="UTC" selected>' in page
    # The browser may know better, but only where nobody said anything.
    assert 'data-time-zones="guess"' in page
    zone_of(buyer, "Asia/Calcutta")
    page = client.get(address("propose_call", conversation)).content.decode()
    assert '<option value="Asia/Calcutta" selected>' in page
    assert 'data-time-zones="guess"' not in page


def test_the_first_zone_that_is_said_is_kept(client, conversation, buyer):
    post_form(client, conversation, buyer, time_zone="UTC")
    assert Profile.objects.get(user=buyer).time_zone == ""
    post_form(client, conversation, buyer)
    post_form(client, conversation, buyer, time_zone="Asia/Tokyo")
    assert Profile.objects.get(user=buyer).time_zone == "Europe/Berlin"


def test_the_profile_has_a_zone(client, buyer):
    client.force_login(buyer)
    form = client.get("/me/profile/").context["form"]
    said = {name: form[name].value() or "" for name in form.fields}
    client.post("/me/profile/", said | {"time_zone": "Asia/Calcutta"})
    assert Profile.objects.get(user=buyer).time_zone == "Asia/Calcutta"
    response = client.post("/me/profile/", said | {"time_zone": "../etc/passwd"})
    assert list(response.context["form"].errors) == ["time_zone"]
    client.post("/me/profile/", said | {"time_zone": ""})
    assert Profile.objects.get(user=buyer).time_zone == ""


def test_a_double_click_is_one_proposal(client, conversation, buyer):
    key = str(uuid.uuid4())
    for _ in range(2):
        assert post_form(client, conversation, buyer, client_key=key).status_code == 302
    again = post_form(client, conversation, buyer, client_key=key, minutes="45")
    assert "sent already with other words" in again.content.decode()
    assert again.context["form"]["client_key"].value() != key
    assert again.context["form"]["minutes"].value() == "45"
    assert CallProposal.objects.count() == 1


def test_each_reads_the_same_moment_on_their_own_clock(
    client, conversation, buyer, reviewer
):
    zone_of(buyer, "America/New_York")
    zone_of(reviewer, "Asia/Kathmandu")
    post_form(
        client,
        conversation,
        buyer,
        time_zone="America/New_York",
        slot_1="2027-03-15T08:00",
    )
    seen = {buyer: "Mon 15 Mar 2027, 08:00", reviewer: "Mon 15 Mar 2027, 17:45"}
    offsets = {buyer: "UTC−4", reviewer: "UTC+5:45"}
    names = {buyer: "America/New_York", reviewer: "Asia/Kathmandu"}
    for who, other in ((buyer, reviewer), (reviewer, buyer)):
        with time_machine.travel(NOW, tick=False):
            client.force_login(who)
            page = client.get(conversation.get_absolute_url()).content.decode()
        panel = page.split('id="call"')[1].split("</section>")[0]
        assert '<time datetime="2027-03-15T12:00:00Z">' in panel
        for said in (seen[who], offsets[who], names[who]):
            assert said in panel
        # Where the other side's clock stands tells where they are.
        for foreign in (seen[other], offsets[other], names[other], "Berlin"):
            assert foreign not in page
        city = names[other].rpartition("/")[2]
        for tell_tale in (city, city.replace("_", " ")):
            assert tell_tale not in page


def test_the_proposers_zone_reaches_nothing_of_the_other_side(
    client, conversation, buyer, reviewer
):
    zone_of(buyer, "Australia/Lord_Howe")
    call = propose(conversation, buyer, time_zone="Australia/Lord_Howe")
    client.force_login(reviewer)
    bodies = [client.get(conversation.get_absolute_url()).content]
    client.post(address("accept_call", conversation, call), {"slot": "1"})
    for name in ("conversation", "propose_call"):
        bodies.append(client.get(address(name, conversation)).content)
    bodies.append(client.get(address("calendar", conversation, call)).content)
    call.refresh_from_db()
    cancel_call(proposal=call, member=buyer)
    bodies.append(client.get(conversation.get_absolute_url()).content)
    bodies.append(client.get(address("calendar", conversation, call)).content)
    for mail in OutgoingEmail.objects.filter(recipient=reviewer):
        bodies.append(f"{mail.subject}{mail.text}{mail.html}{mail.about}".encode())
    assert len(bodies) >= 8
    offered = b'<option value="Australia/Lord_Howe">Lord Howe</option>'
    for body in bodies:
        body = body.replace(offered, b"")
        for word in (b"Lord_Howe", b"Lord Howe", b"UTC+11", b"UTC+10:30"):
            assert word not in body


def test_a_place_is_text_and_its_addresses_are_links(
    client, conversation, buyer, reviewer
):
    place = (
        '<script>alert(1)</script> "x" https://meet.example/a?b=c&d javascript:alert(2)'
    )
    propose(conversation, buyer, place=place)
    client.force_login(reviewer)
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    link = (
        'href="https://meet.example/a?b=c&amp;d" rel="nofollow noopener noreferrer ugc"'
    )
    assert link in page
    assert 'href="javascript' not in page


def test_answering_by_the_buttons(client, conversation, buyer, reviewer):
    call = propose(conversation, buyer)
    client.force_login(reviewer)
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert page.count("</time></span><button") == 2
    response = client.post(address("accept_call", conversation, call), {"slot": "2"})
    assert response.url == f"{conversation.get_absolute_url()}#call"
    call.refresh_from_db()
    assert call.starts_at == call.slots.get(position=2).starts_at
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert address("calendar", conversation, call) in page
    client.post(address("cancel_call", conversation, call))
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert "Take it out of your calendar" in page
    second = propose(conversation, buyer)
    client.post(address("decline_call", conversation, second))
    second.refresh_from_db()
    assert (second.state, second.starts_at) == ("declined", None)


def test_an_answer_that_comes_too_late_is_told_so(
    client, conversation, buyer, reviewer
):
    call = propose(conversation, buyer)
    cancel_call(proposal=call, member=buyer)
    client.force_login(reviewer)
    response = client.post(address("accept_call", conversation, call), {"slot": "1"})
    assert response.status_code == 403
    assert "answered, replaced or called off meanwhile" in response.content.decode()
    call.refresh_from_db()
    assert (call.state, call.starts_at) == ("cancelled", None)


@pytest.mark.parametrize("slot", ["0", "6", "9" * 30])
def test_a_slot_that_is_not_there_is_not_found(
    client, conversation, buyer, reviewer, slot
):
    call = propose(conversation, buyer)
    client.force_login(reviewer)
    of_it = address("accept_call", conversation, call)
    assert client.post(of_it, {"slot": slot}).status_code == 404


@pytest.mark.parametrize("data", [{}, {"slot": ""}, {"slot": "x\0"}])
def test_an_answer_without_a_slot_is_a_bad_request(
    client, conversation, buyer, reviewer, data
):
    call = propose(conversation, buyer)
    client.force_login(reviewer)
    assert (
        client.post(address("accept_call", conversation, call), data).status_code == 400
    )


def test_strangers_get_the_same_404_everywhere(
    client, conversation, buyer, stranger, moderator
):
    call = propose(conversation, buyer)
    before = list(CallProposal.objects.values())
    for somebody in (stranger, moderator):
        client.force_login(somebody)
        assert client.get(address("propose_call", conversation)).status_code == 404
        data = typed(slot="1")
        assert (
            client.post(address("propose_call", conversation), data).status_code == 404
        )
        for name in ("accept_call", "decline_call", "cancel_call"):
            of_it = address(name, conversation, call)
            assert client.post(of_it, {"slot": "1"}).status_code == 404, name
    assert list(CallProposal.objects.values()) == before


def test_reading_changes_nothing(client, conversation, buyer, reviewer):
    call = propose(conversation, buyer)
    before = list(CallProposal.objects.values())
    client.force_login(reviewer)
    for name in ("accept_call", "decline_call", "cancel_call"):
        assert client.get(address(name, conversation, call)).status_code == 405
    client.get(conversation.get_absolute_url())
    client.get(address("propose_call", conversation))
    assert list(CallProposal.objects.values()) == before


def test_what_can_not_be_proposed_is_not_offered(
    client, conversation, request_, buyer, reviewer
):
    client.force_login(buyer)
    of_form = address("propose_call", conversation)
    assert of_form in client.get(conversation.get_absolute_url()).content.decode()
    leave_conversation(conversation=conversation, member=reviewer)
    assert of_form not in client.get(conversation.get_absolute_url()).content.decode()
    response = client.get(of_form)
    assert response.status_code == 403
    assert "This conversation is closed" in response.content.decode()
    response = client.post(of_form, typed(place="Kept place", slot_1=LATER))
    assert (response.status_code, CallProposal.objects.count()) == (403, 0)
    assert "Kept place" in response.content.decode()


def queries_of_thread(client, conversation, asserted):
    with asserted as captured:
        client.get(conversation.get_absolute_url())
    about = [q for q in captured.captured_queries if 'FROM "messaging_call' in q["sql"]]
    return len(about)


def test_a_thread_asks_at_most_twice_for_calls(
    client, conversation, buyer, reviewer, django_assert_max_num_queries
):
    def asked():
        limit = django_assert_max_num_queries(60)
        return queries_of_thread(client, conversation, limit)

    client.force_login(reviewer)
    assert asked() == 0
    for _ in range(3):
        last = propose(conversation, buyer, *[in_days(n) for n in range(1, 6)])
        assert asked() == 2
    agree(last, reviewer)
    assert asked() == 1


def test_an_open_page_learns_what_is_new(client, conversation, buyer, reviewer):
    of_panel = address("calls", conversation)
    client.force_login(reviewer)
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert f'hx-get="{of_panel}?seen="' in page
    assert client.get(of_panel, {"seen": ""}).status_code == 204
    call = propose(conversation, buyer)
    marker = f"{call.public_id}.proposed"
    panel = client.get(of_panel, {"seen": ""}).content.decode()
    assert f"?seen={marker}" in panel
    assert panel.count(">Agree</button>") == 2
    assert client.get(of_panel, {"seen": marker}).status_code == 204
    agree(call, reviewer)
    panel = client.get(of_panel, {"seen": marker}).content.decode()
    assert "A time is agreed" in panel


def test_the_panel_is_for_the_two_of_them(client, conversation, buyer, stranger):
    propose(conversation, buyer)
    client.force_login(stranger)
    assert client.get(address("calls", conversation)).status_code == 404
    client.logout()
    of_panel = address("calls", conversation)
    assert client.get(of_panel, headers={"HX-Request": "true"}).status_code == 401
