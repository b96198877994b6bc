import re
import uuid

import pytest
from django.urls import reverse

from messaging.models import Conversation, Message, MessageReport, Participant
from messaging.permissions import Refusal
from messaging.services import block_member, decline_request, leave_conversation
from tests.factories import ReviewFactory, UserFactory, VendorRepresentativeFactory
from tests.messaging.people import ask, member, seen_by, write

INBOX = "/messages/"


def as_(client, user):
    client.force_login(user)
    return client


def url(name, conversation):
    return reverse(f"messaging:{name}", args=[conversation.public_id])


def ask_url(review):
    return f"/reviews/{review.public_id}/message/"


def question(**changes):
    return {"body": "How long did it take?", "client_key": str(uuid.uuid4())} | changes


def text(response):
    return response.content.decode()


# --- Asking ---------------------------------------------------------------------------------


def test_ask_page_sends_a_visitor_to_the_log_in_and_back(client, review):
    response = client.get(ask_url(review))
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={ask_url(review)}"


def test_ask_page_shows_what_the_reviewer_will_see(client, buyer, review):
    response = as_(client, buyer).get(ask_url(review))
    assert response.status_code == 200
    assert review.headline in text(response)
    assert "IT · one level below C · 201–1,000 employees · Healthcare" in text(response)
    assert response["Cache-Control"] == "private, no-store"


def test_ask_sends_the_question_and_leads_to_the_thread(client, buyer, review):
    response = as_(client, buyer).post(ask_url(review), question())
    conversation = Conversation.objects.get()
    assert response["Location"] == f"/messages/{conversation.public_id}/"
    again = client.get(ask_url(review))
    assert again["Location"] == f"/messages/{conversation.public_id}/"


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn", "removed"])
def test_ask_page_of_a_review_that_is_not_public_is_404(client, buyer, review, status):
    review.status = status
    review.save()
    assert as_(client, buyer).get(ask_url(review)).status_code == 404
    assert client.post(ask_url(review), question()).status_code == 404
    assert Conversation.objects.count() == 0


def test_ask_page_says_why_not(client, reviewer, review):
    response = as_(client, reviewer).get(ask_url(review))
    assert response.status_code == 403
    assert Refusal.OWN_REVIEW.label in text(response)
    assert "<textarea" not in text(response)


def test_ask_refuses_a_representative_by_page_too(client, buyer, review):
    VendorRepresentativeFactory(user=buyer)
    response = as_(client, buyer).post(ask_url(review), question())
    assert response.status_code == 403
    # What they typed isn't lost.
    assert "How long did it take?" in text(response)
    assert Conversation.objects.count() == 0


def test_ask_names_the_limit(client, buyer):
    for _ in range(5):
        ask(buyer, ReviewFactory(author=member()))
    sixth = ReviewFactory(author=member())
    response = as_(client, buyer).post(ask_url(sixth), question())
    assert response.status_code == 429
    assert "5 conversations within 24 hours" in text(response)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "Write your question first."),
        ("   ", "Write your question first."),
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 4001, "Ensure this value has at most 4000 characters (it has 4001)."),
    ],
)
def test_ask_refuses_a_body_that_can_not_be_sent(client, buyer, review, body, error):
    response = as_(client, buyer).post(ask_url(review), question(body=body))
    assert response.status_code == 200
    assert error in text(response)
    assert "x" * 4001 in text(response) if body[:1] == "x" else True
    assert Message.objects.count() == 0


@pytest.mark.parametrize("key", ["", "1", "\x00", "x" * 5000])
def test_ask_refuses_a_key_that_is_none(client, buyer, review, key):
    response = as_(client, buyer).post(ask_url(review), question(client_key=key))
    assert response.status_code == 200
    assert "This page is incomplete; load it again." in text(response)
    assert Message.objects.count() == 0


def test_ask_again_with_the_same_key_and_other_words_keeps_them(client, buyer, review):
    sent = question()
    as_(client, buyer).post(ask_url(review), sent)
    response = client.post(ask_url(review), sent | {"body": "And at what price?"})
    assert response.status_code == 200
    assert "And at what price?" in text(response)
    assert sent["client_key"] not in text(response)
    assert Message.objects.count() == 1


# --- The thread -----------------------------------------------------------------------------


def test_thread_shows_both_personas_and_who_can_read(client, buyer, conversation):
    page = text(as_(client, buyer).get(url("conversation", conversation)))
    seen = seen_by(buyer, conversation)
    assert seen.me.alias in page
    assert seen.other.alias in page
    assert (
        "Only the two of you can read this. Moderators can’t, unless one of you reports a message."
        in page
    )
    assert "About four months." in page
    assert "How long did the roll-out take?" in page


def test_thread_sends_an_answer(client, buyer, conversation):
    response = as_(client, buyer).post(url("conversation", conversation), question())
    message = Message.objects.newest_first().first()
    assert response["Location"] == (
        f"/messages/{conversation.public_id}/#{message.public_id}"
    )
    assert (message.sender, message.body) == (buyer, "How long did it take?")


def test_thread_refuses_and_keeps_the_text(client, buyer, reviewer, conversation):
    block_member(blocker=reviewer, conversation=conversation)
    response = as_(client, buyer).post(url("conversation", conversation), question())
    assert response.status_code == 403
    assert "How long did it take?" in text(response)
    assert Refusal.CLOSED.label in text(response)
    # They aren't told that they were blocked.
    assert "blocked" not in text(response).lower()
    assert Message.objects.count() == 2


def test_thread_stores_a_line_break_as_one_character(client, buyer, conversation):
    as_(client, buyer).post(
        url("conversation", conversation), question(body="one\r\ntwo")
    )
    assert Message.objects.newest_first().first().body == "one\ntwo"


def test_thread_escapes_and_links(client, buyer, reviewer, conversation):
    write(
        conversation,
        reviewer,
        '<script>alert(1)</script> see https://docs.example/a?b=1&c="2 and http://x.example/).',
    )
    page = text(as_(client, buyer).get(url("conversation", conversation)))
    assert "<script>alert" not in page
    assert (
        '<a href="https://docs.example/a?b=1&amp;c=" rel="nofollow noopener noreferrer ugc">'
        "https://docs.example/a?b=1&amp;c=</a>&quot;2" in page
    )
    assert ">http://x.example/</a>)." in page


@pytest.mark.parametrize(
    "body", ["javascript:alert(1)", "data:text/html,x", "ftp://x.example/", "x.example"]
)
def test_thread_links_nothing_but_http(client, buyer, reviewer, conversation, body):
    write(conversation, reviewer, body)
    page = text(as_(client, buyer).get(url("conversation", conversation)))
    assert f'href="{body}' not in page


def test_thread_pages_by_key(client, buyer, reviewer, conversation):
    for n in range(60):
        write(conversation, reviewer, f"Message number {n}.")
    page = as_(client, buyer).get(url("conversation", conversation))
    shown = re.findall(r"Message number (\d+)\.", text(page))
    # The first one found is the inbox's excerpt of the last message.
    assert [int(n) for n in shown] == [59, *range(10, 60)]
    earlier = re.search(r'href="([^"]+\?before=[^"]+)"', text(page)).group(1)
    older = text(client.get(earlier))
    assert "Message number 9." in older
    assert "Message number 10." not in older
    assert "Earlier messages" not in older


@pytest.mark.parametrize(
    ("query", "status"),
    [("before=1", 400), ("before=", 400), (f"before={uuid.UUID(int=7)}", 404)],
)
def test_thread_refuses_a_page_that_is_not_there(
    client, buyer, conversation, query, status
):
    address = url("conversation", conversation)
    assert as_(client, buyer).get(f"{address}?{query}").status_code == status


# --- Strangers ------------------------------------------------------------------------------

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


# --- Actions --------------------------------------------------------------------------------


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
    for n in range(51):
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


# --- New messages without a reload ----------------------------------------------------------


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


# --- The inbox ------------------------------------------------------------------------------


def conversations_of(reviewer, amount):
    made = []
    for _ in range(amount):
        made.append(ask(member(), ReviewFactory(author=reviewer)))
        Conversation.objects.update(created_at="2026-01-01T00:00Z")
    return made


@pytest.mark.parametrize("amount", [1, 3])
def test_inbox_takes_as_many_queries_for_any_number(
    client, reviewer, amount, django_assert_num_queries
):
    conversations_of(reviewer, amount)
    as_(client, reviewer)
    with django_assert_num_queries(5):
        page = client.get(f"{INBOX}?tab=requests")
    assert text(page).count('class="inbox-item ') == amount


@pytest.mark.parametrize("amount", [1, 3])
def test_thread_takes_as_many_queries_for_any_number_of_messages(
    client, buyer, reviewer, conversation, amount, django_assert_num_queries
):
    for n in range(amount):
        write(conversation, reviewer, f"{n}")
    as_(client, buyer)
    with django_assert_num_queries(8):
        client.get(url("conversation", conversation))


def test_inbox_has_each_conversation_in_its_tab(client, reviewer):
    waiting, answered, declined = conversations_of(reviewer, 3)
    write(answered, reviewer)
    decline_request(conversation=declined, reviewer=reviewer)
    as_(client, reviewer)
    for tab, conversation in (
        ("requests", waiting),
        ("open", answered),
        ("closed", declined),
    ):
        page = text(client.get(f"{INBOX}?tab={tab}"))
        assert re.findall(r'inbox-item[^"]*" href="([^"]+)"', page) == [
            conversation.get_absolute_url()
        ]


def test_inbox_begins_with_requests_when_only_they_are_unread(client, reviewer):
    conversations_of(reviewer, 1)
    page = text(as_(client, reviewer).get(INBOX))
    assert 'tab=requests" aria-current="page"' in page


def test_inbox_pages_by_key(client, reviewer):
    made = conversations_of(reviewer, 23)
    as_(client, reviewer)
    first = text(client.get(f"{INBOX}?tab=requests"))
    older = re.search(r'href="([^"]+before=[^"]+)"', first).group(1)
    second = text(client.get(older.replace("&amp;", "&")))
    shown = re.findall(r'inbox-item[^"]*" href="([^"]+)"', first + second)
    assert shown == [c.get_absolute_url() for c in reversed(made)]
    assert "Older" not in second


@pytest.mark.parametrize(
    "query",
    [
        "tab=all",
        "before=1",
        "before=2026-01-01T00:00:00_x",
        f"before=2026-01-01T00:00:00+01:00_{uuid.UUID(int=7)}",
    ],
)
def test_inbox_refuses_parameters_that_make_no_sense(client, buyer, query):
    assert as_(client, buyer).get(f"{INBOX}?{query}").status_code == 400


def test_the_unread_badge_costs_a_visitor_nothing(
    client, db, django_assert_num_queries
):
    with django_assert_num_queries(0):
        client.get("/accounts/login/")


def test_the_unread_badge_counts_messages(client, buyer, reviewer, conversation):
    write(conversation, reviewer, "Second.")
    page = text(as_(client, buyer).get(INBOX))
    assert '<span class="count">2<span class="vh"> unread</span></span>' in page


@pytest.mark.parametrize("address", [INBOX, "conversation"])
def test_private_pages_are_kept_by_no_cache(client, buyer, conversation, address):
    if address == "conversation":
        address = url("conversation", conversation)
    response = as_(client, buyer).get(address)
    assert response["Cache-Control"] == "private, no-store"
    assert 'hx-history="false"' in text(response)


def test_a_former_members_thread_stays_readable(client, buyer, reviewer, conversation):
    reviewer.delete()
    response = as_(client, buyer).get(url("conversation", conversation))
    assert response.status_code == 200
    assert "About four months." in text(response)


def test_an_unconfirmed_member_reads_what_to_do(client, review):
    response = as_(client, UserFactory()).get(ask_url(review))
    assert response.status_code == 403
    assert 'href="/accounts/email/"' in text(response)
