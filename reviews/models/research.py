from django.db import models
from django.db.models import Q
from django.utils import timezone

from products.models import Product, Vendor
from reviews.models.reviews import Review


class ConsideredProduct(models.Model):
    """Which other product an author had before, or looked at too; stands on the review's card."""

    class Kind(models.TextChoices):
        COMPARED = "compared", "Compared with"
        SWITCHED_FROM = "switched_from", "Used before"
        SWITCHED_TO = "switched_to", "Moved on to"

    # The indexes below serve both keys.
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, db_index=False, related_name="considered"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, db_index=False, related_name="considered_in"
    )
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "product", "kind"],
                name="one_considered_product_per_review_and_kind",
            )
        ]
        indexes = [
            # reviews.alternatives: which reviews name this product, and as what?
            models.Index(
                fields=["product"],
                include=["review", "kind"],
                name="considered_by_product",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.product_id}"


class ProductVoice(models.Model):
    """What published reviews of a product praise and criticise, counted; written only by reviews.voice."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="voice"
    )
    figures = models.JSONField(
        default=dict, help_text="As reviews.voice describes them."
    )
    as_of = models.DateTimeField(
        default=timezone.now, help_text="Reviews published up to then are counted."
    )
    wanted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since then reviews have changed; null: all is counted.",
    )

    class Meta:
        indexes = [
            # The worker: what is to be counted anew.
            models.Index(
                fields=["wanted_at"],
                name="product_voice_wanted",
                condition=Q(wanted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"voice of product {self.product_id}"


class VendorVoice(models.Model):
    """The same over all products of a vendor."""

    vendor = models.OneToOneField(
        Vendor, on_delete=models.CASCADE, primary_key=True, related_name="voice"
    )
    figures = models.JSONField(
        default=dict, help_text="As reviews.voice describes them."
    )
    as_of = models.DateTimeField(default=timezone.now)
    wanted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["wanted_at"],
                name="vendor_voice_wanted",
                condition=Q(wanted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"voice of vendor {self.vendor_id}"
