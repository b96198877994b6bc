from django.db import models
from django.utils import timezone

from products.models import Product, Vendor
from reviews.models.reviews import Review


class ConsideredProduct(models.Model):
    """Which other product an author had before, or looked at too; stands on the review's card."""

    class Kind(models.TextChoices):
        COMPARED = "compared", "Compared with"
        SWITCHED_FROM = "switched_from", "Used before"
        SWITCHED_TO = "switched_to", "Moved on to"

    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="considered"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="considered_in"
    )
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "product", "kind"],
                name="one_considered_product_per_review_and_kind",
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

    def __str__(self) -> str:
        return f"voice of vendor {self.vendor_id}"
