import re
import uuid

import pytest

from messaging.models import Message
from messaging.permissions import Refusal
from messaging.services import block_member
from tests.messaging.pages import as_, question, text, url
from tests.messaging.people import seen_by, write


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
    for n in range(40):
        write(conversation, reviewer, f"Message number {n}.")
    page = as_(client, buyer).get(url("conversation", conversation))
    shown = re.findall(r"Message number (\d+)\.", text(page))
    # The first one found is the inbox's excerpt of the last message.
    assert [int(n) for n in shown] == [39, *range(10, 40)]
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
