import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from moderation.models.decisions import ReasonCode


class DecisionBatch(models.Model):
    """Several items decided at once. Nothing happens before `apply_at`: until then all of it can be undone."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        APPLIED = "applied", "Applied"
        UNDONE = "undone", "Undone"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="decision_batches",
    )
    verb = models.CharField(max_length=30)
    reason_code = models.CharField(max_length=30, choices=ReasonCode, blank=True)
    statement = models.TextField(blank=True)
    items = models.JSONField(
        help_text="Public ids of queue items to the version that was seen, or null."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    apply_at = models.DateTimeField()
    results = models.JSONField(
        default=dict, blank=True, help_text="Public id of an item to what came of it."
    )

    class Meta:
        verbose_name_plural = "decision batches"
        indexes = [
            # The sweep.
            models.Index(
                "apply_at", name="batch_waiting", condition=models.Q(status="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.public_id}"
