import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


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

    class ReporterKind(models.TextChoices):
        VISITOR = "visitor", "Visitor without an account"
        MEMBER = "member", "Member"
        VENDOR = "vendor", "Vendor representative"
        SITE = "site", "This site"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reporter_kind = models.CharField(
        max_length=10, choices=ReporterKind, default=ReporterKind.MEMBER
    )
    reporter_email = models.EmailField(
        blank=True,
        help_text="Of a visitor who wants the receipt and the outcome; emptied after the outcome was sent.",
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
