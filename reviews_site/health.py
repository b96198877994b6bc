"""For load balancers and container health checks: alive, and ready to serve."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nobody, so that a slow database never gets it restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 names what is missing. Redis may be away: pages still work, so it is said and no reason to stop."""
    checks = {"postgres": postgres(), "migrations": "unknown", "redis": redis_server()}
    if checks["postgres"] == "ok":
        checks["migrations"] = migrations()
    ready = checks["postgres"] == checks["migrations"] == "ok"
    return JsonResponse(checks, status=200 if ready else 503)


def postgres() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no answer"
    return "ok"


def migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} pending" if plan else "ok"


def redis_server() -> str:
    client = redis.Redis.from_url(
        settings.CACHE_URL, socket_connect_timeout=0.5, socket_timeout=1
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "no answer"
    finally:
        client.close()
    return "ok"
