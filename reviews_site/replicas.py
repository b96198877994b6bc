"""Reads from streaming replicas, each as fresh as its reader needs. Without REPLICA_URLS nothing here runs.

A visitor reads what is public from a replica that is late by REPLICA_MAX_LAG_SECONDS at most. A member reads from one
only if it has replayed all that the primary had written when their request began, so nobody misses what they wrote, or
what a moderator decided meanwhile, on whichever device. Everything else is the primary's (docs/scale.md).
"""

import itertools
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import Error, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from reviews_site.lib.breaker import Breaker
from reviews_site.lib.reading import read_from_primary
from reviews_site.lib.reading import reading as of_request
from reviews_site.lib.visitor_pages import changed_lately

logger = logging.getLogger(__name__)

# Who somebody is and whether they may is read where it is written.
EXACT = {
    *("account", "accounts", "admin", "auth", "mfa"),
    *("sessions", "socialaccount", "usersessions"),
}
# A visitor has no session that could ask for more than these show; the rows of all other apps are somebody's own.
PUBLIC = {"disclosure", "products", "reviews"}

RECHECK_SECONDS = 1.0
# A replica that fails is left alone for as long, so that not every request waits for it.
DOWN_SECONDS = 5.0

# With synchronous_commit off others see what isn't flushed yet.
_WRITTEN = """
SELECT (CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
        ELSE pg_current_wal_flush_lsn() END) - '0/0'::pg_lsn
"""
# Nothing is late that has replayed all it received, as long as it receives: a primary may be idle for hours.
_STATE = """
SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() - '0/0'::pg_lsn, receives,
       CASE WHEN receives AND pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
  FROM (SELECT EXISTS (SELECT FROM pg_stat_wal_receiver)) AS receiver (receives)
"""
_ANSWERED_TOO_LATE = "57014"


def _row(alias: str, sql: str) -> tuple:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def written_by_primary() -> int:
    """How far, in bytes of its log."""
    return int(_row(PRIMARY, _WRITTEN)[0])


class Replica:
    """What this process knows of one of them."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.down = Breaker(DOWN_SECONDS)
        self._asked_at = float("-inf")
        self._follows = self._in_time = False
        self._replayed = 0

    def shows(self, needed: int | None) -> bool:
        """needed: the position that it must have replayed; None where being in time is enough."""
        if self.down.is_open():
            return False
        if needed is not None:
            if self._replayed < needed or self._is_stale():
                self._ask()
            return self._follows and self._replayed >= needed
        if self._is_stale():
            self._ask()
        return self._in_time

    def _is_stale(self) -> bool:
        """A connection that has to be made first may fail: better here than in the middle of a page."""
        return (
            connections[self.alias].connection is None
            or time.monotonic() > self._asked_at + RECHECK_SECONDS
        )

    def _ask(self) -> None:
        self._asked_at = time.monotonic()
        self._follows = self._in_time = False
        try:
            standby, replayed, receives, late = _row(self.alias, _STATE)
        except Error as error:
            self.failed(error)
            return
        # One that was promoted follows nobody, and one that lost its primary may hold what the new one never had.
        self._follows = standby and receives
        self._replayed = int(replayed or 0)
        limit = settings.REPLICA_MAX_LAG_SECONDS
        self._in_time = standby and late is not None and late <= limit

    def failed(self, error: Exception) -> None:
        self.down.trip()
        connections[self.alias].close()
        logger.warning("%s is left alone: %s", self.alias, type(error).__name__)


REPLICAS = {alias: Replica(alias) for alias in settings.REPLICA_ALIASES}
_turns = itertools.count(time.monotonic_ns())


class Reading:
    """Where one request reads: chosen when it first asks for something that a replica may answer."""

    def __init__(self, *, member: bool) -> None:
        self.member = member
        self._alias: str | None = None

    def alias_for(self, app: str, instance: Model | None) -> str:
        came_from = instance._state.db if instance is not None else None
        if came_from in REPLICAS:
            # Its relations are there too; on the primary they may have gone meanwhile.
            return self._chosen()
        if came_from == PRIMARY or app in EXACT:
            return PRIMARY
        if not self.member and app not in PUBLIC:
            return PRIMARY
        if connections[PRIMARY].in_atomic_block:
            return PRIMARY
        return self._chosen()

    def stay_on_primary(self) -> None:
        """What it has written, or what the replica didn't answer, is read there from now on."""
        self._alias = PRIMARY

    def _chosen(self) -> str:
        if self._alias is None:
            self._alias = self._choose()
        return self._alias

    def _choose(self) -> str:
        needed = written_by_primary() if self.member else None
        aliases = list(REPLICAS)
        first = next(_turns) % len(aliases)
        for alias in aliases[first:] + aliases[:first]:
            if REPLICAS[alias].shows(needed):
                _answer_instead_of(alias)
                return alias
        return PRIMARY


class ReplicaRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = of_request.get()
        if reading is None:
            return PRIMARY
        return reading.alias_for(model._meta.app_label, hints.get("instance"))

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Also for what is locked to be written: select_for_update()."""
        read_from_primary()
        return PRIMARY

    def allow_relation(self, *rows: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


class ReplicaMiddleware:
    """Only what changes nothing may read from a replica; commands and workers never do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not REPLICAS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        reading = Reading(member=_may_be_member(request))
        # It would see what was there before, and a page of it would be kept as one of after the change.
        if not reading.member and changed_lately(request):
            reading.stay_on_primary()
        token = of_request.set(reading)
        try:
            return self.get_response(request)
        finally:
            of_request.reset(token)


def _may_be_member(request: HttpRequest) -> bool:
    """The session itself isn't read."""
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        or "HTTP_AUTHORIZATION" in request.META
    )


# --- When a replica fails in the middle of a page -------------------------------------------


def _answer_instead_of(alias: str) -> None:
    wrappers = connections[alias].execute_wrappers
    if alias in REPLICAS and _ask_primary_instead not in wrappers:
        wrappers.append(_ask_primary_instead)


def _ask_primary_instead(
    execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """The same statement, once more: the replica went away, cancelled it for its replay, or lacks a new column."""
    try:
        return execute(sql, params, many, context)
    except Error as error:
        code = getattr(error.__cause__, "pgcode", None)
        # The primary would take as long.
        if code == _ANSWERED_TOO_LATE:
            raise
        alias = context["connection"].alias
        if code is None or code.startswith("57P"):
            REPLICAS[alias].failed(error)
        else:
            logger.warning("%s did not answer: %s", alias, code)
    read_from_primary()
    asked = connections[PRIMARY].cursor()
    asked.execute(sql, params)
    # The caller fetches from the cursor it has.
    context["cursor"].cursor = asked.cursor
    return None
