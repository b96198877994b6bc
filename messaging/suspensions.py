"""The right to write in private, taken for a while: for how long, and what its owner reads of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import BigIntegerField, DateTimeField, F, QuerySet
from django.utils import timezone

from accounts.models import User
from messaging.models import MessagingSuspension
from moderation.models import Decision
from reviews_site.lib.prepared import Prepared, given


class Length(models.TextChoices):
    WEEK = "7", "Suspend their private messages for 7 days"
    MONTH = "30", "Suspend their private messages for 30 days"
    FOR_GOOD = "for_good", "Suspend their private messages for good"


def ends_at(length: str) -> datetime | None:
    """From now on; None for good."""
    if length == Length.FOR_GOOD:
        return None
    return timezone.now() + timedelta(days=int(length))


@dataclass(frozen=True)
class Standing:
    """Of several that stand, the one that ends last."""

    until: datetime | None
    decision: Decision


MEMBER, NOW = "{member}", "{now}"


def _standing() -> QuerySet:
    member, now = given(MEMBER, BigIntegerField()), given(NOW, DateTimeField())
    rows = MessagingSuspension.objects.current(now).filter(user=member)
    last = rows.order_by(F("until").desc(nulls_first=True), "-pk")[:1]
    return last.values_list("until", "decision_public_id")


# Each inbox asks.
_LAST = Prepared(_standing, planned=True)


def standing_suspension(user: User) -> Standing | None:
    found = _LAST.rows({MEMBER: user.pk, NOW: timezone.now()})
    if not found:
        return None
    until, public_id = found[0]
    decisions = Decision.objects.select_related("appeal", "record")
    return Standing(until, decisions.get(public_id=public_id))
