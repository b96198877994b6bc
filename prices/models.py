import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import CompanySize
from products.models import Product


class Currency(models.TextChoices):
    EUR = "EUR", "Euro"
    USD = "USD", "US dollar"
    GBP = "GBP", "Pound sterling"
    CHF = "CHF", "Swiss franc"
    SEK = "SEK", "Swedish krona"
    NOK = "NOK", "Norwegian krone"
    DKK = "DKK", "Danish krone"
    PLN = "PLN", "Polish zloty"
    CZK = "CZK", "Czech koruna"
    CAD = "CAD", "Canadian dollar"
    AUD = "AUD", "Australian dollar"
    NZD = "NZD", "New Zealand dollar"
    JPY = "JPY", "Japanese yen"
    INR = "INR", "Indian rupee"
    SGD = "SGD", "Singapore dollar"
    BRL = "BRL", "Brazilian real"
    MXN = "MXN", "Mexican peso"
    ZAR = "ZAR", "South African rand"
    ILS = "ILS", "Israeli new shekel"


class Unit(models.TextChoices):
    USER = "user", "user"
    EMPLOYEE = "employee", "employee"
    DEVICE = "device", "device"
    HOST = "host", "host or server"
    CORE = "core", "processor core"
    TERABYTE = "terabyte", "terabyte"
    MILLION_CALLS = "million_calls", "million requests or messages"
    SITE = "site", "site or instance"
    ORGANISATION = "organisation", "organisation (flat price)"


class PriceReportQuerySet(models.QuerySet["PriceReport"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class PriceReport(models.Model):
    """What a member's organisation pays. Nobody but its author reads the row; the public reads disclosure.Cell.

    A moderator reads it with a reason that its author is shown. Withdrawn, it is emptied; the row stays for the log.
    """

    class ExitFormat(models.TextChoices):
        OPEN = "open", "All our data in an open format"
        PROPRIETARY = "proprietary", "Data in the vendor's own format"
        NONE = "none", "Nothing agreed"

    class Return(models.TextChoices):
        LOSS = "loss", "Less than it costs"
        EVEN = "even", "About what it costs"
        GAIN = "gain", "Up to twice what it costs"
        LARGE_GAIN = "large_gain", "More than twice what it costs"
        TOO_EARLY = "too_early", "Too early to say"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="price_reports"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="price_reports"
    )
    organisation = models.CharField(
        max_length=253,
        blank=True,
        help_text="Registrable domain of the work e-mail that was current when it was written.",
    )
    company_size = models.CharField(max_length=20, choices=CompanySize, blank=True)
    yearly_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="For one year, without tax.",
    )
    currency = models.CharField(max_length=3, choices=Currency, blank=True)
    unit = models.CharField(max_length=20, choices=Unit, blank=True)
    quantity = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of these units."
    )
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    discount_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Off the list price, 0 to 100."
    )
    purchase_year = models.PositiveSmallIntegerField(null=True, blank=True)
    auto_renewal = models.BooleanField(null=True, blank=True)
    uplift_cap_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="At a renewal the price rises by no more."
    )
    exit_format = models.CharField(max_length=20, choices=ExitFormat, blank=True)
    return_seen = models.CharField(max_length=20, choices=Return, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PriceReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "member"],
                name="one_price_report_per_product_and_member",
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="price_report_amounts_are_positive",
                condition=Q(yearly_amount__gt=0, quantity__gt=0),
            ),
            models.CheckConstraint(
                name="price_report_is_whole_or_withdrawn",
                condition=~Q(withdrawn_at=None)
                & Q(
                    organisation="",
                    yearly_amount=None,
                    quantity=None,
                    purchase_year=None,
                )
                | Q(
                    withdrawn_at=None,
                    yearly_amount__isnull=False,
                    quantity__isnull=False,
                    purchase_year__isnull=False,
                )
                & ~Q(organisation="")
                & ~Q(currency="")
                & ~Q(unit=""),
            ),
            models.CheckConstraint(
                name="price_report_percentages_are_in_range",
                condition=(
                    Q(discount_percent=None) | Q(discount_percent__range=(0, 100))
                )
                & (Q(uplift_cap_percent=None) | Q(uplift_cap_percent__range=(0, 100))),
            ),
            models.CheckConstraint(
                name="price_report_years_are_in_range",
                condition=Q(purchase_year__range=(1990, 2100))
                & (Q(term_months=None) | Q(term_months__range=(1, 120))),
            ),
        ]

    def __str__(self) -> str:
        return f"price report {self.public_id}"

    @property
    def series(self) -> str:
        """What can't be mixed with another: "user/EUR"."""
        return f"{self.unit}/{self.currency}"

    @property
    def unit_price(self) -> Decimal | None:
        if self.yearly_amount is None or self.quantity is None:
            return None
        return self.yearly_amount / self.quantity
