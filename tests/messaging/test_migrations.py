"""What the migrations write into rows that were there before them."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from messaging.models import Conversation, Message
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, write


def module(name: str):
    return import_module(f"messaging.migrations.{name}")


def numbers(conversation) -> list[tuple[int, int]]:
    rows = conversation.messages.order_by("id")
    return list(rows.values_list("number", "number_from_reviewer"))


def test_messages_of_before_are_numbered_with_those_that_came_since(
    conversation, buyer, reviewer
):
    Message.objects.update(number=0, number_from_reviewer=0)
    Conversation.objects.update(message_count=0, from_reviewer_count=0)
    # The trigger stands already and takes it for the first.
    write(conversation, reviewer)
    assert numbers(conversation) == [(0, 0), (0, 0), (1, 1)]
    with connection.cursor() as cursor:
        cursor.execute(module("0006_number_messages").NUMBER)
    assert numbers(conversation) == [(1, 0), (2, 1), (3, 2)]
    conversation.refresh_from_db()
    assert (conversation.message_count, conversation.from_reviewer_count) == (3, 2)
    write(conversation, buyer)
    assert numbers(conversation)[-1] == (4, 2)


def test_messages_of_before_are_found_by_both_and_nobody_else(
    monkeypatch, conversation, buyer, reviewer
):
    gone = ask(member(), ReviewFactory(author=reviewer))
    gone.participants.filter(role="buyer").update(user=None)
    Message.objects.update(readers=[])
    naming = module("0018_name_readers")
    # A portion of its own for each.
    monkeypatch.setattr(naming, "AT_ONCE", 1)
    naming.name_readers(apps, connection.schema_editor())
    both = {buyer.pk, reviewer.pk}
    assert [set(m.readers) for m in conversation.messages.all()] == [both, both]
    assert [m.readers for m in gone.messages.all()] == [[reviewer.pk]]
