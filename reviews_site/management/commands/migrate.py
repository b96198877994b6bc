import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

LOCK_NOT_AVAILABLE = "55P03"
LONGEST_PAUSE = 30


class Command(migrate.Command):
    """While a migration waits for a lock, everybody who comes after it waits as well: the whole site stands still.

    So it gives up soon, lets them pass and comes back.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=5.0,
            metavar="SECONDS",
            help="how long it may wait for a lock, and others behind it (5)",
        )
        parser.add_argument(
            "--attempts", type=int, default=10, help="before it gives up (10)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        attempts = options["attempts"]
        with patience(connection, options["lock_timeout"]):
            for attempt in range(1, attempts + 1):
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as error:
                    if getattr(error.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
                        raise
                    self.stdout.write(
                        f" stopped: others hold a lock ({attempt} of {attempts}).{in_the_way(connection)}"
                    )
                if attempt < attempts:
                    time.sleep(min(attempt, LONGEST_PAUSE))
        raise CommandError(
            "It got no lock. The migration that waited for it changed nothing; migrate again when those are done."
        )


@contextmanager
def patience(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Little for locks, and as much as it takes for the work itself."""

    def unhurried(execute: Callable, sql: str, *rest: Any) -> Any:
        """What works concurrently waits for older transactions, stops nobody meanwhile, and leaves half an index
        where it is interrupted."""
        if "CONCURRENTLY" not in str(sql).upper():
            return execute(sql, *rest)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
            result = execute(sql, *rest)
            cursor.execute(impatient)
        return result

    impatient = f"SET lock_timeout = {round(seconds * 1000)}"
    with connection.cursor() as cursor:
        cursor.execute(f"{impatient}; SET statement_timeout = 0")
    try:
        with connection.execute_wrapper(unhurried):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout; RESET statement_timeout")


def in_the_way(connection: BaseDatabaseWrapper) -> str:
    """The transactions that have been open longest, without what they are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state, extract(epoch FROM now() - xact_start)::int FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            " ORDER BY xact_start LIMIT 3"
        )
        longest = [
            f"process {pid} ({state}, {age} s)" for pid, state, age in cursor.fetchall()
        ]
    return f" Open longest: {', '.join(longest)}." if longest else ""
