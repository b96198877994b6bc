"""The run itself: what a member or a visitor meets before, while and after the primary is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.replicas.cluster import Cluster, Node, transactions, wait_until
from benchmarks.replicas.crowd import Browser, Notes, crowd
from reviews_site.local.commands import digest_of_migrations
from reviews_site.local.interrupts import stopped_by_signals
from reviews_site.local.processes import Children
from reviews_site.local.stack import choose_redis
from reviews_site.local.state import State

ROOT = Path(__file__).resolve().parent.parent.parent
# Makes the tables at an address.
Migrate = Callable[[str], None]
# Looks at the new primary once nobody writes any more.
LookAt = Callable[[Node], None]


@dataclass(frozen=True)
class Plan:
    seconds: float
    after: float
    writers: int
    visitors: int
    delay: str
    synchronous: bool = True
    # Else the web processes know all three from the beginning, and find the primary themselves.
    new_address: bool = True


LONG = Plan(seconds=45, after=10, writers=12, visitors=4, delay="30s")
SHORT = Plan(seconds=6, after=2, writers=4, visitors=2, delay="5s")


@dataclass(frozen=True)
class Figures:
    writes: int
    lost: int
    doubled: int
    own_pages: int
    missed: int
    visits: int
    errors: int
    # Of these, other than 503.
    faults: int
    # While the web processes were started again.
    found_nobody: int
    visits_while_down: int
    errors_while_down: int
    late_by: float
    # Share of the transactions of the members' and visitors' pages, by server, before the primary was killed.
    shares: dict[str, float]
    promoted: str
    seconds_to_promote: float
    seconds_to_recover: float
    seconds_to_two_copies: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Web:
    """Gunicorn with the addresses it is given; other addresses need other processes."""

    def __init__(self, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.port, self.environment, self.log = port, environment, log
        self.process: subprocess.Popen | None = None

    def start(self, primary: Node, replicas: list[Node]) -> None:
        self.start_with(primary.url, replicas)

    def start_with(self, address: str, replicas: list[Node]) -> None:
        addresses = {
            "DATABASE_URL": address,
            "REPLICA_URLS": ",".join(node.url for node in replicas),
        }
        command = [sys.executable, "-m", "gunicorn", "reviews_site.wsgi"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", "4"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--preload", "--no-control-socket"],
                env=os.environ | self.environment | addresses,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._answers, "the web process answers", seconds=90)

    def _answers(self) -> bool:
        return Browser(self.port).ask("GET", "/healthz")[0] == 200

    def stop(self) -> None:
        if self.process is not None:
            # With its workers, which hold the port and the old addresses.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def any_of(*nodes: Node) -> str:
    """libpq tries one after the other and takes the one that may be written to."""
    base = nodes[0].url.partition("?")[0]
    hosts = ",".join(str(node.state.sockets) for node in nodes)
    ports = ",".join(str(node.port) for node in nodes)
    return f"{base}?host={hosts}&port={ports}&target_session_attrs=read-write"


# --- The run --------------------------------------------------------------------------------


def command(environment: Mapping[str, str], *arguments: str) -> str:
    """What it printed."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def migrate(address: str) -> None:
    named = {"DATABASE_URL": address, "DEBUG": "1"}
    command(named, "manage.py", "migrate", "--noinput", "--verbosity", "0")


def people(environment: Mapping[str, str]) -> dict:
    made = command(environment, "-m", "benchmarks.replicas.people", str(LONG.writers))
    return json.loads(made.splitlines()[-1])


def measure(
    plan: Plan, cluster: Cluster, web: Web, people: dict, look_at: LookAt
) -> Figures:
    one, two, three = cluster.nodes.values()
    if plan.new_address:
        web.start(one, [two, three])
    else:
        web.start_with(any_of(one, two, three), [one, two, three])
    with crowd(web.port, people, plan.writers, plan.visitors) as notes:
        before = transactions(cluster.nodes)
        time.sleep(plan.seconds)
        after = transactions(cluster.nodes)
        late_by = lag(three)
        killed_at = time.monotonic()
        one.crash()
        # What the visitors are shown without any primary.
        time.sleep(1)
        begun = time.monotonic()
        new, other = cluster.fail_over()
        promoted_at = time.monotonic()
        if plan.new_address:
            web.stop()
            web.start(new, [other])
        wait_until(
            lambda: notes.first_write_since(promoted_at), "somebody writes again"
        )
        wait_until(lambda: new.is_followed_by() == 1, "the other one follows", 90)
        followed_at = time.monotonic()
        new.set("synchronous_standby_names", cluster.synchronous)
        time.sleep(plan.after)
    look_at(new)
    recovered_at = notes.first_write_since(promoted_at) or 0.0
    read = {name: after[name] - before[name] for name in before}
    statuses = [status for _, status in notes.visits]
    down = [status for at, status in notes.visits if killed_at < at < begun]
    return Figures(
        writes=len(notes.acknowledged),
        lost=lost(new, notes),
        doubled=doubled(new, notes),
        own_pages=notes.reads.total(),
        missed=len(notes.missed),
        visits=statuses.count(200),
        errors=len(statuses) - statuses.count(200) - statuses.count(0),
        faults=sum(status >= 500 and status != 503 for status in statuses),
        found_nobody=statuses.count(0),
        visits_while_down=down.count(200),
        errors_while_down=len(down) - down.count(200),
        late_by=late_by,
        shares={name: count / sum(read.values()) for name, count in read.items()},
        promoted=new.name,
        seconds_to_promote=promoted_at - begun,
        seconds_to_recover=recovered_at - killed_at,
        seconds_to_two_copies=followed_at - killed_at,
    )


def lag(node: Node) -> float:
    row = node.ask(
        "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
    )
    return float(row[0] or 0) if row else 0.0


def lost(node: Node, notes: Notes) -> int:
    row = node.ask(
        """
        SELECT count(*) FROM unnest(%s) AS written (token)
         WHERE token NOT IN (SELECT body FROM messaging_message)
           AND token NOT IN (SELECT headline FROM reviews_review)
        """,
        list(notes.acknowledged),
    )
    return int(row[0]) if row else -1


def doubled(node: Node, notes: Notes) -> int:
    row = node.ask(
        """
        SELECT count(*) FROM (
            SELECT token FROM (
                SELECT body AS token FROM messaging_message UNION ALL SELECT headline FROM reviews_review
            ) stored WHERE token = ANY(%s) GROUP BY token HAVING count(*) > 1
        ) again
        """,
        list(notes.acknowledged),
    )
    return int(row[0]) if row else -1


@contextmanager
def prepared(
    plan: Plan, folder: Path, migrate: Migrate
) -> Iterator[tuple[Cluster, Web, dict]]:
    state = State(folder)
    state.prepare()
    children = Children(state)
    cluster = Cluster(state, synchronous=plan.synchronous, delay=plan.delay)
    try:
        redis_url, _ = choose_redis(state, children, os.environ)
        environment = {
            "REDIS_URL": redis_url,
            "DEBUG": "1",
            "LOG_LEVEL": "WARNING",
            # Every visit asks a database; nothing is answered from a page that was kept.
            "PAGE_CACHE_SECONDS": "0",
            "REPLICA_MAX_LAG_SECONDS": "60",
        }

        def fill(address: str) -> dict:
            migrate(address)
            return people(environment | {"DATABASE_URL": address})

        known = cluster.filled(fill, digest_of_migrations())
        cluster.start()
        web = Web(free_port(), environment, state.logs / "web.log")
        try:
            yield cluster, web, known
        finally:
            web.stop()
    finally:
        cluster.stop()
        children.stop()


def run(
    plan: Plan,
    folder: Path,
    migrate: Migrate = migrate,
    look_at: LookAt = lambda primary: None,
) -> Figures:
    """What the processes say is in the folder's logs afterwards. The tables made first serve the next run as well."""
    with stopped_by_signals(), prepared(plan, folder, migrate) as (cluster, web, known):
        return measure(plan, cluster, web, known, look_at)
