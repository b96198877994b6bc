import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    def waiting(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def in_order(self) -> Self:
        """Oldest first, signals counted as hours of age: what is raised comes sooner, and nothing starves."""
        return self.order_by("sort_at", "id")


class QueueItem(models.Model):
    """Something that waits for a moderator; opened and closed by the service that changes its target."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(
        max_length=30,
        help_text="As in Decision.target_kind; moderation.desk knows them.",
    )
    target_public_id = models.UUIDField()
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(help_text="The promised deadline.")
    raised_hours = models.PositiveSmallIntegerField(
        default=0, help_text="By how many hours signals put it ahead."
    )
    sort_at = models.DateTimeField(help_text="opened_at less raised_hours.")
    signals = models.JSONField(
        default=list, blank=True, help_text="[{kind, text, hours}]: why it was raised."
    )
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    held_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=20,
        blank=True,
        help_text="The action that decided it; empty when its author took it back.",
    )

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_public_id"],
                name="one_waiting_item_per_target",
                condition=Q(closed_at__isnull=True),
            ),
        ]
        indexes = [
            # The queue, page by key.
            models.Index(
                "sort_at",
                "id",
                name="queue_waiting",
                condition=Q(closed_at__isnull=True),
            ),
            # The dashboard's and the transparency page's figures of a period.
            models.Index(
                "closed_at", name="queue_closed", condition=Q(closed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_public_id}"
