"""A whole site of its own whose parts can be killed: Postgres that keeps what it acknowledges, web, workers, Redis."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg2
from django.db import connection

from benchmarks.faults.people import prepare_people
from benchmarks.faults.processes import (
    MailServer,
    Workers,
    children,
    end,
    mail_server,
    spawn,
    workers_and_beat,
)
from reviews_site.backups import postgres as programs
from reviews_site.local.bootstrap import SetupError
from reviews_site.local.processes import Children
from reviews_site.local.servers import PostgresServer
from reviews_site.local.state import State
from tests.redis_proxy import RedisProxy, number_of_broker, redis_proxy

ROOT = Path(__file__).resolve().parent.parent.parent
# Beyond what is promised, so that what took too long is told as a figure.
PATIENCE_SECONDS = 180
# Hundreds of e-mails at a third of a second each, or the thousands of `posts` at once.
FINISH_SECONDS = 600
# So that the end of a run is not spent waiting; the emails family has the settings of a new installation.
QUICK = {
    "EMAIL_TIMEOUT": "2",
    "EMAIL_RETRY_SECONDS": "1",
    "OUTBOX_SWEEP_SECONDS": "1",
    "MESSAGE_EMAIL_SECONDS": "0",
    "DEBUG": "0",
    "DEMO": "0",
}


def wait_until(
    condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS
) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError(f"Not within {seconds:.0f} s: {what}.")
        time.sleep(0.05)


class Postgres:
    """Durable, as PostgresServer starts it for the demo."""

    def __init__(self, folder: Path) -> None:
        self.state = State(folder)
        self.state.prepare()
        self.children = Children(self.state)
        self.server = PostgresServer(self.state)
        self.url = self.server.url

    def start(self) -> None:
        """Also after a crash, when what it left behind is still dying."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._is_started(may_fail=time.monotonic() < until):
            time.sleep(0.2)

    def _is_started(self, *, may_fail: bool) -> bool:
        try:
            self.server.start(self.children, {})
        except SetupError:
            self._forget_dead()
            if not may_fail:
                raise
            return False
        return True

    def crash(self, how: signal.Signals) -> None:
        lines = (self.server.data / "postmaster.pid").read_text().split()
        os.kill(int(lines[0]), how)
        wait_until(self._forget_dead, "Postgres is dead")

    def _forget_dead(self) -> bool:
        dead = self.children.dead()
        if dead is not None:
            self.children.forget(dead)
        return dead is not None

    def start_if_dead(self) -> None:
        """One that ended a process of its own accord comes back by itself, unless it can't."""

        def is_back() -> bool:
            if self._forget_dead():
                self.start()
            with suppress(psycopg2.OperationalError):
                return bool(self.number("SELECT 1"))
            return False

        wait_until(is_back, "Postgres answers again")

    def panics(self) -> int:
        """Since it was started."""
        return (self.state.logs / "postgres.log").read_text().count("PANIC: ")

    def switches_its_log(self) -> bool:
        with suppress(psycopg2.Error):
            return bool(self.number("SELECT (pg_switch_wal() IS NOT NULL)::int"))
        return False

    @staticmethod
    def move(source: Path, target: Path) -> None:
        """To another file system, with its owner."""
        subprocess.run(["cp", "-a", source, target], check=True)
        shutil.rmtree(source)

    def copy_of_ours(self) -> None:
        copy_of_ours(self.url, self.state.folder)

    def rows(self, sql: str, *parameters: object) -> list[tuple]:
        return rows(self.url, sql, *parameters)

    def number(self, sql: str, *parameters: object) -> int:
        return int(self.rows(sql, *parameters)[0][0])

    def run(self, sql: str, database: str = "levelfield") -> None:
        url = self.url.replace("/levelfield?", f"/{database}?")
        with closing(psycopg2.connect(url)) as server:
            server.autocommit = True
            with server.cursor() as cursor:
                cursor.execute(sql)

    def stop(self) -> None:
        self.children.stop()
        shutil.rmtree(self.state.servers, ignore_errors=True)


class Web:
    def __init__(
        self,
        log: Path,
        environment: Mapping[str, str],
        before: Sequence[str] = (),
        *,
        preload: bool = False,
    ) -> None:
        """With `preload` the code is read once for all its processes, which a short form has no time for."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        gunicorn = ["gunicorn", "reviews_site.wsgi", "--workers", "3"]
        bound = ["--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"]
        bound += ["--preload"] if preload else []
        self.process = spawn(log, environment, *before, *gunicorn, *bound)

    def is_up(self) -> bool:
        return self.status("/healthz") == 200

    def status(self, path: str) -> int:
        """0 where nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:  # noqa: S310
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except OSError:
            return 0

    def kill_worker(self, dice: random.Random) -> None:
        found = children(self.process.pid)
        with suppress(ProcessLookupError):
            os.kill(dice.choice(found), signal.SIGKILL)

    def stop(self) -> None:
        end(self.process)


class Site:
    def __init__(
        self,
        postgres: Postgres,
        proxy: RedisProxy,
        server: MailServer,
        environment: Mapping[str, str],
    ) -> None:
        self.postgres, self.proxy, self.server = postgres, proxy, server
        self.environment = dict(environment)
        self.web: Web
        self.workers: Workers

    def own_environment(self) -> dict[str, str]:
        """Of a program that works on this site."""
        named = {"DJANGO_SETTINGS_MODULE": "reviews_site.settings"}
        return os.environ | self.environment | named

    def finish(self) -> None:
        """An e-mail that waits for a day isn't waited for."""
        self.finish_ratings()
        self._finish(
            "e-mails",
            "SELECT count(*) FROM notifications_outgoingemail"
            " WHERE status IN ('queued', 'sending') AND next_attempt_at < now() + interval '5 minutes'",
        )

    def finish_ratings(self) -> None:
        self._finish("ratings", "SELECT count(*) FROM reviews_ratingrefresh")

    def _finish(self, what: str, count: str) -> None:
        def done() -> bool:
            self.workers.supervise()
            return not self.postgres.number(count)

        wait_until(done, f"no {what} wait", FINISH_SECONDS)

    def broken_invariants(self) -> int:
        return broken_invariants(self.own_environment())

    def lost(self, tokens: list[str]) -> int:
        return self.postgres.number(
            """
            SELECT count(*) FROM unnest(%s::text[]) AS written (token)
            WHERE token NOT IN (SELECT body FROM messaging_message)
                AND token NOT IN (SELECT headline FROM reviews_review)
            """,
            tokens,
        )

    def doubled(self, tokens: list[str]) -> int:
        return self.postgres.number(
            """
            SELECT count(*) FROM (
                SELECT token FROM (
                    SELECT body AS token FROM messaging_message UNION ALL SELECT headline FROM reviews_review
                ) stored WHERE token = ANY(%s::text[]) GROUP BY token HAVING count(*) > 1
            ) again
            """,
            tokens,
        )

    def newest_mail(self) -> int:
        return self.postgres.number(
            "SELECT coalesce(max(id), 0) FROM notifications_outgoingemail"
        )

    def emails(self, after: int, up_to: int) -> tuple[int, int, int]:
        return emails(self.postgres.url, self.server, after, up_to)


def rows(url: str, sql: str, *parameters: object) -> list[tuple]:
    with closing(psycopg2.connect(url)) as server, server.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()


def copy_of_ours(url: str, folder: Path) -> None:
    """Fills a database with what is in the one of the settings."""
    oldest = programs.server_major()
    dump, restore = (programs.find(n, oldest) for n in ("pg_dump", "pg_restore"))
    file = folder / "copy.dump"
    connection.close()
    subprocess.run(
        [dump.path, "-Fc", "-f", file, os.environ["DATABASE_URL"]], check=True
    )
    subprocess.run([restore.path, "-d", url, file], check=True)
    file.unlink()


def emails(
    url: str, server: MailServer, after: int, up_to: int
) -> tuple[int, int, int]:
    """(sent by the outbox, not at the mail server though sent or given up, second copies); of these ids."""
    taken = Counter(each.message_id for each in server.taken())
    found = rows(
        url,
        "SELECT message_id, status FROM notifications_outgoingemail"
        " WHERE id > %s AND id <= %s AND status IN ('sent', 'failed')",
        after,
        up_to,
    )
    sent = [one for one, status in found if status == "sent"]
    lost = [one for one, _ in found if not taken[one]]
    return len(sent), len(lost), sum(max(taken[one] - 1, 0) for one in sent)


def broken_invariants(environment: Mapping[str, str]) -> int:
    """What check_integrity finds; said on standard error as well."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check_integrity", "--json"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout)["found"]
    if found:
        print(json.dumps(found, indent=1), file=sys.stderr)
    return len(found)


@contextmanager
def own_site(folder: Path, **counts: int) -> Iterator[tuple[Site, dict]]:
    """The site without its web processes, and who may write in it; their rows are in the database of the settings too."""
    people = prepare_people(**counts)
    postgres = Postgres(folder / "site")
    try:
        postgres.start()
        postgres.copy_of_ours()
        with mail_server(folder) as server, redis_proxy() as proxy:
            environment = QUICK | {
                "DATABASE_URL": postgres.url,
                "REDIS_URL": f"{proxy.url}/{number_of_broker()}",
                "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
            }
            yield Site(postgres, proxy, server, environment), people
    finally:
        postgres.stop()


@contextmanager
def running(
    site: Site, folder: Path, *, preload: bool = False, queues: str = ""
) -> Iterator[None]:
    """`queues`: those that are served; empty: all."""
    site.web = Web(folder / "web.log", site.environment, preload=preload)
    try:
        with workers_and_beat(folder, site.environment, 1, queues) as site.workers:
            wait_until(site.web.is_up, "the site listens")
            yield
    finally:
        site.web.stop()
