import uuid
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from products.models import Product
from reviews.models import Review


class ReferenceConsentQuerySet(models.QuerySet["ReferenceConsent"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class ReferenceConsent(models.Model):
    """The author of a review agrees to be drawn as a reference. Public: the pool can be checked by anybody."""

    review = models.OneToOneField(
        Review,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="reference_consent",
    )
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceConsentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"consent for review {self.review_id}"


class ReferenceDraw(models.Model):
    """Three references drawn for a buyer; the row can't be changed afterwards (docs/references.md)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="reference_draws"
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="reference_draws",
    )
    seed = models.CharField(max_length=64, help_text="Hexadecimal, made for this draw.")
    pool = ArrayField(
        models.UUIDField(), help_text="public_id of each review, in ascending order."
    )
    pool_hash = models.CharField(
        max_length=64, help_text="SHA-256 of the seed and the pool's ids, one a line."
    )
    drawn = ArrayField(models.UUIDField(), help_text="In the order of the draw.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            # The product's log of draws, newest first.
            models.Index("product", F("created_at").desc(), name="reference_draw_log"),
            # references.permissions: when did this buyer last draw for this product?
            models.Index(
                fields=["buyer", "product"],
                name="reference_draw_buyer",
                condition=Q(buyer__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="drawn_once",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf(
                    "public_id",
                    "product_id",
                    "seed",
                    "pool",
                    "pool_hash",
                    "drawn",
                    "created_at",
                ),
            ),
            # An erasure takes the buyer away; nobody gets the draw of another.
            pgtrigger.Protect(
                name="no_other_buyer",
                operation=pgtrigger.UpdateOf("buyer_id"),
                condition=pgtrigger.Q(new__buyer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"draw {self.public_id}"

    @property
    def at_least(self) -> int:
        """The size of the pool as the public log shows it: the exact one would tell whom one buyer can't write to."""
        return len(self.pool) // 5 * 5
