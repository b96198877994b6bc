from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from messaging.models.conversations import Participant

# An e-mail address may be as long.
CONTACT_LENGTH = 254

# Whatever ends a conversation locks it first: either it waits for this row and empties it, or this one is refused.
REFUSE_UNLESS_OPEN = """
PERFORM 1
FROM messaging_participant p JOIN messaging_conversation c ON c.id = p.conversation_id
WHERE p.id = NEW.participant_id AND c.state = 'open'
FOR SHARE OF c;
IF NOT FOUND THEN
    RAISE EXCEPTION 'contacts are shared in an open conversation only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'contacts_only_in_open_conversation';
END IF;
RETURN NEW;
"""


class ContactShareQuerySet(models.QuerySet["ContactShare"]):
    def active(self) -> Self:
        return self.filter(revoked_at=None)

    def take_back(self) -> int:
        """Which field, and from when until when, stays; the value goes."""
        return self.active().update(value="", revoked_at=timezone.now())


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
    shown_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when the other side could read it; empty if it never could.",
    )
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
        triggers = [
            pgtrigger.Trigger(
                name="refuse_unless_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=REFUSE_UNLESS_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.participant_id}"
