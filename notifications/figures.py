"""How the outbox stands, for whoever watches the site."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from notifications.models import OutgoingEmail

Status = OutgoingEmail.Status


@dataclass(frozen=True)
class Outbox:
    queued: int
    sending: int
    failed: int
    oldest_due_seconds: float


def outbox() -> Outbox:
    """What was sent or cancelled isn't counted: there may be millions, and nothing waits there."""
    waiting = OutgoingEmail.objects.filter(status__in=[Status.QUEUED, Status.SENDING])
    counts = waiting.aggregate(
        queued=Count("pk", filter=Q(status=Status.QUEUED)),
        sending=Count("pk", filter=Q(status=Status.SENDING)),
    )
    failed = OutgoingEmail.objects.filter(status=Status.FAILED).count()
    return Outbox(
        **counts, failed=failed, oldest_due_seconds=round(oldest_due_seconds(), 1)
    )


def oldest_due_seconds() -> float:
    """Since the oldest e-mail could have gone out; 0 where none is due."""
    since: datetime | None = OutgoingEmail.objects.due().aggregate(
        since=Min(Coalesce("leased_until", "next_attempt_at"))
    )["since"]
    if since is None:
        return 0.0
    return max((timezone.now() - since).total_seconds(), 0.0)
