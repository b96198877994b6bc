"""Made from the schema: every operation on a conversation, called by whoever has nothing to do there, and by mistake."""

import json
import re
import uuid

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator

from messaging.models import Conversation
from reviews_site.settings import REST_FRAMEWORK
from tests.answers import said
from tests.api.messaging_operations import AGREE, PROPOSE, stored
from tests.factories import ReviewFactory, VendorRepresentativeFactory
from tests.messaging.people import ask, write

HOSTILE = [
    [], [{}], "text", 1, None, True,
    *[
        dict.fromkeys(
            ["body", "reply_to", "up_to", "reason", "details", "name", "work_email", "telephone",
             "slots", "minutes", "place", "time_zone", "slot", "review"],
            value,
        )
        for value in (None, True, [], {}, -1, 10**30, 1.5, "", "\x00", "\ud800", "x" * 20_000, [[]], "💥")
    ],
]  # fmt: skip
MALFORMED = ["{", "nonsense", '{"a": NaN}', b"\xff\xfe", "[" * 100_000]


@pytest.fixture(scope="module")
def operations():
    """(method, path below /api/v1/, the operation) of all under /conversations/."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    found = [
        (method, path.removeprefix("/api/v1/"), operation)
        for path, methods in paths.items()
        if path.startswith("/api/v1/conversations/")
        for method, operation in methods.items()
    ]
    assert len(found) >= 29
    return found


@pytest.fixture
def conversation(author, reviewer, review, api):
    talk = ask(author, review)
    write(talk, reviewer)
    PROPOSE.send(api(reviewer), talk)
    AGREE.send(api(author), talk)
    talk.refresh_from_db()
    return talk


def filled(path, conversation, nothing=None):
    """With the ids of what is in it, or with one that names nothing."""
    ids = {
        "public_id": conversation.public_id,
        "message_id": conversation.messages.latest("pk").public_id,
        "call_id": conversation.calls.get().public_id,
    }
    return re.sub(r"\{(\w+)\}", lambda found: str(nothing or ids[found[1]]), path)


def call(reader, method, path, body=None):
    if method == "get":
        return reader.get(path)
    return reader.send(method, path, {} if body is None else body)


@pytest.mark.parametrize("who", ["stranger", "member of staff", "representative"])
def test_to_others_no_operation_is_there(api, stranger, conversation, operations, who):
    if who == "member of staff":
        stranger.is_staff = stranger.is_superuser = True
        stranger.save()
    if who == "representative":
        product = conversation.review.product
        VendorRepresentativeFactory(user=stranger, vendor=product.vendor)
    reader, before = api(stranger), stored()
    for method, path, _ in operations:
        if "{" not in path:
            continue
        theirs = call(reader, method, filled(path, conversation))
        none = call(reader, method, filled(path, conversation, uuid.uuid4()))
        assert theirs.status_code == 404, (method, path)
        assert theirs.content == none.content
        assert said(theirs) == said(none)
    assert reader.get("conversations/").json()["results"] == []
    assert stored() == before


def test_to_a_visitor_every_operation_is_closed(api, conversation, operations):
    before = stored()
    for method, path, _ in operations:
        answer = call(api(), method, filled(path, conversation))
        assert answer.status_code == 401, (method, path)
        assert answer.json()["code"] == "not_authenticated"
    assert stored() == before


def test_a_session_changes_nothing_without_the_csrf_token(author, conversation, operations, client):  # fmt: skip
    client.force_login(author)
    client.handler.enforce_csrf_checks = True
    before = stored()
    for method, path, _ in operations:
        if method == "get":
            continue
        address = f"/api/v1/{filled(path, conversation)}"
        answer = client.generic(method.upper(), address, "{}", "application/json")
        assert answer.status_code == 403, (method, path)
    assert stored() == before


def test_nothing_that_is_sent_by_mistake_is_stored(api, author, conversation, operations):  # fmt: skip
    sender, before = api(author), stored()
    for method, path, _ in operations:
        if method == "get":
            continue
        address = filled(path, conversation)
        # Here it is not about how often.
        cache.clear()
        for body in HOSTILE:
            answer = sender.send(method, address, json.dumps(body))
            assert answer.status_code == 400, (method, path, body, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
        for body in MALFORMED:
            answer = sender.send(method, address, body)
            assert answer.status_code == 400, (method, path, body[:9])
        other_type = sender.send(method, address, "a=b", content_type="text/plain")
        assert other_type.status_code in (400, 415), (method, path)
    assert stored() == before


@pytest.mark.parametrize("query", ["?x=1", "?cursor=nonsense", "?cursor=%00", "?page_size=0", "?part=x"])  # fmt: skip
def test_a_parameter_that_is_not_there_is_refused(api, author, conversation, operations, query):  # fmt: skip
    reader = api(author)
    for method, path, _ in operations:
        if method == "get":
            answer = reader.get(filled(path, conversation) + query)
            assert answer.status_code == 400, path
            assert answer["Content-Type"] == "application/problem+json"


def test_every_answer_stays_out_of_caches(api, author, conversation, operations):
    reader = api(author)
    for method, path, _ in operations:
        answer = call(reader, method, filled(path, conversation), "[]" if method != "get" else None)  # fmt: skip
        assert answer["Cache-Control"] == "private, no-store", (method, path)


def test_every_operation_is_described(operations):
    for method, path, operation in operations:
        assert operation["summary"], path
        assert {"400", "401", "404"} <= set(operation["responses"]), path
        if method == "get":
            continue
        assert {"422", "429"} <= set(operation["responses"]), path
        names = [parameter["name"] for parameter in operation["parameters"]]
        assert "Idempotency-Key" in names, path
        content = operation.get("requestBody", {}).get("content", {})
        for kind in content.values():
            takes_something = "Nothing" not in json.dumps(kind["schema"])
            assert bool(kind.get("examples")) == takes_something or "report" in path, path  # fmt: skip


def test_every_code_of_a_refusal_is_named_once_in_the_schema(operations):
    described = json.dumps([operation["responses"] for _, _, operation in operations])
    for code in (
        "already_asked", "wait_for_answer", "not_open_yet", "declined", "closed", "own_review",
        "own_message", "representative", "suspended", "vendor_domain", "competitor", "not_published",
        "not_accepting", "not_alike", "email_not_confirmed", "sender_limit", "slowed_down",
        "reviewer_limit", "contact_limit", "call_agreed", "call_changed", "call_own", "call_passed",
    ):  # fmt: skip
        assert f"`{code}`" in described, code


@pytest.mark.parametrize("scope", ["send_message", "change_conversation"])
def test_limits_are_named(scope):
    assert scope in REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]


@pytest.mark.parametrize("amount", [1, 3])
def test_one_conversation_takes_three_queries(api, author, reviewer, amount, django_assert_num_queries):  # fmt: skip
    for _ in range(amount):
        talk = ask(author, ReviewFactory(author=reviewer))
    reader = api(author)
    with django_assert_num_queries(3):
        answer = reader.get(f"conversations/{talk.public_id}/")
    assert answer.status_code == 200
    assert Conversation.objects.count() == amount
