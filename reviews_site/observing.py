"""One line of the log and one count for each request; the id that both sides, and its tasks, know it by."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from reviews_site.lib import tracing
from reviews_site.lib.metrics import count_request

GetResponse = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("reviews_site.requests")

# Whoever asks whether the site is well asks often.
ROUTINE = {"healthz", "readyz", "metrics"}
# Anybody may send any other word.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class QueryCounter:
    """Counts, while it is entered, the queries of this thread on all databases."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:  # fmt: skip
        self.count += 1
        return execute(sql, params, many, context)

    def __enter__(self) -> "QueryCounter":
        self.wrappers = [each.execute_wrappers for each in connections.all()]
        for wrappers in self.wrappers:
            wrappers.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        for wrappers in self.wrappers:
            wrappers.remove(self)


class RequestLogMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        request_id = id_of(request)
        token = tracing.request_id.set(request_id)
        try:
            with QueryCounter() as queries:
                response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            report(request, response, time.perf_counter() - begun, queries.count)
        finally:
            tracing.request_id.reset(token)
        return response


def id_of(request: HttpRequest) -> str:
    """A proxy of ours may have named it already; anybody else's word isn't taken."""
    given = request.META.get("HTTP_X_REQUEST_ID")
    if given and settings.TRUSTED_PROXY_COUNT and tracing.is_id(given):
        return given
    return tracing.new_id()


def report(
    request: HttpRequest, response: HttpResponse, seconds: float, queries: int
) -> None:
    view = view_name(request)
    method = request.method if request.method in METHODS else "other"
    count_request(view, method, response.status_code, seconds, queries)
    level = logging.DEBUG if view in ROUTINE else logging.INFO
    if logger.isEnabledFor(level):
        fields = {
            "method": method,
            "view": view,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "queries": queries,
        }
        logger.log(level, "request", extra={"fields": fields})


def view_name(request: HttpRequest) -> str:
    """Never the address, which may hold the token of a mailed link."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    if request.path.startswith(settings.STATIC_URL):
        return "static"
    # Nobody looked where the address leads to, if the page came from the cache.
    return getattr(request, "kept_view", "") or "unresolved"
