"""Row 13: somebody with a word of their own in everything uses the running site; no line of a log has that word."""

import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.utils import timezone

from notifications.models import OutgoingEmail
from notifications.tasks import deliver_email
from tests.reviews_site.production.sentry import sentry_server
from tests.reviews_site.production.server import (
    METRICS_TOKEN,
    Browser,
    Production,
    running,
)
from tests.reviews_site.test_metrics import of, read

WORD = "quokkawombat"
ADDRESS = f"{WORD}@{WORD}.example"
NETWORK_ADDRESS = "203.0.113.77"
PASSWORD = "marmosetxylograph-9"
NAMED = f"{'0123456789abcdef' * 2}"


@pytest.fixture
def refused(transactional_db) -> OutgoingEmail:
    """An e-mail to whom the server will refuse, in words that quote the address."""
    return OutgoingEmail.objects.create(
        address=f"refused@{WORD}.example",
        kind="system",
        subject=WORD,
        text=WORD,
        dedupe_key="refused",
        next_attempt_at=timezone.now(),
    )


def test_nothing_that_is_logged_or_reported_tells_of_anybody(
    refused, empty_broker, mail_server, tmp_path
):
    mails = f"smtp://127.0.0.1:{mail_server.port}"
    with (
        sentry_server() as sentry,
        running(tmp_path, worker=True, SENTRY_DSN=sentry.dsn, EMAIL_URL=mails) as site,
    ):
        browser = planted_browser(site)
        secrets = [
            WORD,
            NETWORK_ADDRESS,
            PASSWORD,
            *sign_up(browser, site, mail_server),
        ]
        secrets += reset_password(browser, mail_server)
        look_around(browser)
        failed = fail(browser)
        refuse(refused)
        site.wait_until_said("failing_task", times=2)
        wait_until(lambda: len(sentry.events()) == 2)
        metrics = browser.get("/metrics", Authorization=f"Bearer {METRICS_TOKEN}").body
        said = site.said()

    assert [word for word in secrets if word in said] == []
    assert [word for word in secrets if word in metrics] == []
    assert [word for word in secrets if word in str(sentry.taken)] == []
    assert len(secrets) > 5
    check_that_lines_follow_the_request(said, failed)
    check_what_was_reported(sentry.events(), failed)
    check_that_all_processes_are_counted(metrics, said)


# --- What the person does -------------------------------------------------------------------


def planted_browser(site: Production) -> Browser:
    browser = site.browser(
        **{
            "User-Agent": WORD,
            "Referer": f"https://reviews.example.org/{WORD}/",
            "X-Forwarded-For": NETWORK_ADDRESS,
            "Accept-Language": WORD,
        }
    )
    browser.cookies["planted"] = WORD
    return browser


def sign_up(browser: Browser, site: Production, mail_server) -> list[str]:
    """Signs up, confirms, signs in; returns the secrets of what was mailed and of the session."""
    answer = browser.post("/accounts/signup/", {"email": ADDRESS, "password1": PASSWORD})  # fmt: skip
    assert answer.status == HTTPStatus.FOUND
    key = mailed(mail_server, r"/accounts/confirm-email/([^/\s]+)/")
    browser.post(f"/accounts/confirm-email/{key}/", {})
    browser.cookies.pop("sessionid", None)
    wrong = browser.post("/accounts/login/", {"login": ADDRESS, "password": WORD})
    assert wrong.status == HTTPStatus.OK
    right = browser.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert right.status == HTTPStatus.FOUND
    assert browser.get("/me/").status == HTTPStatus.OK
    return [key, browser.cookies["sessionid"], browser.cookies["csrftoken"]]


def reset_password(browser: Browser, mail_server) -> list[str]:
    browser.cookies.pop("sessionid")
    browser.post("/accounts/password/reset/", {"email": ADDRESS})
    key = mailed(mail_server, r"/accounts/password/reset/key/([^/\s]+)/")
    assert browser.get(f"/accounts/password/reset/key/{key}/").status < 400
    return [key]


def look_around(browser: Browser) -> None:
    assert browser.get(f"/search/?q={WORD}").status == HTTPStatus.OK
    assert browser.get(f"/{WORD}/").status == HTTPStatus.NOT_FOUND
    # No method that gunicorn takes; it says so itself.
    assert browser.ask(WORD, "/", None, {}).status == HTTPStatus.BAD_REQUEST
    assert browser.get("/", Host=f"{WORD}.example").status == HTTPStatus.BAD_REQUEST
    # Without a token of the form.
    refused = browser.send("/accounts/login/", {"login": ADDRESS, "password": WORD})
    assert refused.status == HTTPStatus.FORBIDDEN
    assert browser.get(f"/products/?after={WORD}").status < 500


def fail(browser: Browser) -> str:
    """Something breaks in a view and in the task that it sent; returns the request's id."""
    browser.always["X-Request-ID"] = NAMED
    answer = browser.send(f"/fails/{WORD}/?q={WORD}", {"said": WORD})
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert answer.header("X-Request-ID") == NAMED
    del browser.always["X-Request-ID"]
    return NAMED


def refuse(mail: OutgoingEmail) -> None:
    deliver_email.apply_async((mail.pk,))
    wait_until(lambda: OutgoingEmail.objects.get(pk=mail.pk).status == "failed")


def mailed(mail_server, pattern: str) -> str:
    def found() -> list[str]:
        texts = [str(mail.get_body(("plain",))) for mail in mail_server.mails()]
        return re.findall(pattern, "\n".join(texts).replace("=\n", ""))

    wait_until(lambda: bool(found()))
    return found()[-1]


# --- What is left of it ---------------------------------------------------------------------


def lines(said: str) -> list[dict]:
    """Those of the site; gunicorn's first process and the worker's banner speak before the settings are read."""
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def check_that_lines_follow_the_request(said: str, request_id: str) -> None:
    about = [line for line in lines(said) if line.get("request_id") == request_id]
    assert sorted((line["logger"], line["message"]) for line in about) == [
        ("celery.app.trace", "Task %(name)s[%(id)s] %(description)s: %(exc)s"),
        ("django.request", "%s: %s"),
        ("reviews_site.celery", "task"),
        ("reviews_site.requests", "request"),
    ]
    by_logger = {line["logger"]: line for line in about}
    request, task = by_logger["reviews_site.requests"], by_logger["reviews_site.celery"]
    assert (request["view"], request["status"]) == ("fails", 500)
    assert task["task"] == "tests.reviews_site.production.failing.failing_task"
    assert task["state"] == "FAILURE"
    for logger, kind, place in (
        ("django.request", "builtins.ValueError", "failing_view"),
        ("celery.app.trace", "builtins.LookupError", "failing_task"),
    ):
        outline = by_logger[logger]["exception"]
        assert outline[0] == kind
        assert any(line.endswith(f" {place}") for line in outline)


def check_what_was_reported(events: list[dict], request_id: str) -> None:
    assert {event["tags"]["request_id"] for event in events} == {request_id}
    reported = {
        each["type"]: each["stacktrace"]["frames"][-1]["function"]
        for event in events
        for each in event["exception"]["values"]
    }
    assert reported == {"ValueError": "failing_view", "LookupError": "failing_task"}


def check_that_all_processes_are_counted(metrics: str, said: str) -> None:
    counted = {}
    for line in lines(said):
        if line["logger"] == "reviews_site.requests":
            of_one = (line["view"], line["method"], str(line["status"]))
            counted[of_one] = counted.get(of_one, 0) + 1
    found = read(metrics)
    assert len(counted) > 8
    for (view, method, status), times in counted.items():
        told = of(found, "requests_total", view=view, method=method, status=status)
        assert told == times, (view, method, status)


def wait_until(condition: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)
