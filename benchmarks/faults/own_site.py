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
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg2
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.services import create_token
from benchmarks.faults.processes import (
    MailServer,
    Workers,
    children,
    end,
    mail_server,
    spawn,
    workers_and_beat,
)
from reviews.models import Verification
from reviews.ratings import refresh_product_rating
from reviews_site.backups import postgres as programs
from reviews_site.local.bootstrap import SetupError
from reviews_site.local.processes import Children
from reviews_site.local.servers import PostgresServer
from reviews_site.local.state import State
from tests.factories import ProductFactory, ReviewFactory, WorkEmailFactory
from tests.messaging.people import ask, member, write
from tests.redis_proxy import RedisProxy, number_of_broker, redis_proxy

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
# Hundreds of e-mails at a third of a second each.
FINISH_SECONDS = 240
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


def prepare_people(members: int, products: int, posters: int) -> dict[str, Any]:
    """Rows in the database of the settings, from which the site's own is copied.

    Members in pairs, each pair in an open conversation; posters who can be verified and haven't written anything yet.
    """
    reviewed = ProductFactory()
    people = []
    for _ in range(members // 2):
        buyer, author = member(), member()
        review = ReviewFactory(author=author, product=reviewed)
        Verification.objects.create(
            review=review,
            method=review.verification_method,
            status=Verification.Status.PASSED,
            checked_at=timezone.now(),
        )
        talk = ask(buyer, review)
        write(talk, author)
        people += [
            {"key": key_of(one), "conversation": str(talk.public_id)}
            for one in (buyer, author)
        ]
    refresh_product_rating(reviewed.pk)
    member(email="moderator@faults.example", is_staff=True)
    return {
        "members": people,
        "posters": [key_of(poster(number)) for number in range(posters)],
        "products": [ProductFactory().slug for _ in range(products)],
        "hot": ProductFactory(slug="hot").slug,
    }


def poster(number: int) -> User:
    author = member()
    WorkEmailFactory(
        user=author,
        address=f"poster@employer-{number}.example",
        domain=f"employer-{number}.example",
        verified_at=timezone.now(),
    )
    return author


def key_of(user: User) -> str:
    return create_token(user=user, name="faults")[1]


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

    def copy_of_ours(self) -> None:
        """Fills it with what is in the database of the settings."""
        oldest = programs.server_major()
        dump, restore = (programs.find(n, oldest) for n in ("pg_dump", "pg_restore"))
        file = self.state.folder / "copy.dump"
        connection.close()
        subprocess.run(
            [dump.path, "-Fc", "-f", file, os.environ["DATABASE_URL"]], check=True
        )
        subprocess.run([restore.path, "-d", self.url, file], check=True)
        file.unlink()

    def number(self, sql: str, *parameters: object) -> int:
        with closing(psycopg2.connect(self.url)) as server, server.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return int(cursor.fetchone()[0])

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
    def __init__(self, log: Path, environment: Mapping[str, str], *before: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        gunicorn = ["gunicorn", "reviews_site.wsgi", "--workers", "3"]
        bound = ["--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"]
        self.process = spawn(log, environment, *before, *gunicorn, *bound)

    def is_up(self) -> bool:
        with suppress(OSError):
            return urlopen(f"http://127.0.0.1:{self.port}/healthz").status == 200  # noqa: S310
        return False

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

    def unfinished(self) -> int:
        """E-mails that are due, or soon tried again, and wishes for ratings; an e-mail that waits for a day is neither."""
        return self.postgres.number(
            """
            SELECT (
                SELECT count(*) FROM notifications_outgoingemail
                WHERE status IN ('queued', 'sending') AND next_attempt_at < now() + interval '5 minutes'
            ) + (SELECT count(*) FROM reviews_ratingrefresh)
            """
        )

    def finish(self) -> None:
        def done() -> bool:
            self.workers.supervise()
            return not self.unfinished()

        what = "all e-mails are sent and all ratings computed"
        wait_until(done, what, FINISH_SECONDS)

    def broken_invariants(self) -> int:
        """What check_integrity finds; said on standard error as well."""
        done = subprocess.run(
            [sys.executable, "manage.py", "check_integrity", "--json"],
            env=self.own_environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        found = json.loads(done.stdout)["found"]
        if found:
            print(json.dumps(found, indent=1), file=sys.stderr)
        return len(found)

    def lost(self, tokens: list[str]) -> int:
        return self.postgres.number(
            """
            SELECT count(*) FROM unnest(%s::text[]) AS written (token)
            WHERE token NOT IN (SELECT body FROM messaging_message)
                AND token NOT IN (SELECT headline FROM reviews_review)
            """,
            tokens,
        )

    def doubled(self) -> int:
        return self.postgres.number(
            """
            SELECT count(*) FROM (
                SELECT body FROM messaging_message WHERE body LIKE 'token-%%' GROUP BY body HAVING count(*) > 1
                UNION ALL
                SELECT headline FROM reviews_review WHERE headline LIKE 'token-%%'
                GROUP BY headline HAVING count(*) > 1
            ) again WHERE %s
            """,
            True,
        )

    def emails(self) -> tuple[int, int, int]:
        """(sent by the outbox, of these not at the mail server, second copies)"""
        taken = [each.message_id for each in self.server.taken()]
        sent = self.postgres.number(
            "SELECT count(*) FROM notifications_outgoingemail WHERE status = 'sent'"
        )
        lost = self.postgres.number(
            "SELECT count(*) FROM notifications_outgoingemail"
            " WHERE status = 'sent' AND NOT message_id = ANY(%s::text[])",
            taken,
        )
        return sent, lost, len(taken) - len(set(taken))


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
def running(site: Site, folder: Path, workers: int = 1) -> Iterator[None]:
    site.web = Web(folder / "web.log", site.environment)
    try:
        with workers_and_beat(folder, site.environment, workers) as site.workers:
            wait_until(site.web.is_up, "the site listens")
            yield
    finally:
        site.web.stop()
