import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils import timezone

from messaging.models.conversations import Message
from moderation.models import Report


class MessageReport(Report):
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="reports"
    )

    class Meta(Report.Meta):
        constraints = [
            *Report.Meta.constraints,
            models.UniqueConstraint(
                fields=["message", "reporter"],
                name="one_report_per_message_and_reporter",
            ),
        ]
        indexes = [
            # messaging.permissions.limits: whose messages broke the rules lately?
            models.Index(
                "resolved_at",
                name="message_report_upheld",
                condition=Q(status="upheld"),
            ),
        ]


class MessagingSuspensionQuerySet(models.QuerySet["MessagingSuspension"]):
    def current(self, at: Combinable | None = None) -> Self:
        """Now, or when a prepared query is asked."""
        now = timezone.now() if at is None else at
        return self.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


class MessagingSuspension(models.Model):
    """Whom a moderator took the right to write in private; reading, and leaving, stay."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="messaging_suspensions",
    )
    decision_public_id = models.UUIDField(
        unique=True, help_text="The line of the log that says why."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField(
        null=True, blank=True, help_text="Empty: until it is lifted."
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = MessagingSuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suspension_ends_after_it_began",
                condition=Q(until=None) | Q(until__gt=models.F("created_at")),
            ),
        ]
        indexes = [
            # May they write? Asked before each message.
            models.Index(
                "user", name="suspension_standing", condition=Q(lifted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.public_id}"
