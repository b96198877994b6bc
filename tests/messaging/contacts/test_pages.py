"""The form, its preview, and the thread that shows what is shared."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging import services
from messaging.models import ContactShare
from messaging.permissions import CONTACTS_PER_SIDE_AND_DAY
from messaging.sharing import (
    contacts_of,
    my_choice,
)
from tests.messaging.contacts.sharing import (
    OF_BUYER,
    OF_REVIEWER,
    choose,
    contacts_url,
    form_of,
    only,
    page_of,
    rows,
    shared_by_both,
)
from tests.messaging.people import seen_by


def test_the_form_shows_what_they_will_see_before_it_shares(
    client, buyer, reviewer, conversation
):
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    client.force_login(buyer)
    url = contacts_url(conversation)
    values = only(OF_BUYER, ["name", "telephone"])
    preview = client.post(url, form_of(values, "preview")).content.decode()
    assert "At once, as they offer the same" in preview
    alias = seen_by(buyer, conversation).me.alias
    assert f"{alias} also offers their telephone: shown once you choose" in preview
    assert OF_REVIEWER["name"] not in preview
    assert my_choice(seen_by(buyer, conversation)) == {}
    # Back to the form, with all that was typed.
    again = client.post(url, form_of(values, "change")).content.decode()
    assert 'value="+49 30 901820"' in again
    assert my_choice(seen_by(buyer, conversation)) == {}
    answer = client.post(url, form_of(values))
    assert answer.url == f"{conversation.get_absolute_url()}#contacts"
    assert my_choice(seen_by(buyer, conversation)) == values
    # A double click.
    assert client.post(url, form_of(values)).status_code == 302
    assert ContactShare.objects.filter(participant__role="buyer").count() == 2


def test_the_form_on_the_preview_shares_what_it_shows(client, buyer, conversation):
    client.force_login(buyer)
    url = contacts_url(conversation)
    values = only(OF_BUYER, ["name", "work_email"])
    preview = client.post(url, form_of(values, "preview"))
    posted = {
        bound.html_name: "" if bound.value() is None else str(bound.value())
        for bound in preview.context["form"]
    }
    assert posted["share_telephone"] == "False"
    client.post(url, posted | {"step": "share"})
    assert my_choice(seen_by(buyer, conversation)) == values


def test_nothing_is_ticked_beforehand(client, buyer, conversation):
    client.force_login(buyer)
    text = client.get(contacts_url(conversation)).content.decode()
    assert f'value="{OF_BUYER["name"]}"' in text
    assert "checked" not in text


def test_an_error_keeps_what_was_typed(client, buyer, conversation):
    client.force_login(buyer)
    url = contacts_url(conversation)
    data = form_of({"name": "Somebody Else", "telephone": "030 901820"}, "preview")
    text = client.post(url, data).content.decode()
    assert 'value="Somebody Else"' in text
    assert 'value="030 901820"' in text
    assert "Type the whole number" in text
    assert rows() == []


def test_a_tick_is_needed(client, buyer, conversation):
    client.force_login(buyer)
    answer = client.post(contacts_url(conversation), OF_BUYER | {"step": "share"})
    assert "Tick what you are ready to share." in answer.content.decode()
    assert rows() == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"step": "\x00"},
        {"step": "share", "share_name": "on"},
        {"step": "share", "share_name": "on", "name": "\x00"},
        {"step": "share", "share_work_email": "on", "work_email": "\x00"},
        {"step": "share", "share_work_email": "on", "work_email": ["a", "b"]},
        {"step": "share", "share_telephone": "on", "telephone": "9" * 100_000},
        {"step": "preview", "share_telephone": "on", "telephone": "\x00+1"},
    ],
)
def test_hostile_forms_are_answered_and_change_nothing(
    client, buyer, conversation, data
):
    client.force_login(buyer)
    assert client.post(contacts_url(conversation), data).status_code == 200
    assert rows() == []


def test_a_refused_choice_shows_what_was_typed(client, buyer, reviewer, conversation):
    services.leave_conversation(conversation=conversation, member=reviewer)
    client.force_login(buyer)
    url = contacts_url(conversation)
    answer = client.post(url, form_of({"name": "Somebody Else"}))
    assert answer.status_code == 403
    assert "Somebody Else" in answer.content.decode()
    assert client.get(url).status_code == 403
    assert rows() == []


def test_the_limit_is_answered_with_429(client, buyer, conversation):
    for n in range(CONTACTS_PER_SIDE_AND_DAY):
        choose(conversation, buyer, {"name": f"Name {n:03}"})
    client.force_login(buyer)
    answer = client.post(contacts_url(conversation), form_of({"name": "One more"}))
    assert answer.status_code == 429


def test_taking_back_by_the_page(client, buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    client.force_login(buyer)
    url = f"{contacts_url(conversation)}revoke/"
    assert client.get(url).status_code == 405
    assert my_choice(seen_by(buyer, conversation)) == OF_BUYER
    assert client.post(url).url == f"{conversation.get_absolute_url()}#contacts"
    assert my_choice(seen_by(buyer, conversation)) == {}
    history = client.get(contacts_url(conversation)).content.decode()
    assert history.count("withdrawn on") == 3
    assert OF_BUYER["work_email"] in history
    assert OF_BUYER["work_email"] not in history.partition("What you chose")[2]
    assert 'value="+49' not in history


def test_what_others_typed_is_text(buyer, reviewer, conversation):
    hostile = "<img src=x onerror=alert(1)>"
    choose(conversation, buyer, {"name": hostile})
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    text = page_of(reviewer, conversation)
    assert hostile not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


@pytest.mark.parametrize("times", [0, 1, 5])
def test_the_thread_asks_once_for_contacts_however_often_they_changed(
    client, buyer, reviewer, conversation, django_assert_num_queries, times
):
    for n in range(times):
        choose(conversation, buyer, OF_BUYER | {"name": f"Name {n:03}"})
        choose(conversation, reviewer, OF_REVIEWER | {"name": f"Other {n:03}"})
    seen = seen_by(buyer, conversation)
    with django_assert_num_queries(1):
        contacts_of(seen)
    client.force_login(buyer)
    client.get(conversation.get_absolute_url())
    with CaptureQueriesContext(connection) as asked:
        client.get(conversation.get_absolute_url())
    about = [q for q in asked if 'FROM "messaging_contactshare"' in q["sql"]]
    assert len(about) == min(times, 1)


def test_the_thread_of_a_request_asks_nothing_of_contacts(client, buyer, request_):
    client.force_login(buyer)
    with CaptureQueriesContext(connection) as asked:
        client.get(request_.get_absolute_url())
    assert not [q for q in asked if 'FROM "messaging_contactshare"' in q["sql"]]
