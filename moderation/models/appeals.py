import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from moderation.models.decisions import Decision


class Appeal(models.Model):
    """Against one decision, once, free, decided by somebody else than who decided first."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        GRANTED = "granted", "Granted"
        DISMISSED = "dismissed", "Dismissed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="appeal"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="appeals",
    )
    text = models.TextField(max_length=4000)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    first_moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who made the decision; filled in by the database.",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appeal_decided_by_another",
                condition=Q(decided_by__isnull=True)
                | Q(first_moderator__isnull=True)
                | ~Q(decided_by=F("first_moderator")),
            ),
            models.CheckConstraint(
                name="decided_appeal_is_dated",
                condition=Q(status="open") | Q(decided_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="first_moderator",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                NEW.first_moderator_id := (
                    SELECT moderator_id FROM moderation_decisionrecord WHERE decision_id = NEW.decision_id
                );
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.public_id}"
