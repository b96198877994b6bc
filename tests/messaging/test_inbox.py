"""Folders that triggers keep, the archive, quotes, and what an open page asks for."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.models import Conversation, Message, Participant
from messaging.pages import inbox_page, interval
from messaging.services import (
    ClientKeyReused,
    accept_request,
    block_member,
    decline_request,
    leave_conversation,
    mark_read,
    send_message,
    set_archived,
    unblock_member,
)
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, seen_by, write

INBOX = "/messages/"


def url(name, conversation):
    return reverse(f"messaging:{name}", args=[conversation.public_id])


def text(response):
    return response.content.decode()


def folders(conversation):
    sides = Participant.objects.filter(conversation=conversation).order_by("role")
    return list(sides.values_list("folder", flat=True))


def news_url(conversation, message, **changes):
    query = {
        "after": message.public_id,
        "state": "open",
        "every": 5,
        "opened": int(timezone.now().timestamp()),
    } | changes
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{url('new_messages', conversation)}?{pairs}"


# --- Folders --------------------------------------------------------------------------------


def test_each_change_of_state_moves_both_sides(buyer, reviewer, request_):
    assert folders(request_) == ["requests", "requests"]
    accept_request(conversation=request_, reviewer=reviewer)
    assert folders(request_) == ["open", "open"]
    block_member(blocker=reviewer, conversation=request_)
    assert folders(request_) == ["closed", "closed"]
    unblock_member(blocker=reviewer, conversation=request_)
    assert folders(request_) == ["open", "open"]
    leave_conversation(conversation=request_, member=buyer)
    assert folders(request_) == ["closed", "closed"]


def test_a_declined_request_is_closed(reviewer, request_):
    decline_request(conversation=request_, reviewer=reviewer)
    assert folders(request_) == ["closed", "closed"]


def test_both_sides_know_the_last_moment(reviewer, conversation):
    write(conversation, reviewer)
    conversation.refresh_from_db()
    moments = set(
        Participant.objects.filter(conversation=conversation).values_list(
            "last_message_at", flat=True
        )
    )
    assert moments == {conversation.last_message_at}


def test_archiving_moves_ones_own_side_alone(buyer, conversation):
    set_archived(conversation=conversation, member=buyer, archived=True)
    assert folders(conversation) == ["archived", "open"]
    set_archived(conversation=conversation, member=buyer, archived=False)
    assert folders(conversation) == ["open", "open"]


def test_a_new_message_brings_it_back(buyer, reviewer, conversation):
    set_archived(conversation=conversation, member=buyer, archived=True)
    write(conversation, reviewer)
    assert folders(conversation) == ["open", "open"]


def test_what_ends_stays_archived(buyer, reviewer, conversation):
    set_archived(conversation=conversation, member=buyer, archived=True)
    leave_conversation(conversation=conversation, member=reviewer)
    assert folders(conversation) == ["archived", "closed"]
    set_archived(conversation=conversation, member=buyer, archived=False)
    assert folders(conversation) == ["closed", "closed"]


def test_the_archive_is_a_tab_with_a_way_back(client, buyer, conversation):
    client.force_login(buyer)
    response = client.post(url("archive", conversation), {"archived": "on"})
    assert response["Location"] == f"{INBOX}?tab=open"
    assert conversation.get_absolute_url() not in text(client.get(f"{INBOX}?tab=open"))
    assert conversation.get_absolute_url() in text(client.get(f"{INBOX}?tab=archived"))
    assert ">Unarchive<" in text(client.get(conversation.get_absolute_url()))
    response = client.post(url("archive", conversation))
    assert response["Location"] == conversation.get_absolute_url()
    assert folders(conversation) == ["open", "open"]


@pytest.mark.parametrize("tab", ["requests", "open", "closed", "archived"])
@pytest.mark.parametrize("amount", [1, 3])
def test_each_tab_takes_as_many_queries_for_any_number(
    client, reviewer, amount, tab, django_assert_num_queries
):
    for _ in range(amount):
        conversation = ask(member(), ReviewFactory(author=reviewer))
        Conversation.objects.update(created_at="2026-01-01T00:00Z")
        if tab != "requests":
            write(conversation, reviewer)
        if tab == "closed":
            leave_conversation(conversation=conversation, member=reviewer)
        archived = tab == "archived"
        set_archived(conversation=conversation, member=reviewer, archived=archived)
    client.force_login(reviewer)
    with django_assert_num_queries(5):
        page = client.get(f"{INBOX}?tab={tab}")
    assert (
        text(page).count('class="inbox-item ') + text(page).count('class="inbox-item"')
        == amount
    )


def test_a_page_of_a_tab_is_a_range_of_its_index(buyer, conversation):
    with connection.cursor() as cursor:
        # Of one row, every way is the quickest.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    mine = Participant.objects.filter(user=buyer, folder="open")
    newest = mine.order_by("-last_message_at", "-conversation").values_list(
        "conversation"
    )
    plan = newest[:21].explain()
    assert "participant_inbox" in plan
    assert "Sort" not in plan
    assert [c.pk for c in inbox_page(buyer, "open").conversations] == [conversation.pk]


def test_unread_is_counted_by_an_index_alone(buyer, conversation):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    unread = Participant.objects.filter(user=buyer, unread_count__gt=0)
    assert "participant_unread_by_folder" in unread.values_list("folder").explain()


def test_reading_up_to_a_message_leaves_the_later_ones(buyer, reviewer, conversation):
    second = write(conversation, reviewer, "Two.")
    write(conversation, buyer, "Mine.")
    write(conversation, reviewer, "Three.")
    second.refresh_from_db()
    assert mark_read(conversation=conversation, member=buyer, up_to=second) == 1
    assert seen_by(buyer, conversation).me.unread_count == 1


# --- Quotes ---------------------------------------------------------------------------------


def quote(conversation, sender, quoted, key=None):
    return send_message(
        conversation=conversation,
        sender=sender,
        body="About that.",
        client_key=key or uuid.uuid4(),
        reply_to=quoted,
    )


def test_reply_shows_what_it_answers(client, buyer, conversation):
    answer = conversation.messages.get(sender_role="reviewer")
    client.force_login(buyer)
    address = conversation.get_absolute_url()
    assert f"{address}?reply_to={answer.public_id}#write" in text(client.get(address))
    page = text(client.get(f"{address}?reply_to={answer.public_id}"))
    form = page[page.index('id="write"') :]
    assert '<p class="quote-text" dir="auto">About four months.</p>' in form
    assert f'name="reply_to" value="{answer.public_id}"' in form


def test_the_script_fetches_the_quote_alone(client, buyer, conversation):
    answer = conversation.messages.get(sender_role="reviewer")
    client.force_login(buyer)
    piece = client.get(
        f"{conversation.get_absolute_url()}?reply_to={answer.public_id}",
        headers={"HX-Request": "true", "HX-Target": "write-quote"},
    )
    assert "About four months." in text(piece)
    assert "<html" not in text(piece)
    assert "How long did the roll-out take?" not in text(piece)


def test_a_sent_reply_is_shown_with_at_most_200_characters(
    client, buyer, reviewer, conversation
):
    long = write(conversation, reviewer, "m" * 300)
    client.force_login(buyer)
    data = {
        "body": "About that.",
        "client_key": str(uuid.uuid4()),
        "reply_to": str(long.public_id),
    }
    client.post(conversation.get_absolute_url(), data)
    sent = Message.objects.get(body="About that.")
    assert sent.reply_to == long
    client.force_login(reviewer)
    page = text(client.get(conversation.get_absolute_url()))
    quoted = re.search(r'<span class="quote-text" dir="auto">([^<]*)</span>', page)
    assert quoted.group(1) == "m" * 199 + "…"
    assert f"?around={long.public_id}#{long.public_id}" in page


def test_a_message_of_another_thread_is_not_quoted(client, buyer, conversation):
    foreign = ask(member(), ReviewFactory(author=member())).messages.get()
    with pytest.raises(Message.DoesNotExist):
        quote(conversation, buyer, foreign.public_id)
    client.force_login(buyer)
    address = conversation.get_absolute_url()
    assert client.get(f"{address}?reply_to={foreign.public_id}").status_code == 404
    data = {"body": "x", "client_key": uuid.uuid4(), "reply_to": foreign.public_id}
    assert client.post(address, data).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        conversation.messages.update(reply_to=foreign)
    assert Message.objects.filter(reply_to=None).count() == 3


@pytest.mark.parametrize("reply_to", ["x", "\x00", "1" * 500])
def test_a_reply_to_nothing_is_no_500(client, buyer, conversation, reply_to):
    client.force_login(buyer)
    data = {"body": "x", "client_key": uuid.uuid4(), "reply_to": reply_to}
    assert client.post(conversation.get_absolute_url(), data).status_code in (200, 404)
    assert Message.objects.count() == 2


def test_a_repeated_reply_is_sent_once_and_not_with_another_quote(buyer, conversation):
    question, answer = conversation.messages.order_by("id")
    key = uuid.uuid4()
    sent = quote(conversation, buyer, answer.public_id, key)
    assert quote(conversation, buyer, answer.public_id, key) == sent
    for other in (question.public_id, None):
        with pytest.raises(ClientKeyReused):
            quote(conversation, buyer, other, key)
    assert Message.objects.count() == 3


# --- Around a message -----------------------------------------------------------------------


def test_a_page_around_a_message_leads_both_ways(client, buyer, reviewer, conversation):
    sent = [write(conversation, reviewer, f"Number {n}.") for n in range(100)]
    client.force_login(buyer)
    address = conversation.get_absolute_url()
    page = text(client.get(f"{address}?around={sent[60].public_id}"))
    ids = re.findall(r'<li class="message[^"]*" id="([^"]+)"', page)
    assert ids == [str(m.public_id) for m in sent[45:75]]
    assert f"?before={sent[45].public_id}" in page
    assert f"?after={sent[74].public_id}" in page
    # Only a page with the newest message asks for newer ones.
    assert 'id="newest"' not in page
    later = text(client.get(f"{address}?after={sent[74].public_id}"))
    assert 'id="newest"' in later
    assert "Number 75." in later


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("around=x", 400),
        (f"around={uuid.UUID(int=7)}", 404),
        (f"after={uuid.UUID(int=7)}", 404),
        (f"after={uuid.UUID(int=7)}&before={uuid.UUID(int=7)}", 400),
    ],
)
def test_a_page_around_nothing_is_refused(client, buyer, conversation, query, status):
    client.force_login(buyer)
    address = f"{conversation.get_absolute_url()}?{query}"
    assert client.get(address).status_code == status


def test_each_day_has_its_line(client, buyer, reviewer, conversation):
    long_ago = timezone.now() - timedelta(days=3)
    conversation.messages.update(created_at=long_ago)
    write(conversation, reviewer, "Today.")
    today = write(conversation, reviewer, "Today again.").created_at
    client.force_login(buyer)
    page = text(client.get(conversation.get_absolute_url()))
    days = re.findall(r'<li class="day"><time datetime="([^"]+)"', page)
    assert days == [f"{long_ago:%Y-%m-%d}", f"{today:%Y-%m-%d}"]


# --- An open page asks ----------------------------------------------------------------------


def test_asking_in_vain_takes_one_query_of_messages(
    client, buyer, conversation, django_assert_num_queries
):
    last = conversation.messages.newest_first().first()
    client.force_login(buyer)
    # The other two are the session and the member.
    with django_assert_num_queries(3):
        response = client.get(news_url(conversation, last))
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("quiet", "every"),
    [
        (timedelta(seconds=30), 5),
        (timedelta(minutes=3), 10),
        (timedelta(minutes=10), 30),
        (timedelta(hours=1), 60),
    ],
)
def test_the_quieter_the_rarer(quiet, every):
    now = timezone.now()
    assert interval(now - quiet, now - timedelta(days=9)) == every
    assert interval(now - timedelta(days=9), now - quiet) == every


def test_a_quiet_page_is_told_to_ask_less(client, buyer, conversation):
    last = conversation.messages.newest_first().first()
    hours_ago = int(timezone.now().timestamp()) - 7200
    Conversation.objects.update(last_message_at=timezone.now() - timedelta(hours=2))
    client.force_login(buyer)
    piece = text(client.get(news_url(conversation, last, opened=hours_ago)))
    assert 'hx-trigger="every 60s"' in piece
    assert 'class="message' not in piece.replace('class="messages-end"', "")
    again = client.get(news_url(conversation, last, opened=hours_ago, every=60))
    assert again.status_code == 204


@pytest.mark.parametrize("opened", ["x", "", "-1", "9" * 30, "1e9"])
def test_a_page_that_was_opened_never_is_no_500(client, buyer, conversation, opened):
    last = conversation.messages.newest_first().first()
    client.force_login(buyer)
    response = client.get(news_url(conversation, last, opened=opened))
    assert response.status_code in (200, 204)


def test_a_block_replaces_the_way_to_write_at_the_next_request(
    client, buyer, reviewer, conversation
):
    last = conversation.messages.newest_first().first()
    block_member(blocker=reviewer, conversation=conversation)
    client.force_login(buyer)
    piece = text(client.get(news_url(conversation, last)))
    assert 'id="write-notice" class="write-notice is-over" hx-swap-oob' in piece
    assert "This conversation is closed, so nobody can write here." in piece
    assert 'id="write-buttons"' in piece
    assert "blocked" not in piece.lower()
    assert 'id="thread-actions" hx-swap-oob' in piece


def test_an_answer_gives_the_waiting_buyer_a_field(client, buyer, reviewer, request_):
    last = request_.messages.get()
    write(request_, reviewer)
    client.force_login(buyer)
    piece = text(client.get(news_url(request_, last, state="requested")))
    assert 'id="write" hx-swap-oob' in piece
    assert "<textarea" in piece


def test_a_reviewers_typing_is_not_replaced(client, reviewer, request_):
    last = request_.messages.get()
    accept_request(conversation=request_, reviewer=reviewer)
    client.force_login(reviewer)
    piece = text(client.get(news_url(request_, last, state="requested")))
    assert "<textarea" not in piece
    assert 'id="write-notice" class="write-notice" hx-swap-oob' in piece


def test_new_messages_say_so_to_whoever_listens(client, buyer, reviewer, conversation):
    last = conversation.messages.newest_first().first()
    write(conversation, reviewer, "One.")
    write(conversation, reviewer, "Two.")
    client.force_login(buyer)
    piece = text(client.get(news_url(conversation, last)))
    assert '<p id="thread-said" hx-swap-oob="innerHTML">2 new messages. </p>' in piece


def list_address(client, tab="open"):
    page = text(client.get(f"{INBOX}?tab={tab}"))
    found = re.search(r'hx-get="(/messages/new/[^"]+)"', page).group(1)
    return found.replace("&amp;", "&")


def test_the_list_asks_in_vain_with_two_queries(
    client, buyer, conversation, django_assert_num_queries
):
    client.force_login(buyer)
    address = list_address(client)
    with django_assert_num_queries(4):
        response = client.get(address)
    assert (response.status_code, response.content) == (204, b"")


def test_the_list_and_the_badge_change_in_place(client, buyer, reviewer, conversation):
    client.force_login(buyer)
    address = list_address(client)
    write(conversation, reviewer, "One more thing.")
    piece = text(client.get(address))
    assert "One more thing." in piece
    assert '<span id="unread-badge" hx-swap-oob="true"><span class="count">2<' in piece
    assert "<html" not in piece


def test_the_list_is_ones_own(client, buyer, stranger, conversation):
    client.force_login(buyer)
    address = list_address(client)
    client.force_login(stranger)
    assert str(conversation.public_id) not in text(client.get(address))


@pytest.mark.parametrize("query", ["", "tab=all", "tab=open&open=x"])
def test_the_list_of_nothing_is_refused(client, buyer, conversation, query):
    client.force_login(buyer)
    expected = 200 if not query else 400
    assert client.get(f"{INBOX}new/?{query}").status_code == expected


def test_reading_answers_with_the_badge(client, buyer, conversation):
    last = conversation.messages.newest_first().first()
    client.force_login(buyer)
    response = client.post(
        url("read", conversation),
        {"up_to": str(last.public_id)},
        headers={"HX-Request": "true"},
    )
    assert '<span id="unread-badge" hx-swap-oob="true"></span>' in text(response)


# --- Who can read stands beside the words ---------------------------------------------------


def test_an_erased_member_is_no_reader_any_more(buyer, reviewer, conversation):
    assert set(Message.objects.values_list("readers", flat=True)[0]) == {
        buyer.pk,
        reviewer.pk,
    }
    Participant.objects.filter(user=reviewer).update(user=None)
    assert list(Message.objects.values_list("readers", flat=True)) == [[buyer.pk]] * 2


# --- A lost answer --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_posts_of_one_form_send_once(buyer, conversation):
    data = {"body": "Did you train them?", "client_key": str(uuid.uuid4())}
    address = conversation.get_absolute_url()
    clients = [Client() for _ in range(8)]
    for client in clients:
        client.force_login(buyer)

    def post(client):
        try:
            return client.post(address, data)["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(post, clients))
    sent = Message.objects.get(body="Did you train them?")
    assert places == {f"{address}#{sent.public_id}"}
    assert seen_by(conversation.review.author, conversation).me.unread_count == 2
