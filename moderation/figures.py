"""How long what members send waits for a moderator, and what was done today."""

import datetime
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from moderation import desk as desks
from moderation.models import Decision, DecisionRecord
from moderation.queue import known_kinds

OVER = datetime.timedelta(days=30)
# Looking is logged, and decides nothing.
LOOKING = (
    Decision.Action.READ_MESSAGE,
    Decision.Action.VIEW_PROOF,
    Decision.Action.READ_PRICE,
)


@dataclass(frozen=True)
class Waiting:
    waiting: int = 0
    oldest_at: datetime.datetime | None = None
    late: int = 0


@dataclass(frozen=True)
class Decided:
    decided: int = 0
    median_hours: float | None = None
    # Of 100, decided before their deadline.
    in_time: float | None = None


@dataclass(frozen=True)
class KindFigures:
    kind: str
    label: str
    waiting: Waiting
    decided: Decided


@dataclass(frozen=True)
class QueueFigures:
    total: KindFigures
    kinds: list[KindFigures]


@dataclass(frozen=True)
class ModeratorsDay:
    email: str
    decided: int


def queue_figures(now: datetime.datetime | None = None) -> QueueFigures:
    now = now or timezone.now()
    waiting, decided = _waiting(now), _decided(now - OVER)

    def figures(kind: str, label: str) -> KindFigures:
        return KindFigures(
            kind, label, waiting.get(kind, Waiting()), decided.get(kind, Decided())
        )

    kinds = [figures(desk.kind, desk.plural) for desk in desks.kinds()]
    return QueueFigures(figures("", "All"), kinds)


def decided_today(now: datetime.datetime | None = None) -> list[ModeratorsDay]:
    """Since midnight UTC, by whom; those who decided most first."""
    today = (now or timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    records = DecisionRecord.objects.filter(
        ~Q(decision__action__in=LOOKING),
        decision__created_at__gte=today,
        moderator__isnull=False,
    )
    counts = records.values_list("moderator__email").annotate(n=Count("pk"))
    return [ModeratorsDay(*row) for row in counts.order_by("-n", "moderator__email")]


def _waiting(now: datetime.datetime) -> dict[str, Waiting]:
    """By kind, and under "" of all."""
    rows = _rows(
        """
        SELECT coalesce(kind, ''), count(*), min(opened_at), count(*) FILTER (WHERE due_at < %(moment)s)
        FROM moderation_queueitem WHERE closed_at IS NULL AND kind = ANY(%(kinds)s) GROUP BY ROLLUP (kind)
        """,
        now,
    )
    return {kind: Waiting(*values) for kind, *values in rows}


def _decided(since: datetime.datetime) -> dict[str, Decided]:
    """What its author took back before, was decided by nobody."""
    rows = _rows(
        """
        SELECT coalesce(kind, ''), count(*),
            percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at) / 3600),
            100.0 * count(*) FILTER (WHERE closed_at <= due_at) / nullif(count(*), 0)
        FROM moderation_queueitem
        WHERE closed_at > %(moment)s AND outcome <> '' AND kind = ANY(%(kinds)s) GROUP BY ROLLUP (kind)
        """,
        since,
    )
    return {kind: Decided(*values) for kind, *values in rows}


def _rows(sql: str, moment: datetime.datetime) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"moment": moment, "kinds": known_kinds()})
        return cursor.fetchall()
