import re
import uuid

import pytest

from messaging.models import Conversation
from messaging.services import decline_request
from tests.factories import ReviewFactory
from tests.messaging.pages import INBOX, as_, text, url
from tests.messaging.people import ask, member, write


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
