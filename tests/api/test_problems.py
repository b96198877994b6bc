"""Whatever goes wrong, the answer is application/problem+json, and never a 500."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from rest_framework.throttling import AnonRateThrottle

from reviews_site.lib.api import LONGEST_BODY
from reviews_site.lib.throttles import MemberRateThrottle
from tests.factories import UserFactory


def assert_problem(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == status
    assert {"type", "title", "status", "detail"} <= set(said)
    return said


@pytest.mark.parametrize(
    "path",
    [
        "nonsense/",
        "products/no-such/",
        "products/%C3%A4/",
        "products",
        "reviews/1/",
        "reviews/00000000-0000-4000-8000-000000000000/",
        "conversations/x/",
    ],
)
def test_what_is_not_there_is_404(api, path):
    assert_problem(api().get(path), 404)


@pytest.mark.parametrize("path", ["products/?q=%00", "products/%00/", "x%00", "?%00=1"])
def test_nul_is_400(api, path):
    assert_problem(api().get(path), 400)


def test_another_method_is_405(api):
    assert_problem(api().post("products/", {}), 401)
    assert_problem(api().client.delete("/api/v1/products/"), 401)


def test_another_method_of_a_member_is_405(api, author):
    said = assert_problem(api(author).post("products/", {}), 405)
    assert said["detail"] == 'Method "POST" not allowed.'


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
    ],
)
def test_another_content_type_is_415(api, author, content_type):
    assert_problem(api(author).post("reviews/", "a=b", content_type), 415)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "nonsense",
        '{"a": NaN}',
        b"\xff\xfe",
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"half_stars": ' + "9" * 10_000 + "}",
    ],
)
@pytest.mark.parametrize("path", ["reviews/", "conversations/"])
def test_malformed_json_is_400(api, author, path, body):
    assert_problem(api(author).post(path, body), 400)


@pytest.mark.parametrize("body", [[], [{}], "text", 1, None, True])
@pytest.mark.parametrize("path", ["reviews/", "conversations/"])
def test_json_that_is_no_object_is_400(api, author, path, body):
    said = assert_problem(api(author).post(path, json.dumps(body)), 400)
    assert said["errors"]


WRONG = [None, True, [], {}, -1, 10**30, 1.5, "", "\x00", "\ud800", "x" * 20_000, "💥"]


@pytest.mark.parametrize("value", WRONG)
def test_wrong_values_are_400(api, author, value):
    names = [
        "product", "headline", "pros", "half_stars", "support", "would_recommend",
        "perspective", "country", "last_used_on", "is_anonymous", "answers", "affirmed",
    ]  # fmt: skip
    assert_problem(api(author).post("reviews/", dict.fromkeys(names, value)), 400)
    answers = {"answers": {"use_case": value, "\x00": value}}
    assert_problem(api(author).post("reviews/", answers), 400)
    asked = {"review": value, "body": value}
    assert_problem(api(author).post("conversations/", asked), 400)


def test_a_field_that_is_not_there_is_refused(api, author):
    said = assert_problem(api(author).post("reviews/", {"status": "published"}), 400)
    assert said["errors"] == {"status": ["There is no such field."]}


def test_a_large_body_is_413(api, author):
    assert_problem(api(author).post("reviews/", "x" * (LONGEST_BODY + 1)), 413)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer lf_nonsense", "Bearer a b", "Bearer \x7f", "bearer lf_x"],
)
def test_a_token_that_is_none_is_401(api, header):
    response = api().get("products/", Authorization=header)
    assert_problem(response, 401)
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_visitor_who_posts_is_401(api):
    assert_problem(api().post("reviews/", {}), 401)
    assert_problem(api().get("conversations/"), 401)


def test_a_session_needs_the_csrf_token(author):
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    response = client.post("/api/v1/reviews/", "{}", "application/json")
    assert_problem(response, 403)


def test_too_many_requests_is_429(api, settings, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "get_rate", lambda self: "2/min")
    cache.clear()
    visitor = api()
    for _ in range(2):
        assert visitor.get("vendors/").status_code == 200
    response = visitor.get("vendors/")
    assert_problem(response, 429)
    assert 0 < int(response["Retry-After"]) <= 90


def test_a_limit_counts_the_last_minute_as_if_it_had_come_evenly(api, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "get_rate", lambda self: "10/min")
    cache.clear()
    visitor, waits = api(), []

    def allowed() -> int:
        """How many until one is refused."""
        for number in range(50):
            response = visitor.get("vendors/")
            if response.status_code == 429:
                waits.append(int(response["Retry-After"]))
                return number
        raise AssertionError("none was refused")

    with time_machine.travel("2026-03-01T12:00:15Z", tick=False) as clock:
        seen = [allowed(), allowed()]
        clock.shift(44)
        seen.append(allowed())
        # Half of the ten count, and what was refused doesn't.
        clock.shift(31)
        seen.append(allowed())
        clock.shift(180)
        seen.append(allowed())
        clock.shift(waits[-1] - 1)
        assert visitor.get("vendors/").status_code == 429
        clock.shift(1)
        assert visitor.get("vendors/").status_code == 200
    assert seen == [10, 0, 0, 5, 10]
    assert waits == [51, 51, 7, 6, 36]


def test_requests_at_once_are_all_counted(transactional_db, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "get_rate", lambda self: "10/hour")
    cache.clear()

    def status(_: int) -> int:
        try:
            return Client().get("/api/v1/vendors/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(status, range(24)))
    assert sorted(statuses) == [200] * 10 + [429] * 14


def test_a_member_has_a_limit_of_their_own(client, db, monkeypatch):
    monkeypatch.setattr(MemberRateThrottle, "get_rate", lambda self: "2/min")
    cache.clear()
    client.force_login(UserFactory())
    statuses = [client.get("/api/v1/vendors/").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_another_answer_than_json_is_406(api):
    assert_problem(api().get("products/", Accept="text/html"), 406)


def test_the_schema_is_valid_and_complete(db, capsys):
    call_command("spectacular", validate=True, fail_on_warn=True)
    schema = capsys.readouterr().out
    for path in (
        "/api/v1/categories/:",
        "/api/v1/vendors/{slug}/:",
        "/api/v1/products/{slug}/:",
        "/api/v1/reviews/{public_id}/:",
        "/api/v1/conversations/{public_id}/messages/:",
    ):
        assert path in schema


def test_the_schema_is_served(api):
    response = api().get("schema/")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/vnd.oai.openapi")


def test_the_docs_ask_no_other_host(client, db):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    body = page.content.decode()
    assert "https://" not in body
    assert "swagger-ui-bundle.js" in body
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "https://" not in script.content.decode()


def test_the_root_names_the_collections(api):
    assert api().get("").json() == {
        name: f"/api/v1/{name}/"
        for name in ("categories", "vendors", "products", "reviews", "conversations")
    } | {"shortlists": "/api/v1/me/shortlists/"}
