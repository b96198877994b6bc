"""What the site publishes about itself each day (docs/transparency.md). Apps above add sections of their own.

    register_section("reviews", review_figures)     # review_figures(period) -> dict, ready for JSON

An app's module transparency.py is imported at start. Shares are between 0 and 1; None where there is nothing to divide.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Extract
from django.utils import timezone

from moderation.models import Appeal, Decision, QueueItem, Report, TransparencyDay
from moderation.privacy import report_models

FIRST_ROOT = "0" * 64
# Days back from the end of the day, by the name under which the figures stand.
PERIODS: dict[str, int | None] = {"30": 30, "90": 90, "365": 365, "all": None}
DIGITS = 4


@dataclass(frozen=True)
class Period:
    start: datetime.datetime | None
    end: datetime.datetime

    def holds(self, column: str) -> Q:
        """That this moment lies within: from the start on, before the end."""
        within = Q(**{f"{column}__lt": self.end})
        return (
            within
            if self.start is None
            else within & Q(**{f"{column}__gte": self.start})
        )


Section = Callable[[Period], dict[str, Any]]
_SECTIONS: dict[str, Section] = {}


def register_section(name: str, section: Section) -> None:
    if name in _SECTIONS:
        raise ValueError(f"A section {name!r} is registered twice.")
    _SECTIONS[name] = section


def last_finished_day() -> datetime.date:
    return timezone.now().date() - datetime.timedelta(days=1)


def periods_of(day: datetime.date) -> dict[str, Period]:
    end = _end_of(day)
    return {
        name: Period(None if days is None else end - datetime.timedelta(days), end)
        for name, days in PERIODS.items()
    }


def figures_of(day: datetime.date) -> dict[str, Any]:
    return {
        name: {section: count(period) for section, count in _SECTIONS.items()}
        for name, period in periods_of(day).items()
    }


def root_of(day: datetime.date) -> tuple[int, str]:
    """How many lines the log had at the end of the day, and the hash of the last of them."""
    by_then = Decision.objects.filter(created_at__lt=_end_of(day))
    last = by_then.order_by("-id").values_list("id", "hash").first()
    if last is None:
        return 0, FIRST_ROOT
    return Decision.objects.filter(id__lte=last[0]).count(), last[1]


class RootChanged(Exception):
    """The log no longer has the root that was published for this day."""


def store_day(day: datetime.date) -> TransparencyDay:
    """Counts the day anew, however often it is asked; raises RootChanged rather than publish another root."""
    lines, root = root_of(day)
    published = TransparencyDay.objects.filter(day=day).first()
    if published is not None and published.log_root != root:
        raise RootChanged(
            f"The log's root of {day} was published as {published.log_root} and is now {root}."
        )
    stored, _ = TransparencyDay.objects.update_or_create(
        day=day,
        defaults={
            "log_lines": lines,
            "log_root": root,
            "figures": figures_of(day),
            "made_at": timezone.now(),
        },
    )
    return stored


def store_missing_days() -> list[TransparencyDay]:
    """Each that ended since the newest stored one; on a new site only yesterday."""
    last = last_finished_day()
    newest = TransparencyDay.objects.aggregate(day=Max("day"))["day"]
    missing = 1 if newest is None else (last - newest).days
    return [
        store_day(last - datetime.timedelta(days=ago))
        for ago in range(missing - 1, -1, -1)
    ]


def as_json(stored: TransparencyDay) -> dict[str, Any]:
    """What the command prints and the page offers."""
    return {
        "day": stored.day.isoformat(),
        "made_at": stored.made_at.isoformat(timespec="seconds"),
        "log": {"lines": stored.log_lines, "root": stored.log_root},
        "periods": stored.figures,
    }


def _end_of(day: datetime.date) -> datetime.datetime:
    following = day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time.min, datetime.UTC)


# --- Figures that several sections share --------------------------------------------------------


def rounded(number: float | None) -> float | None:
    return None if number is None else round(float(number), DIGITS)


def share(part: int, whole: int) -> float | None:
    return rounded(part / whole) if whole else None


def breakdown(
    counts: Iterable[tuple[str, int]], labels: dict[str, str]
) -> list[dict[str, Any]]:
    """[{key, label, count, share}], the most frequent first; what never happened is left out."""
    kept = sorted(
        ((key, count) for key, count in counts if count),
        key=lambda pair: (-pair[1], pair[0]),
    )
    total = sum(count for _, count in kept)
    return [
        {
            "key": key,
            "label": labels.get(key, key),
            "count": count,
            "share": share(count, total),
        }
        for key, count in kept
    ]


class Median(models.Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.FloatField()


def speed_of(items: QuerySet[QueueItem]) -> dict[str, Any]:
    """Of items that a moderator decided: how many, the median hours from opening to decision, the share in time."""
    took = Extract(F("closed_at") - F("opened_at"), "epoch") / 3600.0
    found = items.aggregate(
        n=Count("pk"),
        median=Median(took),
        in_time=Count("pk", filter=Q(closed_at__lte=F("due_at"))),
    )
    return {
        "decided": found["n"],
        "median_hours": rounded(found["median"]),
        "in_time_share": share(found["in_time"], found["n"]),
    }


def decided_items(period: Period) -> QuerySet[QueueItem]:
    """What its author took back before, was decided by nobody."""
    return QueueItem.objects.filter(period.holds("closed_at")).exclude(outcome="")


# --- The sections of this app -------------------------------------------------------------------


def decision_figures(period: Period) -> dict[str, Any]:
    """{kind of thing: {action: {ground: how many}}}, the log itself, counted."""
    table: dict[str, Any] = {}
    rows = Decision.objects.filter(period.holds("created_at")).order_by()
    counted = rows.values_list("target_kind", "action", "reason_code").annotate(
        n=Count("pk")
    )
    for kind, action, reason, count in counted:
        table.setdefault(kind, {}).setdefault(action, {})[reason] = count
    return table


def report_figures(period: Period) -> dict[str, Any]:
    kinds = {kind: _report_counts(period, kind) for kind in Report.ReporterKind.values}
    total = {
        name: sum(counts[name] for counts in kinds.values())
        for name in ("received", "decided", "upheld")
    }
    return {
        **total,
        "upheld_share": share(total["upheld"], total["decided"]),
        "by_reporter": [
            {
                "key": kind,
                "label": str(Report.ReporterKind(kind).label),
                **counts,
                "upheld_share": share(counts["upheld"], counts["decided"]),
            }
            for kind, counts in kinds.items()
        ],
    }


def _report_counts(period: Period, reporter_kind: str) -> dict[str, int]:
    counts = {"received": 0, "decided": 0, "upheld": 0}
    for model in report_models():
        rows = model._default_manager.filter(reporter_kind=reporter_kind)
        decided = period.holds("resolved_at") & ~Q(status=Report.Status.OPEN)
        found = rows.aggregate(
            received=Count("pk", filter=period.holds("created_at")),
            decided=Count("pk", filter=decided),
            upheld=Count("pk", filter=decided & Q(status=Report.Status.UPHELD)),
        )
        for name, count in found.items():
            counts[name] += count
    return counts


def appeal_figures(period: Period) -> dict[str, Any]:
    decided = period.holds("decided_at") & ~Q(status=Appeal.Status.OPEN)
    found = Appeal.objects.aggregate(
        received=Count("pk", filter=period.holds("created_at")),
        decided=Count("pk", filter=decided),
        granted=Count("pk", filter=decided & Q(status=Appeal.Status.GRANTED)),
    )
    return found | {"granted_share": share(found["granted"], found["decided"])}


def speed_figures(period: Period) -> dict[str, Any]:
    items = decided_items(period)
    kinds = sorted(set(items.order_by().values_list("kind", flat=True)))
    by_kind = {kind: speed_of(items.filter(kind=kind)) for kind in kinds}
    return speed_of(items) | {"by_kind": by_kind}


def look_figures(period: Period) -> dict[str, Any]:
    """What staff looked at that is private; each look is a line of the log."""
    rows = Decision.objects.filter(period.holds("created_at"))
    return rows.aggregate(
        private_messages=Count("pk", filter=Q(action=Decision.Action.READ_MESSAGE)),
        proofs=Count("pk", filter=Q(action=Decision.Action.VIEW_PROOF)),
        prices=Count("pk", filter=Q(action=Decision.Action.READ_PRICE)),
    )


def suspension_figures(period: Period) -> dict[str, Any]:
    """Of private messages; from the log, which erasing a member doesn't shorten."""
    rows = Decision.objects.filter(period.holds("created_at"))
    Action = Decision.Action
    return rows.aggregate(
        imposed=Count("pk", filter=Q(action=Action.SUSPEND_MESSAGING)),
        lifted=Count("pk", filter=Q(action=Action.LIFT_SUSPENSION)),
    )


register_section("decisions", decision_figures)
register_section("reports", report_figures)
register_section("appeals", appeal_figures)
register_section("speed", speed_figures)
register_section("looks", look_figures)
register_section("suspensions", suspension_figures)
