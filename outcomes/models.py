import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from products.models import Product
from reviews.models import Review


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def answered(self) -> Self:
        return self.filter(answered_at__isnull=False)


class CheckIn(models.Model):
    """Did they stay? Asked 6, 12 and 24 months after a review was published. Private; the public reads disclosure.Cell."""

    class Month(models.IntegerChoices):
        SIX = 6, "6 months"
        TWELVE = 12, "12 months"
        TWENTY_FOUR = 24, "24 months"

    class Use(models.TextChoices):
        GREW = "grew", "More than before"
        SAME = "same", "About the same"
        SHRANK = "shrank", "Less than before"

    class BuyAgain(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNSURE = "unsure", "Not sure"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="check_ins"
    )
    month = models.PositiveSmallIntegerField(choices=Month)
    organisation = models.CharField(
        max_length=253,
        blank=True,
        help_text="Registrable domain of the author's work e-mail when they answered.",
    )
    still_using = models.BooleanField(null=True, blank=True)
    use = models.CharField(max_length=10, choices=Use, blank=True)
    replaced_by = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    buy_again = models.CharField(max_length=10, choices=BuyAgain, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the present answer was given."
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "month"], name="one_check_in_per_review_and_month"
            ),
            models.CheckConstraint(
                name="answered_check_in_says_whether_they_stayed",
                condition=Q(answered_at__isnull=True) | Q(still_using__isnull=False),
            ),
            models.CheckConstraint(
                name="only_who_left_replaced_it",
                condition=Q(replaced_by=None) | Q(still_using=False),
            ),
        ]

    def __str__(self) -> str:
        return f"check-in {self.public_id}"


class Delivery(models.Model):
    """What was sold and what was delivered. Private; the public reads disclosure.Cell. Taken back, it is deleted."""

    class Scope(models.TextChoices):
        MORE = "more", "More than was promised"
        ALL = "all", "All that was promised"
        MOST = "most", "Most of it"
        HALF = "half", "About half of it"
        LITTLE = "little", "Little of it"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.OneToOneField(
        Review, on_delete=models.CASCADE, related_name="delivery"
    )
    organisation = models.CharField(
        max_length=253,
        help_text="Registrable domain of the work e-mail that was current when it was written.",
    )
    signed_on = models.DateField(help_text="First day of the month of the contract.")
    promised_on = models.DateField(
        help_text="First day of the month that was promised."
    )
    live_on = models.DateField(
        null=True, blank=True, help_text="First day of the month; empty: not live yet."
    )
    cost_gap_percent = models.SmallIntegerField(
        null=True,
        blank=True,
        help_text="Actual over promised cost of getting it to run: 25 is a quarter more.",
    )
    scope = models.CharField(max_length=10, choices=Scope, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_comes_after_the_contract",
                condition=Q(promised_on__gte=models.F("signed_on"))
                & (Q(live_on=None) | Q(live_on__gte=models.F("signed_on"))),
            ),
            models.CheckConstraint(
                name="delivery_cost_gap_is_in_range",
                condition=Q(cost_gap_percent=None)
                | Q(cost_gap_percent__range=(-100, 1000)),
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.public_id}"
