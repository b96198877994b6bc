import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ReasonCode(models.TextChoices):
    """The ground of a decision, as the guidelines name it; the same list for every rating."""

    MEETS_GUIDELINES = "meets_guidelines", "Meets the guidelines"
    NOT_VERIFIED = "not_verified", "Use could not be verified"
    CONFLICT = "conflict", "Conflict of interest"
    NOT_PERSONAL = "not_personal", "Not about personal experience"
    COPIED = "copied", "Copied or generated text"
    ABUSIVE = "abusive", "Insults, threats or discrimination"
    PRIVATE_DATA = "private_data", "Contains personal or confidential data"
    ADVERTISING = "advertising", "Advertising or spam"
    WRONG_PRODUCT = "wrong_product", "About another product"
    NO_VIOLATION = "no_violation", "No violation found"


class Decision(models.Model):
    """One line of the append-only log; each line carries the hash of the line before it."""

    class Action(models.TextChoices):
        PUBLISH = "publish", "Publish"
        REJECT = "reject", "Reject"
        REMOVE = "remove", "Remove"
        RESTORE = "restore", "Restore"
        APPROVE_EDIT = "approve_edit", "Approve edit"
        REJECT_EDIT = "reject_edit", "Reject edit"
        DISMISS_REPORT = "dismiss_report", "Dismiss report"
        UPHOLD_REPORT = "uphold_report", "Uphold report"
        READ_MESSAGE = "read_message", "Read reported message"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    target_kind = models.CharField(max_length=30)
    target_public_id = models.UUIDField()
    action = models.CharField(max_length=20, choices=Action)
    reason_code = models.CharField(max_length=30, choices=ReasonCode)
    statement = models.TextField(
        blank=True, help_text="The statement of reasons, as the author gets it."
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The history beside an item of the queue.
            models.Index("target_kind", "target_public_id", name="decision_by_target"),
        ]
        constraints = [
            # Nothing comes twice after the same line: the chain can't fork.
            models.UniqueConstraint(
                fields=["previous_hash"], name="decision_chain_does_not_fork"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            # TRUNCATE passes by the triggers of rows.
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'Cannot truncate the decision log';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target_public_id}"


class Report(models.Model):
    """A notice about one thing; each target has its own table with a real foreign key, in its target's app."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Upheld"
        DISMISSED = "dismissed", "Dismissed"

    class Reason(models.TextChoices):
        SPAM = "spam", "Advertising or spam"
        ABUSE = "abuse", "Insults, threats or harassment"
        PRIVATE_DATA = "private_data", "Personal or confidential data"
        FAKE = "fake", "Not a real user, or a conflict of interest"
        OTHER = "other", "Something else"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(max_length=20, choices=Reason)
    details = models.TextField(blank=True, max_length=2000)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_resolved_has_time",
                condition=Q(status="open") | Q(resolved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.public_id}"
