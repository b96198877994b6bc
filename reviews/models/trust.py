import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.models import ReasonCode
from products.models import Vendor
from reviews.models.reviews import Review


class Dispute(models.Model):
    """A vendor says that a review breaks a rule. It stays public meanwhile, labelled, until a moderator decides."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Upheld"
        DISMISSED = "dismissed", "Dismissed"
        WITHDRAWN = "withdrawn", "Withdrawn by the vendor"
        LAPSED = "lapsed", "The review is no longer public"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="disputes"
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.CASCADE, related_name="disputes"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="disputes",
    )
    ground = models.CharField(max_length=30, choices=ReasonCode)
    statement = models.TextField(max_length=4000)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(help_text="7 working days after it was opened.")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # A vendor disputes a review once; the same again changes nothing.
            models.UniqueConstraint(
                fields=["review", "vendor"], name="one_dispute_per_review_and_vendor"
            ),
            models.CheckConstraint(
                name="decided_dispute_is_dated",
                condition=Q(status="open") | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.public_id}"


class ReviewSignal(models.Model):
    """Something unusual about a review, for a person to look at. It decides nothing."""

    class Kind(models.TextChoices):
        NEAR_COPY = "near_copy", "Much like another text"
        BURST = "burst", "Many at once"
        RING = "ring", "The same authors on the same products"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=12, choices=Kind)
    evidence = models.JSONField(
        default=dict, help_text="What was found, by public ids and figures."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "kind"], name="one_signal_per_review_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of review {self.review_id}"


class TextFingerprint(models.Model):
    """What finds texts that may be alike without comparing each with each (reviews/signals.py)."""

    review = models.OneToOneField(
        Review, on_delete=models.CASCADE, primary_key=True, related_name="fingerprint"
    )
    version = models.PositiveIntegerField(help_text="Of the review it was made from.")
    bands = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            # The near copies: reviews that share a band.
            GinIndex(fields=["bands"], name="fingerprint_bands"),
        ]

    def __str__(self) -> str:
        return f"fingerprint of review {self.review_id}"
