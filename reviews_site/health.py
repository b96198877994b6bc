"""For load balancers and container health checks: alive, and ready to serve. Each is cheap enough for every second."""

import time
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.figures import oldest_due_seconds
from reviews_site.celery import HintTask, app
from reviews_site.lib.breaker import Breaker

AWAY = "no answer"
OK = "ok"
# The dates of what is written come from this machine's clock. Further off than that, another machine should write them.
CLOCK_LIMIT_SECONDS = 30
REDIS_AWAY = (HintTask.OperationalError, redis.RedisError, OSError)

# Their own: a question that was asked here in vain keeps no page from the cache.
_breakers = {"broker": Breaker(seconds=5.0), "cache": Breaker(seconds=5.0)}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody, so that a slow database never gets it restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 without the database, with migrations pending, or where the clocks of the two machines differ.

    The rest may be away: pages still work without Redis or replicas, and no other machine would send the e-mails sooner.
    """
    ahead = seconds_ahead()
    checks: dict[str, object] = {
        "postgres": AWAY if ahead is None else OK,
        "clock_seconds_ahead": ahead if ahead is None else round(ahead, 1),
        "migrations": "unknown",
        "broker": broker(),
        "cache": cache_server(),
        "oldest_due_email_seconds": None,
    }
    if ahead is not None:
        checks["migrations"] = migrations()
    ready = checks["migrations"] == OK
    if ready:
        checks["oldest_due_email_seconds"] = round(oldest_due_seconds())
        ready = abs(ahead or 0) <= CLOCK_LIMIT_SECONDS
    if settings.REPLICA_ALIASES:
        checks["replicas"] = {each: postgres(each) for each in settings.REPLICA_ALIASES}
    return JsonResponse(checks, status=200 if ready else 503)


def postgres(alias: str = "default") -> str:
    return AWAY if seconds_ahead(alias) is None else OK


def seconds_ahead(alias: str = "default") -> float | None:
    """How far this machine's clock is ahead of Postgres', negative if behind; None where Postgres doesn't answer.

    What the question itself took explains is left out, so that a slow network looks like no wrong clock.
    """
    asked = time.time()
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            [there] = cursor.fetchone()
    except DatabaseError:
        return None
    return max(asked - there, 0.0) + min(time.time() - there, 0.0)


def migrations() -> str:
    try:
        applied = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    except ProgrammingError:
        # Nothing was ever migrated, so there is no such table.
        applied = set()
    pending = _migrations_of_this_release() - applied
    return f"{len(pending)} pending" if pending else OK


@cache
def _migrations_of_this_release() -> frozenset[tuple[str, str]]:
    """Read from the disk once: they don't change while a process runs."""
    return frozenset(MigrationLoader(None).disk_migrations)


def broker() -> str:
    breaker = _breakers["broker"]
    if breaker.is_open():
        return AWAY
    try:
        with app.pool.acquire(block=True, timeout=1) as connection:
            connection.default_channel.client.ping()
    except REDIS_AWAY:
        breaker.trip()
        return AWAY
    return OK


def cache_server() -> str:
    breaker = _breakers["cache"]
    if breaker.is_open():
        return AWAY
    try:
        _cache_client(str(settings.CACHES["default"]["LOCATION"])).ping()
    except REDIS_AWAY:
        breaker.trip()
        return AWAY
    return OK


@cache
def _cache_client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1)
