"""How many queries each page under test asks, and whether any of them reads all reviews; exit code 1 if one does.

Each query is asked again behind EXPLAIN with the planner's own settings, so this says something about the database at hand:
on a small set Postgres rightly prefers to read a table as a whole.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

from django.core.cache import cache  # noqa: E402 (the models need the set-up above)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.pages import pages  # noqa: E402
from reviews.models import Review  # noqa: E402

TABLE = Review._meta.db_table
# Fewer rows than this fit into some hundred blocks, whichever way they are read.
WORTH_AN_INDEX = 100_000


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def scans_reviews(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    plan = json.loads(found) if isinstance(found, str) else found
    return any(
        node["Node Type"] == "Seq Scan" and node.get("Relation Name") == TABLE
        for node in nodes(plan[0]["Plan"])
    )


def asked(client: Client, path: str) -> list[str]:
    """With nothing prepared: the worst case. 204 is the answer of a page that has nothing new."""
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        status = client.get(path).status_code
    if status not in (200, 204):
        raise SystemExit(f"{path} answered {status}")
    # What a connection has planned before is asked by its name.
    return [
        query["sql"]
        for query in captured
        if query["sql"].startswith("EXECUTE") or "SELECT" in query["sql"][:40].upper()
    ]


def main() -> int:
    breaches = 0
    for page in pages():
        client = Client(HTTP_HOST="127.0.0.1")
        if page["session"]:
            client.cookies["sessionid"] = page["session"]
        counts = []
        for path in page["paths"][:10]:
            queries = asked(client, path)
            counts.append(len(queries))
            for sql in queries:
                if scans_reviews(sql):
                    breaches += 1
                    print(f"  reads all reviews: {path}\n    {sql[:2000]}")
        print(f"{page['name']}: {min(counts)} to {max(counts)} queries")
    total = Review.objects.count()
    print(f"{breaches} queries read all of {total:,} reviews")
    return 1 if breaches and total >= WORTH_AN_INDEX else 0


if __name__ == "__main__":
    sys.exit(main())
