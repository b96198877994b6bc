"""What the log, the appeals and the reports hold about a member.

Moderation doesn't know whose a review or a message is. Each app above registers a function that does, and its eraser
calls erase_records() for them once it holds their locks, so that no decision slips in between.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from moderation.kinds import APPEAL
from moderation.models import Appeal, Decision, DecisionRecord, QueueItem, Report

ThingsOf = Callable[[User], Iterable[UUID]]

_THINGS: list[ThingsOf] = []


def register_things(things_of: ThingsOf) -> None:
    """`things_of(user)`: public ids of all that this member made and a moderator may have decided on."""
    _THINGS.append(things_of)


def export_moderation(user: User) -> dict[str, Any]:
    return {
        "decisions": [_decision(one) for one in _decisions_about(user)],
        "appeals": list(
            user.appeals.order_by("id").values(
                "public_id",
                "decision__public_id",
                "text",
                "status",
                "created_at",
                "decided_at",
            )
        ),
        "reports": [row for model in report_models() for row in _reports(model, user)],
        "decisions_made": list(
            user.decision_records.order_by("pk").values(
                "decision__public_id", "decision__action", "decision__created_at"
            )
        ),
    }


def _decisions_about(user: User) -> QuerySet[Decision]:
    things = {public_id for things_of in _THINGS for public_id in things_of(user)}
    things.update(user.appeals.values_list("public_id", flat=True))
    return (
        Decision.objects.filter(target_public_id__in=things)
        .select_related("record")
        .order_by("id")
    )


def _decision(decision: Decision) -> dict[str, Any]:
    """Without the moderator, who is somebody else; the salt opens the line's commitment no further than that."""
    fields = ["public_id", "created_at", "target_kind", "target_public_id", "action"]
    fields += ["reason_code", "is_automated", "statement", "hash"]
    return {field: getattr(decision, field) for field in fields}


def _reports(model: type[Report], user: User) -> list[dict[str, Any]]:
    columns = ["public_id", "reason", "details", "status", "created_at", "resolved_at"]
    rows = model._default_manager.filter(reporter=user).order_by("pk")
    return [{"about": model._meta.model_name, **row} for row in rows.values(*columns)]


def report_models() -> list[type[Report]]:
    """One table for each thing that can be reported, in the apps above."""
    return [model for model in apps.get_models() if issubclass(model, Report)]


# --- Erasure --------------------------------------------------------------------------------


def erase_records(target_public_ids: Collection[UUID]) -> int:
    """Of decisions on these things the ground, the time and the salted hash stay, and the chain still holds.

    Returns how many were emptied.
    """
    QueueItem.objects.filter(target_public_id__in=target_public_ids).update(signals=[])
    return DecisionRecord.objects.filter(
        decision__target_public_id__in=target_public_ids
    ).update(statement="", salt="", erased_at=Coalesce("erased_at", timezone.now()))


def erase_moderation(user: User, *, keep_published: bool) -> None:
    """Erasers of the apps above have run: what is left are their appeals, their reports and their own decisions."""
    _erase_appeals(user)
    for model in report_models():
        model._default_manager.filter(reporter=user).update(
            details="", reporter_email=""
        )
    # The statement is for somebody else and stays. Without the moderator the commitment can't be opened any more, and
    # without the salt nobody can try who it was.
    user.decision_records.update(
        moderator=None, salt="", erased_at=Coalesce("erased_at", timezone.now())
    )


def _erase_appeals(user: User) -> None:
    appeals = Appeal.objects.filter(author=user)
    # The lock keeps a moderator from deciding one of them meanwhile.
    public_ids = list(
        appeals.select_for_update().values_list("public_id", flat=True).order_by("id")
    )
    waiting = QueueItem.objects.waiting().filter(
        kind=APPEAL, target_public_id__in=public_ids
    )
    waiting.update(closed_at=timezone.now(), held_by=None, held_until=None)
    appeals.filter(status=Appeal.Status.OPEN).delete()
    appeals.update(text="")
    erase_records(public_ids)


register_exporter("moderation", export_moderation)
register_eraser(erase_moderation)
