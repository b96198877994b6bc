import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from products.models import Category, Product, Vendor


class Shortlist(models.Model):
    """Private to its owner."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shortlists"
    )
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="one_shortlist_per_owner_and_name"
            )
        ]

    def __str__(self) -> str:
        return f"shortlist {self.public_id}"


class ShortlistItem(models.Model):
    shortlist = models.ForeignKey(
        Shortlist, on_delete=models.CASCADE, related_name="items"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    note = models.TextField(max_length=2000, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shortlist", "product"],
                name="one_item_per_shortlist_and_product",
            )
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class Follow(models.Model):
    """A member wants to hear of a product, a category or a vendor: exactly one of them."""

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    product = models.ForeignKey(
        Product, null=True, on_delete=models.CASCADE, related_name="follows"
    )
    category = models.ForeignKey(
        Category, null=True, on_delete=models.CASCADE, related_name="follows"
    )
    vendor = models.ForeignKey(
        Vendor, null=True, on_delete=models.CASCADE, related_name="follows"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "product"], name="one_follow_per_product"
            ),
            models.UniqueConstraint(
                fields=["follower", "category"], name="one_follow_per_category"
            ),
            models.UniqueConstraint(
                fields=["follower", "vendor"], name="one_follow_per_vendor"
            ),
            models.CheckConstraint(
                name="follow_of_exactly_one_thing",
                condition=Q(product__isnull=False, category=None, vendor=None)
                | Q(product=None, category__isnull=False, vendor=None)
                | Q(product=None, category=None, vendor__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}"


class DigestSubscription(models.Model):
    """The weekly e-mail; nothing is sent before it was confirmed by the link in an e-mail."""

    subscriber = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="digest_subscription",
    )
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    covered_until = models.DateTimeField(
        null=True, blank=True, help_text="The next digest begins here."
    )

    def __str__(self) -> str:
        return f"subscription {self.pk}"
