import datetime
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from moderation.models import QueueItem
from notifications.models import OutgoingEmail
from reviews import tasks
from reviews.models import ProductRating, RatingRefresh
from reviews_site import health
from reviews_site.celery import app
from reviews_site.lib.metrics import count_page_cache
from tests.factories import ReviewFactory

TOKEN = "a-token-for-the-tests-of-metrics"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
RULES = Path(__file__).parents[2] / "docs" / "monitoring" / "alerts.yml"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    for breaker in health._breakers.values():
        breaker.reset()


def scrape(client: Client) -> Samples:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return read(answer.content.decode())


def read(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"levelfield_{name}", tuple(sorted(labels.items()))))


# --- Who may read ---------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, "Bearer ", "Bearer x", TOKEN, f"Token {TOKEN}"])  # fmt: skip
def test_without_the_token_there_is_no_such_page(client: Client, db, token, given):
    nothing = client.get("/no-such-page", headers={"Authorization": given} if given else {})  # fmt: skip
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer.content) == (404, nothing.content)


def test_where_no_token_is_set_nobody_reads(client: Client, db):
    assert settings.METRICS_TOKEN == ""
    for given in ("Bearer ", "Bearer", ""):
        answer = client.get("/metrics", headers={"Authorization": given})
        assert answer.status_code == 404


# --- Requests -------------------------------------------------------------------------------


def test_requests_are_counted_by_view_method_and_status(client: Client, db, token):
    before = scrape(client)
    client.get("/")
    client.get("/")
    client.generic("quokkawombat", "/")
    after = scrape(client)

    def grown(name: str, **labels: str) -> float:
        return (of(after, name, **labels) or 0) - (of(before, name, **labels) or 0)

    assert grown("requests_total", view="home", method="GET", status="200") == 2
    assert grown("requests_total", view="home", method="other", status="200") == 1
    assert grown("request_seconds_count", view="home") == 3
    assert grown("request_seconds_bucket", view="home", le="+Inf") == 3
    assert grown("request_queries_total", view="home") >= 2


def test_no_label_grows_with_what_visitors_ask_for(client: Client, db, token):
    for n in range(3):
        client.get(f"/quokkawombat/{n}/")
        client.get(f"/products/quokkawombat-{n}/")
        client.get(f"/me/quokkawombat-{n}@example.org/?q=quokkawombat")
    text = client.get("/metrics", headers=BEARER).content.decode()
    assert "quokkawombat" not in text
    assert (of(read(text), "requests_total", view="unresolved", method="GET", status="404") or 0) >= 3  # fmt: skip
    assert 'view="product"' in text


def test_what_the_page_cache_had_is_counted(client: Client, db, token):
    before = scrape(client)
    count_page_cache(True)
    count_page_cache(False)
    count_page_cache(True)
    after = scrape(client)
    for result, times in (("hit", 2), ("miss", 1)):
        grown = of(after, "page_cache_total", result=result) - of(before, "page_cache_total", result=result)  # fmt: skip
        assert grown == times


# --- The site -------------------------------------------------------------------------------


def test_an_empty_site_has_nothing_waiting(client: Client, db, token, empty_broker):
    found = scrape(client)
    for name in (
        *("outbox_oldest_due_seconds", "rating_refresh_oldest_seconds"),
        *("moderation_waiting", "moderation_late", "moderation_oldest_seconds"),
    ):
        assert of(found, name) == 0, name
    for state in ("queued", "sending", "failed"):
        assert of(found, "outbox_emails", state=state) == 0
    for up in ("broker_up", "cache_up", "database_up"):
        assert of(found, up) == 1
    assert of(found, "clock_ahead_seconds") == 0
    # Nobody has compared them yet.
    assert of(found, "ratings_drifted") is None
    queues = {labels for name, labels in found if name == "levelfield_queue_messages"}
    assert queues == {(("queue", name),) for name in settings.CELERY_TASK_QUEUES}


def test_outbox_is_told_by_state_and_age(client: Client, db, token):
    now = timezone.now()
    minute = datetime.timedelta(minutes=1)
    for number, fields in enumerate(
        [
            {"status": "queued", "next_attempt_at": now - 5 * minute},
            {"status": "queued", "next_attempt_at": now + 5 * minute},
            {"status": "sending", "leased_until": now + minute},
            {"status": "failed"},
            {"status": "sent", "sent_at": now},
            {"status": "cancelled"},
        ]
    ):
        address = f"quokkawombat{number}@example.org"
        OutgoingEmail.objects.create(
            address=address, kind="system", dedupe_key=str(number), **fields
        )
    found = scrape(client)
    states = {s: of(found, "outbox_emails", state=s) for s in ("queued", "sending", "failed")}  # fmt: skip
    assert states == {"queued": 2, "sending": 1, "failed": 1}
    assert 300 <= of(found, "outbox_oldest_due_seconds") < 330


def test_moderation_is_told_by_age_and_deadline(client: Client, db, token):
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    for age, closed in ((30, None), (2, None), (90, now)):
        QueueItem.objects.create(
            kind="review",
            target_public_id=f"00000000-0000-0000-0000-{age:012d}",
            opened_at=now - age * hour,
            sort_at=now - age * hour,
            due_at=now - (age - 10) * hour,
            closed_at=closed,
        )
    found = scrape(client)
    assert of(found, "moderation_waiting") == 2
    assert of(found, "moderation_late") == 1
    assert 30 * 3600 <= of(found, "moderation_oldest_seconds") < 30 * 3600 + 60


def test_a_rating_that_differs_from_its_reviews_is_told(client: Client, db, token):
    review = ReviewFactory()
    tasks.recompute_all_ratings()
    assert of(scrape(client), "ratings_drifted") == 0
    ProductRating.objects.filter(product=review.product).update(count=7)
    tasks.recompute_all_ratings()
    assert of(scrape(client), "ratings_drifted") == 1


def test_a_change_that_no_rating_shows_yet_is_told(client: Client, db, token):
    review = ReviewFactory()
    then = timezone.now() - datetime.timedelta(seconds=90)
    RatingRefresh.objects.create(product=review.product, requested_at=then)
    assert 90 <= of(scrape(client), "rating_refresh_oldest_seconds") < 120


def test_tasks_that_wait_are_told_by_queue(client: Client, db, token, empty_broker):
    for priority in (0, 6):
        app.send_task("x", (), queue="mail", priority=priority)
    found = scrape(client)
    assert of(found, "queue_messages", queue="mail") == 2
    assert of(found, "queue_messages", queue="ratings") == 0


def test_without_a_broker_the_rest_is_told(client: Client, db, token, monkeypatch):
    health._breakers["broker"].trip()
    found = scrape(client)
    health._breakers["broker"].reset()
    assert of(found, "broker_up") == 0
    assert of(found, "queue_messages", queue="mail") is None
    assert of(found, "moderation_waiting") == 0


# --- The alerts -----------------------------------------------------------------------------


def alerts() -> list[dict]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_figure_of_the_alerts_is_there(client: Client, db, token):
    ReviewFactory()
    tasks.recompute_all_ratings()
    client.get("/")
    there = {name for name, _ in scrape(client)}
    named = {
        name
        for rule in alerts()
        for name in re.findall(r"\blevelfield_\w+", rule["expr"])
    }
    assert len(named) > 8
    assert named - there == set()


def test_every_alert_is_explained():
    explained = (RULES.parents[1] / "monitoring.md").read_text()
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names)) > 8
    assert [name for name in names if f"### {name}\n" not in explained] == []
    told = re.findall(r"^### (\w+)$", explained, re.M)
    assert sorted(told) == sorted(names)
