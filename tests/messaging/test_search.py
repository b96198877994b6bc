import uuid

import pytest
from django.db import connection

from messaging.models import Conversation, Message
from messaging.services import leave_conversation, set_archived
from tests.factories import ProductFactory, ReviewFactory
from tests.messaging.people import ask, member, write


def search(client, user, query, **more):
    client.force_login(user)
    return client.get("/messages/", {"q": query} | more)


def text(response):
    return response.content.decode()


def links(response):
    return [
        part.split('"')[0] for part in text(response).split('class="result" href="')[1:]
    ]


def link(conversation, message):
    address = conversation.get_absolute_url()
    return f"{address}?around={message.public_id}#{message.public_id}"


def test_both_sides_find_what_either_wrote(client, buyer, reviewer, conversation):
    message = write(conversation, reviewer, "We chose marmalade over jam.")
    for user in (buyer, reviewer):
        assert links(search(client, user, "marmalade")) == [link(conversation, message)]


def test_a_stranger_finds_nothing(client, stranger, reviewer, conversation):
    write(conversation, reviewer, "We chose marmalade over jam.")
    page = search(client, stranger, "marmalade")
    assert links(page) == []
    assert "over jam" not in text(page)
    assert str(conversation.public_id) not in text(page)


def test_who_is_named_as_a_reader_and_takes_no_part_finds_nothing(
    client, stranger, conversation
):
    Message.objects.update(readers=[stranger.pk])
    page = search(client, stranger, "months")
    assert (page.status_code, links(page)) == (200, [])
    assert str(conversation.public_id) not in text(page)


def test_what_is_found_is_marked_and_escaped(client, buyer, reviewer, conversation):
    write(conversation, reviewer, "<script>alert(1)</script> marmalade \x02x <b>jam")
    page = text(search(client, buyer, "marmalade"))
    assert "<mark>marmalade</mark>" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;jam" in page


def test_left_and_archived_conversations_are_found(
    client, buyer, reviewer, conversation
):
    message = write(conversation, reviewer, "We chose marmalade over jam.")
    set_archived(conversation=conversation, member=buyer, archived=True)
    leave_conversation(conversation=conversation, member=buyer)
    assert links(search(client, buyer, "marmalade")) == [link(conversation, message)]


def test_a_product_is_found_by_its_name(client, reviewer, stranger):
    product = ProductFactory(name="Quincebase")
    conversation = ask(member(), ReviewFactory(author=reviewer, product=product))
    page = text(search(client, reviewer, "quinceb"))
    assert "Conversations about it" in page
    assert f'href="{conversation.get_absolute_url()}"' in page
    assert "Conversations about it" not in text(search(client, stranger, "quinceb"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("marmalade jam", 1),
        ("marmalade -jam", 0),
        ('"over jam"', 1),
        ('"jam over"', 0),
        ("MARMALADE", 1),
        ("' OR 1=1 --", 0),
        ("%", 0),
        ("\\", 0),
        ('"', 0),
    ],
)
def test_words_are_understood_as_on_the_web(
    client, buyer, reviewer, conversation, query, found
):
    write(conversation, reviewer, "We chose marmalade over jam.")
    response = search(client, buyer, query)
    assert (response.status_code, len(links(response))) == (200, found)


@pytest.mark.parametrize("query", ["x" * 101, "marmalade " * 11])
def test_a_query_that_makes_no_sense_is_refused_and_kept(client, buyer, query):
    response = search(client, buyer, query)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in text(response)


def test_an_empty_query_is_the_inbox(client, buyer, conversation):
    page = text(search(client, buyer, " "))
    assert 'class="results"' not in page
    assert conversation.get_absolute_url() in page


def test_results_are_paged_by_key(client, buyer, reviewer, conversation):
    sent = [write(conversation, reviewer, f"marmalade {n}") for n in range(23)]
    first = search(client, buyer, "marmalade")
    shown = links(first)
    assert shown == [link(conversation, m) for m in reversed(sent[3:])]
    assert f"before={sent[3].public_id}" in text(first)
    second = search(client, buyer, "marmalade", before=str(sent[3].public_id))
    assert links(second) == [link(conversation, m) for m in reversed(sent[:3])]
    assert "Older" not in text(second)


@pytest.mark.parametrize("before", ["1", "", str(uuid.UUID(int=7))])
def test_a_page_that_is_not_there_is_refused(client, buyer, conversation, before):
    response = search(client, buyer, "months", before=before)
    assert response.status_code == (404 if len(before) > 1 else 400)


def test_a_message_of_others_is_no_key(client, stranger, conversation):
    foreign = conversation.messages.first().public_id
    response = search(client, stranger, "months", before=str(foreign))
    assert response.status_code == 404


@pytest.mark.parametrize("amount", [1, 3])
def test_search_takes_as_many_queries_for_any_number(
    client, reviewer, amount, django_assert_num_queries
):
    for _ in range(amount):
        ask(member(), ReviewFactory(author=reviewer), "Is there marmalade?")
        Conversation.objects.update(created_at="2026-01-01T00:00Z")
    client.force_login(reviewer)
    with django_assert_num_queries(9):
        response = client.get("/messages/?q=marmalade")
    assert len(links(response)) == amount


def test_the_words_of_a_message_are_kept_by_the_database(conversation):
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_vector FROM messaging_message ORDER BY id")
        assert "'roll'" in cursor.fetchone()[0]
    assert Message.objects.count() == 2
