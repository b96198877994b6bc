import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone


class OutgoingEmailQuerySet(models.QuerySet["OutgoingEmail"]):
    def due(self, at: datetime | None = None) -> Self:
        """Queued and past their waiting time, or left behind by a worker whose lease ran out."""
        at = at or timezone.now()
        return self.filter(
            Q(status=OutgoingEmail.Status.QUEUED, next_attempt_at__lte=at)
            | Q(status=OutgoingEmail.Status.SENDING, leased_until__lt=Now())
        )


class OutgoingEmail(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="outgoing_emails",
    )
    address = models.EmailField()
    kind = models.CharField(max_length=50)
    about = models.JSONField(
        default=dict,
        blank=True,
        help_text="Ids the check before sending needs; never text.",
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    thread = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="What mail programs group it by; links.thread_id().",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            # OutgoingEmailQuerySet.due(), asked by each sweep.
            models.Index(
                "next_attempt_at",
                name="outgoing_due",
                condition=Q(status__in=["queued", "sending"]),
            ),
            # services.hasten_email() and last_email_at(), asked with each message of a conversation.
            models.Index(
                fields=["thread"], name="outgoing_thread", condition=~Q(thread="")
            ),
            # figures.outbox(): few fail, and they stay.
            models.Index(
                fields=["created_at"],
                name="outgoing_failed",
                condition=Q(status="failed"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="outgoing_sent_has_time",
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outgoing_sending_has_lease",
                condition=~Q(status="sending") | Q(leased_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class EmailPreference(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="email_preferences",
    )
    kind = models.CharField(max_length=50)
    enabled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="one_preference_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'on' if self.enabled else 'off'}"
