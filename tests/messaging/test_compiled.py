"""Pages of compiled templates: the frame that all members share, and the rows that are no model instances."""

import pytest
from django.core.cache import cache
from django.template import engines
from jinja2 import UndefinedError

from messaging.models import Conversation
from messaging.rows import conversation_of
from messaging.services import (
    block_member,
    choose_contacts,
    leave_conversation,
    save_draft,
)
from reviews_site.lib import compiled
from tests.factories import ProductFactory, ReviewFactory
from tests.messaging.calling import propose
from tests.messaging.people import ask, seen_by, write

INBOX = "/messages/"


def page_of(client, user, path):
    client.force_login(user)
    return client.get(path).content.decode()


def test_the_frame_holds_nothing_of_whoever_came_first(client, buyer, reviewer):
    compiled._frames.clear()
    assert f"Signed in as {buyer.email}" in page_of(client, buyer, INBOX)
    page = page_of(client, reviewer, INBOX)
    assert f"Signed in as {reviewer.email}" in page
    assert buyer.email not in page
    assert len(compiled._frames) == 1
    (parts,) = compiled._frames.values()
    assert parts[1::2] == ["title", "csrf_token", "email", "csrf_token", "content"]
    assert not [part for part in parts if "@" in part]


def test_each_page_fills_the_frame_with_its_own_token(client, buyer):
    once, twice = (page_of(client, buyer, INBOX) for _ in range(2))
    token = 'hx-headers=\'{"X-CSRFToken": "'
    assert once.split(token)[1][:64].isalnum()
    assert once.split(token)[1][:64] != twice.split(token)[1][:64]


def test_only_staff_reads_the_way_to_moderation(client, buyer, moderator):
    assert 'href="/admin/"' in page_of(client, moderator, INBOX)
    assert 'href="/admin/"' not in page_of(client, buyer, INBOX)


def test_the_head_says_how_much_is_unread(client, buyer, stranger, conversation):
    badge = '<span id="unread-badge"><span class="count">1<span'
    assert badge in page_of(client, buyer, INBOX)
    assert '<span id="unread-badge"></span>' in page_of(client, stranger, INBOX)


def test_the_inbox_is_the_page_that_the_head_names(client, buyer, conversation):
    place = '<a href="/messages/" aria-current="page">Inbox'
    assert place in page_of(client, buyer, INBOX)
    assert place not in page_of(client, buyer, conversation.get_absolute_url())


def test_a_title_is_escaped(client, buyer, reviewer):
    product = ProductFactory(name="</title><b>Odd")
    asked = ask(buyer, ReviewFactory(author=reviewer, product=product))
    page = page_of(client, buyer, asked.get_absolute_url())
    assert "about &lt;/title&gt;&lt;b&gt;Odd" in page
    assert "<b>Odd" not in page


def test_a_name_that_nobody_gave_is_an_error():
    template = engines["compiled"].env.from_string("{% if nothing %}{% endif %}")
    with pytest.raises(UndefinedError):
        template.render()


def test_what_is_drawn_is_escaped_unless_it_is_markup_of_ours():
    template = engines["compiled"].env.from_string("{{ text }} {{ text | linked }}")
    drawn = template.render({"text": "<i> http://x.example/?a=<"})
    assert "<i>" not in drawn
    assert drawn.count("&lt;i&gt;") == 2
    assert '<a href="http://x.example/?a="' in drawn


def test_no_word_of_a_message_gets_into_the_cache(client, buyer, reviewer, request_):
    planted = "quixotryplantedforthecache"
    write(request_, reviewer, f"The word is {planted}.")
    for user in (buyer, reviewer):
        for path in (INBOX, f"{INBOX}?q={planted}", request_.get_absolute_url()):
            assert planted in page_of(client, user, path)
    redis = cache._cache.get_client()
    texts = [
        redis.get(key) for key in redis.scan_iter() if redis.type(key) == b"string"
    ]
    assert not [text for text in texts if text and planted.encode() in text]


def as_values(seen):
    def of(row):
        return {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
        }

    return (
        of(seen),
        of(seen.me),
        of(seen.other),
        seen.is_blocked_by_me,
        seen.review.product,
    )


@pytest.mark.parametrize("blocks_in", ["this", "another", "one that was deleted"])
@pytest.mark.parametrize("is_over", [True, False])
def test_a_thread_is_read_as_everywhere_else(
    buyer, reviewer, conversation, blocks_in, is_over
):
    other = ask(buyer, ReviewFactory(author=reviewer))
    if is_over:
        leave_conversation(conversation=conversation, member=reviewer)
    block_member(
        blocker=buyer, conversation=conversation if blocks_in == "this" else other
    )
    if blocks_in == "one that was deleted":
        other.delete()
    for user in (buyer, reviewer):
        rows = Conversation.objects.for_user(user).with_own_block(user)
        row = rows.get(pk=conversation.pk)
        assert as_values(conversation_of(user, conversation.public_id)) == as_values(
            row
        )


def test_a_thread_of_others_is_not_there(conversation, stranger):
    assert conversation_of(stranger, conversation.public_id) is None


def test_a_conversation_without_a_message_is_still_in_the_inbox(
    client, buyer, request_
):
    request_.messages.all().delete()
    assert request_.get_absolute_url() in page_of(
        client, buyer, f"{INBOX}?tab=requests"
    )
    assert seen_by(buyer, request_).me.folder == "requests"


def test_a_thread_knows_what_there_is_to_look_up(buyer, conversation):
    seen = conversation_of(buyer, conversation.public_id)
    assert seen.holds == (False, False, False)
    save_draft(user=buyer, conversation=conversation, body="Not yet.")
    propose(conversation, buyer)
    values = {"name": "Ann Example"}
    choose_contacts(conversation=seen, member=buyer, values=values)
    assert conversation_of(buyer, conversation.public_id).holds == (True, True, True)
