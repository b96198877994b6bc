from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from messaging.models.conversations import Participant

CONTACT_LENGTH = 200


class ContactShareQuerySet(models.QuerySet["ContactShare"]):
    def active(self) -> Self:
        return self.filter(revoked_at=None)


class ContactShare(models.Model):
    """What one side is ready to show. Only what both sides chose is shown, to both (messaging/sharing.py)."""

    class Field(models.TextChoices):
        NAME = "name", "Name"
        WORK_EMAIL = "work_email", "Work e-mail"
        TELEPHONE = "telephone", "Telephone"

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="contacts"
    )
    field = models.CharField(max_length=10, choices=Field)
    value = models.CharField(
        max_length=CONTACT_LENGTH,
        blank=True,
        help_text="As it was when chosen; emptied when it is taken back.",
    )
    chosen_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ContactShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "field"],
                condition=Q(revoked_at=None),
                name="one_active_share_per_field",
            ),
            models.CheckConstraint(
                name="share_has_a_value_until_revoked",
                condition=Q(revoked_at=None) ^ Q(value=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.participant_id}"
