import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.models import EmailPreference
from products.models import Category, Product, Vendor

NAME_LENGTH = 80
NOTE_LENGTH = 2000
DIGEST = "digest"
DIGEST_EVERY = timedelta(days=7)


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    def of(self, owner: User) -> Self:
        """Nobody else sees them: every page, the API and the export start here."""
        return self.filter(owner=owner)


class Shortlist(models.Model):
    """Private to its owner."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shortlists"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="one_shortlist_per_owner_and_name"
            )
        ]

    def __str__(self) -> str:
        return f"shortlist {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("following:shortlist", args=[self.public_id])


class ShortlistItem(models.Model):
    shortlist = models.ForeignKey(
        Shortlist, on_delete=models.CASCADE, related_name="items"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="shortlist_items"
    )
    note = models.TextField(max_length=NOTE_LENGTH, blank=True)
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
    seen_score = models.FloatField(
        null=True,
        help_text="Of a product: its score when they began to follow it, or when last told of another.",
    )

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


class DigestSubscriptionQuerySet(models.QuerySet["DigestSubscription"]):
    def live(self) -> Self:
        """Confirmed, and not switched off since: an e-mail's own link only writes the preference."""
        wanted = EmailPreference.objects.filter(
            user=OuterRef("pk"), kind=DIGEST, enabled=True
        )
        return self.filter(Exists(wanted), confirmed_at__isnull=False)

    def due(self, at: datetime) -> Self:
        return self.filter(
            confirmed_at__isnull=False, covered_until__lte=at - DIGEST_EVERY
        )


class DigestSubscription(models.Model):
    """The weekly e-mail; nothing is sent before it was confirmed by the link in an e-mail."""

    subscriber = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="weekly_digest",
    )
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    covered_until = models.DateTimeField(
        null=True, blank=True, help_text="The next digest begins here."
    )

    objects = DigestSubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="confirmed_subscription_has_a_beginning",
                condition=Q(confirmed_at=None) | Q(covered_until__isnull=False),
            )
        ]
        indexes = [
            # DigestSubscriptionQuerySet.due(), a portion at a time, the longest waiting first.
            models.Index(
                "covered_until",
                "subscriber",
                name="digest_due",
                condition=Q(confirmed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"
