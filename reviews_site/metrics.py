"""/metrics for Prometheus: what the web processes of this machine counted, and how the whole site stands."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from moderation.models import QueueItem
from notifications.figures import outbox
from reviews.models import RatingRefresh
from reviews.ratings import last_drift
from reviews_site import health
from reviews_site.celery import app


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has the token. Anybody else, and everybody where none is set, finds no such page."""
    if not _may_read(request):
        raise Http404
    text = generate_latest(requests_registry()) + generate_latest(_SITE)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, wanted)


def requests_registry() -> CollectorRegistry:
    """Of all processes together where gunicorn.conf.py gave them a folder, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


class SiteCollector:
    """Asked anew for each scrape. What can't be asked is left out, and the gauge of its server says 0."""

    def collect(self) -> Iterator[Metric]:
        has_broker = health.broker() == health.OK
        ahead = health.seconds_ahead()
        yield _gauge("broker_up", "Whether the broker answers.", has_broker)
        yield _gauge(
            "cache_up", "Whether the cache answers.", health.cache_server() == health.OK
        )
        yield _gauge("database_up", "Whether Postgres answers.", ahead is not None)
        if has_broker:
            yield from _unless_gone(queues)
        if ahead is not None:
            yield _gauge(
                "clock_ahead_seconds",
                "How far this machine's clock is ahead of Postgres'.",
                ahead,
            )
            for part in (outgoing_emails, ratings, moderation):
                yield from _unless_gone(part)


def _unless_gone(part: Callable[[], Iterator[Metric]]) -> list[Metric]:
    """Its server answered a moment ago; if it is gone by now, the next scrape says so."""
    try:
        return list(part())
    except (DatabaseError, *health.REDIS_AWAY):
        return []


def _gauge(name: str, what: str, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"levelfield_{name}", what, value=value)


def queues() -> Iterator[Metric]:
    found = GaugeMetricFamily(
        "levelfield_queue_messages",
        "Tasks that wait for a worker.",
        labels=["queue"],
    )
    with app.pool.acquire(block=True, timeout=1) as connection:
        channel = connection.default_channel
        for name in sorted(app.amqp.queues):
            # Not passive: with a prefix of keys, kombu doesn't find its own queues.
            found.add_metric([name], channel.queue_declare(name).message_count)
    yield found


def outgoing_emails() -> Iterator[Metric]:
    figures = outbox()
    rows = GaugeMetricFamily(
        "levelfield_outbox_emails",
        "E-mails that were not sent yet, or never will be.",
        labels=["state"],
    )
    for state in ("queued", "sending", "failed"):
        rows.add_metric([state], getattr(figures, state))
    yield rows
    yield _gauge(
        "outbox_oldest_due_seconds",
        "Since the oldest e-mail could have gone out.",
        figures.oldest_due_seconds,
    )


def ratings() -> Iterator[Metric]:
    oldest = RatingRefresh.objects.aggregate(since=Min("requested_at"))["since"]
    yield _gauge(
        "rating_refresh_oldest_seconds",
        "Since the oldest change that no rating shows yet.",
        _age(oldest),
    )
    drift = last_drift()
    if drift is not None:
        yield _gauge(
            "ratings_drifted",
            "Ratings that differed from their reviews when all were last compared, each night.",
            drift,
        )


def moderation() -> Iterator[Metric]:
    waiting = QueueItem.objects.waiting().aggregate(
        count=Count("pk"),
        since=Min("opened_at"),
        late=Count("pk", filter=Q(due_at__lt=timezone.now())),
    )
    yield _gauge("moderation_waiting", "What waits for a moderator.", waiting["count"])
    yield _gauge("moderation_late", "Of it, past its deadline.", waiting["late"])
    yield _gauge(
        "moderation_oldest_seconds",
        "How long the oldest has waited.",
        _age(waiting["since"]),
    )


def _age(since: datetime | None) -> float:
    if since is None:
        return 0.0
    return max((timezone.now() - since).total_seconds(), 0.0)


_SITE = CollectorRegistry()
_SITE.register(SiteCollector())
