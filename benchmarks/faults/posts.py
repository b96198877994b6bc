"""Many post on one product at once, some of them twice; others publish and withdraw; every task is sent twice.

Rows 34, 35, 36 and 40 of docs/trust.md: each post is stored once or refused by a limit, and the rating is right.
"""

import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from benchmarks.faults.clients import Client, Notes, review_of
from benchmarks.faults.own_site import ROOT, Site
from benchmarks.faults.results import Finding

CONNECTIONS = 16
MODERATORS = 2
# One of so many posts is sent on two connections at the same time.
DOUBLED = 4


@contextmanager
def moderators(site: Site, slug: str) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.faults.moderators", slug]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=site.own_environment(), stdin=subprocess.PIPE
        )
        for _ in range(MODERATORS)
    ]
    yield
    for each in started:
        assert each.stdin is not None
        each.stdin.write(b"over\n")
        each.stdin.close()
    if any(each.wait() for each in started):
        raise RuntimeError("A moderator met an error.")


def post_on_one_product(site: Site, people: Mapping[str, Any]) -> list[Finding]:
    notes, slug = Notes(), people["hot"]
    posts = [
        (key, f"token-{uuid.uuid4().hex}", str(uuid.uuid4()))
        for number, key in enumerate(people["posters"])
        for _ in range(1 + (number % DOUBLED == 0))
    ]
    # The two of a double submit differ in nothing.
    same = {key: (token, once) for key, token, once in posts}

    def post(one: tuple[str, str, str]) -> tuple[str, int]:
        token, once = same[one[0]]
        client = Client(site.web.port, notes, one[0])
        sent = review_of(slug, token)
        # Once more where a web process was so busy that nobody answered.
        status = client.post("/api/v1/reviews/", sent, once)
        return token, status or client.post("/api/v1/reviews/", sent, once)

    with moderators(site, slug), ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = list(pool.map(post, posts))
    site.finish()
    return findings(site, slug, answers)


def findings(site: Site, slug: str, answers: list[tuple[str, int]]) -> list[Finding]:
    statuses = Counter(status for _, status in answers)
    acknowledged = sorted({token for token, status in answers if status == 201})
    limited = {token for token, status in answers if status == 429}
    authors = {token for token, _ in answers}
    neither = len(authors - set(acknowledged) - limited)
    errors = sum(number for status, number in statuses.items() if status >= 500)
    stored = site.postgres.number(
        "SELECT count(*) FROM reviews_review r JOIN products_product p ON p.id = r.product_id"
        " WHERE p.slug = %s",
        slug,
    )
    lost = site.lost(acknowledged)
    deadlocks = site.postgres.number(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return [
        Finding("posts on one product, by 16 connections", len(answers)),
        *(Finding(f"posts: answered {status}", number) for status, number in sorted(statuses.items())),
        Finding("posts: authors who wanted one review each", len(authors)),
        Finding("posts: neither stored nor refused by a limit", neither, "", "0", neither == 0),
        Finding("posts: answers 500 and above", errors, "", "0", errors == 0),
        Finding("posts: acknowledged and lost", lost, "", "0", lost == 0),
        Finding("posts: stored beyond one an author", stored - len(acknowledged), "", "0", stored == len(acknowledged)),
        Finding("posts: deadlocks", deadlocks, "", "0", deadlocks == 0),
    ]  # fmt: skip
