import json
import logging
import re

import pytest
from django.conf import settings
from django.test import Client

from reviews_site.lib import tracing
from reviews_site.lib.logs import JsonFormatter, TextFormatter, outline

OURS = ["reviews_site"]


def line_of(
    formatter: logging.Formatter, name: str, message: object, *args: object, **more: object
) -> str:  # fmt: skip
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, None)
    record.__dict__.update(more)
    return formatter.format(record)


def fields_of(name: str, message: object, *args: object, **more: object) -> dict:
    line = line_of(JsonFormatter(OURS), name, message, *args, **more)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_is_json_with_what_was_said_and_its_fields():
    told = fields_of("reviews_site.x", "Sent %s.", 3, fields={"state": "SUCCESS"})
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:.*\+00:00", told.pop("time"))
    assert told == {
        "level": "ERROR",
        "logger": "reviews_site.x",
        "message": "Sent 3.",
        "state": "SUCCESS",
    }


@pytest.mark.parametrize(
    ("message", "args", "shown"),
    [
        ("Not Found: %s", ("/me/quokkawombat",), "Not Found: %s"),
        ("Task %(name)s", ({"name": "quokkawombat"},), "Task %(name)s"),
        (ValueError("quokkawombat"), (), "ValueError"),
        # Filled in by the library: gunicorn says so of a request that it can't read.
        ("from ip=quokkawombat", (), "tests/reviews_site/test_logs.py:1 None"),
    ],
)
def test_what_a_library_says_is_shortened_to_its_pattern(message, args, shown):
    assert fields_of("django.request", message, *args)["message"] == shown
    assert "quokkawombat" in fields_of("reviews_site.x", message, *args)["message"] or (
        "quokkawombat" in str(args)
    )


def failure() -> BaseException:
    try:
        try:
            raise KeyError("quokkawombat")
        except KeyError as cause:
            raise ValueError("quokkawombat was here") from cause
    except ValueError as error:
        return error


def test_of_an_exception_types_and_places_are_told_and_no_words():
    error = failure()
    told = fields_of("reviews_site", "x", exc_info=(type(error), error, error.__traceback__))  # fmt: skip
    assert told["exception"] == outline(error)
    kinds = [line for line in told["exception"] if " " not in line]
    assert kinds == ["builtins.ValueError", "builtins.KeyError"]
    place = r"tests/reviews_site/test_logs.py:\d+ failure"
    assert re.fullmatch(place, told["exception"][1])
    assert "quokkawombat" not in str(told)


def test_a_demo_shows_everything():
    error = failure()
    about = (type(error), error, error.__traceback__)
    for formatter in (TextFormatter(OURS, True), JsonFormatter(OURS, True)):
        line = line_of(formatter, "django.request", "At %s", "/here", exc_info=about)
        assert "At /here" in line
        assert "quokkawombat was here" in line


def test_a_line_of_text_says_the_same_and_nothing_begins_a_line_of_its_own():
    formatter = TextFormatter(OURS)
    line = line_of(formatter, "reviews_site.x", "Told %s", "a\nb", fields={"ms": 1.5})
    assert line.endswith(" ERROR reviews_site.x Told a\\nb ms=1.5")
    error = failure()
    about = (type(error), error, error.__traceback__)
    assert "quokkawombat" not in line_of(formatter, "x", "%s", "quokkawombat", exc_info=about)  # fmt: skip


# --- A request ------------------------------------------------------------------------------

NAMED = "0123456789abcdef-0123"


def requests_told(caplog: pytest.LogCaptureFixture) -> list[dict]:
    return [r.fields for r in caplog.records if r.name == "reviews_site.requests"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def from_debug_on(caplog):
    caplog.set_level(logging.DEBUG, "reviews_site.requests")


def test_each_request_is_one_line(client: Client, db, caplog):
    client.get("/categories/quokkawombat/?q=quokkawombat")
    (told,) = requests_told(caplog)
    assert told.pop("ms") > 0
    assert told.pop("queries") >= 1
    assert told == {"method": "GET", "view": "research:category", "status": 404}


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/quokkawombat/", ("GET", "unresolved", 404)),
        ("QUOKKA", "/", ("other", "home", 200)),
        ("quokkawombat", "/", ("other", "home", 200)),
        ("GET", "/static/quokkawombat.css", ("GET", "static", 404)),
    ],
)
def test_an_address_is_never_told(client: Client, db, caplog, method, path, told):
    client.generic(method, path)
    (fields,) = requests_told(caplog)
    assert (fields["method"], fields["view"], fields["status"]) == told


def test_a_page_from_the_cache_is_told_by_its_view(client: Client, db, caplog, settings):  # fmt: skip
    settings.PAGE_CACHE_SECONDS = 60
    first, second = (client.get("/", headers={"host": "testserver"}) for _ in "ab")
    assert first.content == second.content
    told = [(each["view"], each["queries"]) for each in requests_told(caplog)]
    assert told == [("home", told[0][1]), ("home", 0)]
    assert told[0][1] > 0
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_queries_are_counted(client: Client, db, caplog, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get("/readyz")
    assert requests_told(caplog)[0]["queries"] == 3


def test_the_answer_says_the_id_of_its_request(client: Client):
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in "ab")
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second
    assert tracing.request_id.get() == ""


def test_only_a_proxy_of_ours_may_name_a_request(client: Client, settings):
    asked = {"headers": {"X-Request-ID": NAMED}}
    assert client.get("/healthz", **asked)["X-Request-ID"] != NAMED
    settings.TRUSTED_PROXY_COUNT = 1
    assert client.get("/healthz", **asked)["X-Request-ID"] == NAMED


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "anna@example.org", "a b c d e f g", "12345678\n", ""]
)
def test_what_is_no_id_names_no_request(client: Client, settings, given):
    settings.TRUSTED_PROXY_COUNT = 1
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])


def test_a_line_within_a_request_has_its_id():
    token = tracing.request_id.set(NAMED)
    try:
        assert fields_of("reviews_site.x", "y")["request_id"] == NAMED
    finally:
        tracing.request_id.reset(token)
    assert "request_id" not in fields_of("reviews_site.x", "y")


def test_production_writes_json_and_says_nothing_of_people():
    assert settings.LOG_FORMAT == "json"
    line = settings.LOGGING["formatters"]["line"]
    assert line["everything"] is False
    assert line["()"] == "reviews_site.lib.logs.JsonFormatter"
