"""Many post on one product at once, some of them twice; others publish and withdraw; every task is sent twice.

Rows 34, 35, 36 and 40 of docs/trust.md: each post is stored once or refused by a limit, and the rating is right. The family
`posts` has ten thousand of them; `site` begins with a few. Both send all of their e-mails.
"""

import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults.clients import Client, Notes, review_of
from benchmarks.faults.own_site import ROOT, Site, own_site, running
from benchmarks.faults.results import Finding, Trial, none_of
from benchmarks.faults.trials import Fault, Tried

CONNECTIONS = 16
# One of so many posts is sent on two connections at the same time.
DOUBLED = 4
# More than a member may post within an hour.
EAGER_POSTS = 25


@dataclass(frozen=True)
class Plan:
    posters: int
    # Of them, those who try again and again to post another one.
    eager: int
    moderators: int
    # Reviews that each of these decides on.
    decisions: int
    # Then nobody begins to post any more, on whatever machine.
    seconds: float = 1_200


# Ten thousand posts: 7,600, every fourth of them a second time, and the 500 of the eager ones.
LONG = Plan(posters=7_600, eager=20, moderators=2, decisions=500)
SHORT = Plan(posters=200, eager=4, moderators=2, decisions=50)


@dataclass(frozen=True)
class Post:
    key: str
    token: str
    once: str


def run(folder: Path, seed: int, short: bool) -> list[Trial]:
    """The mail workers come afterwards, so that the processors are the posts' own: each e-mail waits in the outbox."""
    plan = SHORT if short else LONG
    with own_site(folder, members=0, products=0, posters=plan.posters) as (site, people):  # fmt: skip
        with running(site, folder, queues="ratings,bulk"):
            tried = post_on_one_product(site, people, plan)
        site.server.behave("quick")
        with running(site, folder):
            begun = time.monotonic()
            site.finish()
            seconds = time.monotonic() - begun
            tried.more.append(Finding("then all of their e-mails sent after", round(seconds), "s"))  # fmt: skip
            tried.broken = site.broken_invariants()
            return [tried.trial(site)]


def post_on_one_product(site: Site, people: Mapping[str, Any], plan: Plan) -> Tried:
    before, notes, slug = site.newest_mail(), Notes(), people["hot"]
    until = time.monotonic() + plan.seconds

    def post(one: Post) -> tuple[Post, int] | None:
        if time.monotonic() > until:
            return None
        client = Client(site.web.port, notes, one.key)
        sent = review_of(slug, one.token)
        status = client.post("/api/v1/reviews/", sent, one.once)
        # Once more where a web process was so busy that nobody answered.
        status = status or client.post("/api/v1/reviews/", sent, one.once)
        if status == 201:
            notes.acknowledged[one.token] = time.monotonic()
        return one, status

    with (
        moderators(site, slug, plan.moderators, plan.decisions),
        ThreadPoolExecutor(CONNECTIONS) as pool,
    ):
        begun = time.monotonic()
        answers = [one for one in pool.map(post, posts_of(people["posters"], plan)) if one]  # fmt: skip
        seconds = time.monotonic() - begun
    site.finish_ratings()
    return Tried(
        Fault([34, 35, 36, 40], "posts on one product", lambda _: begun),
        notes,
        None,
        (before, site.newest_mail()),
        more=[*of_answers(answers, notes, seconds), *of_rows(site, slug, before, notes)],
    )  # fmt: skip


def posts_of(keys: Sequence[str], plan: Plan) -> list[Post]:
    posts: list[Post] = []
    for number, key in enumerate(keys):
        one = a_post(key)
        # The two of a double submit differ in nothing.
        posts += [one, one] if number % DOUBLED == 0 else [one]
    # In turn: what one member sends at the same moment is not counted exactly.
    return posts + [
        a_post(key) for _ in range(EAGER_POSTS) for key in keys[: plan.eager]
    ]


def a_post(key: str) -> Post:
    return Post(key, f"token-{uuid.uuid4().hex}", str(uuid.uuid4()))


@contextmanager
def moderators(site: Site, slug: str, count: int, decisions: int) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.faults.moderators", slug]
    started = [
        subprocess.Popen(
            [*command, str(decisions)],
            cwd=ROOT,
            env=site.own_environment(),
            stdin=subprocess.PIPE,
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for each in started:
            assert each.stdin is not None
            each.stdin.close()
    if any(each.wait() for each in started):
        raise RuntimeError("A moderator met an error.")


# --- What came of it ------------------------------------------------------------------------


def of_answers(
    answers: Sequence[tuple[Post, int]], notes: Notes, seconds: float
) -> list[Finding]:
    statuses = Counter(status for _, status in answers)
    acknowledged = {one.key for one, status in answers if status == 201}
    # By a limit, or because their one review of the product is there.
    refused = {
        one.token
        for one, status in answers
        if status == 429 or (status == 409 and one.key in acknowledged)
    }
    wanted = {one.token for one, _ in answers}
    took = sorted(each.seconds for each in notes.answers if each.status == 201)
    return [
        Finding(f"posts, by {CONNECTIONS} connections", len(answers)),
        Finding("posts a second", round(len(answers) / seconds, 1)),
        Finding("authors", len({one.key for one, _ in answers})),
        *(Finding(f"answered {status}", number) for status, number in sorted(statuses.items())),
        none_of("neither stored nor refused by a limit", len(wanted - refused - set(notes.acknowledged))),
        Finding("median of an accepted post", round(statistics.median(took) * 1000), "ms"),
        Finding("p99 beside the median", round(took[len(took) * 99 // 100] / statistics.median(took), 1), "times"),
    ]  # fmt: skip


def of_rows(site: Site, slug: str, before: int, notes: Notes) -> list[Finding]:
    number = site.postgres.number
    stored = number(
        "SELECT count(*) FROM reviews_review r JOIN products_product p ON p.id = r.product_id WHERE p.slug = %s",
        slug,
    )
    mails = number(
        "SELECT count(*) FROM notifications_outgoingemail WHERE kind = 'review_received' AND id > %s",
        before,
    )
    published, rated = site.postgres.rows(
        "SELECT (SELECT count(*) FROM reviews_review WHERE product_id = p.id AND status = 'published'),"
        " coalesce((SELECT count FROM reviews_productrating WHERE product_id = p.id), 0)"
        " FROM products_product p WHERE p.slug = %s",
        slug,
    )[0]
    deadlocks = number(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return [
        none_of(
            "stored beyond what was acknowledged", stored - len(notes.acknowledged)
        ),
        none_of("without their e-mail in the outbox", stored - mails),
        Finding("published meanwhile, not withdrawn", published),
        none_of("of these not in the rating", published - rated),
        none_of("deadlocks", deadlocks),
    ]
