"""The right to write in private, taken for a while: for how long, and what its owner reads of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from messaging.models import MessagingSuspension
from moderation.models import Decision


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


def standing_suspension(user: User) -> Standing | None:
    rows = MessagingSuspension.objects.current().filter(user=user)
    last = rows.order_by(F("until").desc(nulls_first=True), "-pk").first()
    if last is None:
        return None
    decision = Decision.objects.select_related("appeal", "record").get(
        public_id=last.decision_public_id
    )
    return Standing(last.until, decision)
