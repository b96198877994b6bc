"""What this process counts of its requests; reviews_site.metrics adds up all processes and what the database knows.

No label holds anything of a person or of an address: names of views, methods, statuses.
"""

from functools import lru_cache

from prometheus_client import Counter, Histogram

_REQUESTS = Counter(
    "levelfield_requests", "Answered requests.", ["view", "method", "status"]
)
_SECONDS = Histogram(
    "levelfield_request_seconds",
    "From the first line of Python to the answer.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_QUERIES = Counter("levelfield_request_queries", "Queries of requests.", ["view"])
_PAGE_CACHE = Counter(
    "levelfield_page_cache", "Pages looked for in the shared cache.", ["result"]
)
_HIT, _MISS = _PAGE_CACHE.labels("hit"), _PAGE_CACHE.labels("miss")


def count_request(
    view: str, method: str, status: int, seconds: float, queries: int
) -> None:
    requests, duration, asked = _of(view, method, status)
    requests.inc()
    duration.observe(seconds)
    if queries:
        asked.inc(queries)


def count_page_cache(hit: bool) -> None:
    (_HIT if hit else _MISS).inc()


@lru_cache(maxsize=4096)
def _of(view: str, method: str, status: int) -> tuple[Counter, Histogram, Counter]:
    """Finding the three by their labels costs as much as counting."""
    return (
        _REQUESTS.labels(view, method, str(status)),
        _SECONDS.labels(view),
        _QUERIES.labels(view),
    )
