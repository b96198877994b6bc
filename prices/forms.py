import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from prices import amounts
from prices.models import Currency, PriceReport, Unit
from prices.services import PriceStatement

# What can only be a slip: a factor of a thousand, or the amount and the quantity in each other's place.
LEAST_UNIT_PRICE = Decimal("0.01")
MOST_UNIT_PRICE = Decimal(1_000_000_000)
MOST_PER_HEAD = Decimal(1_000_000)
PER_HEAD = (Unit.USER, Unit.EMPLOYEE, Unit.DEVICE)
MOST_AMOUNT = Decimal(100_000_000_000)
MOST_QUANTITY = 10_000_000
EARLIEST_YEAR = 1990
LONGEST_REASON = 500

TERMS = [
    (1, "Month by month"),
    (12, "1 year"),
    (24, "2 years"),
    (36, "3 years"),
    (48, "4 years"),
    (60, "5 years"),
    (120, "More than 5 years"),
]
NOT_SAID = ("", "I don’t know or rather not say")
YES_OR_NO = {"yes": True, "no": False, "": None}


class WrittenField(forms.CharField):
    """A number as people write it; `read` makes it one or raises Unreadable."""

    def __init__(self, read: Callable[[str], Any], **kwargs: Any) -> None:
        self.read = read
        kwargs.setdefault("max_length", amounts.LONGEST)
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "decimal"
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.read(text)
        except amounts.Unreadable as error:
            raise ValidationError(str(error)) from error


def _one_of(choices: list[Any], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, **kwargs)


class PriceForm(forms.Form):
    """What one's organisation pays for a product. Everything below the price can be left out."""

    use_required_attribute = False

    yearly_amount = WrittenField(
        amounts.read_amount,
        label="What you pay a year",
        help_text="Without tax; 12 times the monthly price.",
    )
    currency = _one_of([("", "Please choose"), *Currency.choices])
    unit = _one_of(
        [("", "Please choose"), *Unit.choices],
        label="Charged per",
        help_text="What the price grows with.",
    )
    quantity = WrittenField(
        amounts.read_whole,
        label="For how many of these",
        help_text="Leave it empty for a flat price.",
        error_messages={"required": "For how many do you pay that?"},
    )
    purchase_year = WrittenField(
        amounts.read_whole,
        label="Year of purchase or last renewal",
        max_length=10,
        help_text="From when on you pay this.",
    )
    term_months = forms.TypedChoiceField(
        label="How long the contract runs",
        help_text="As you signed it.",
        choices=[NOT_SAID, *TERMS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    discount_percent = WrittenField(
        amounts.read_percent,
        required=False,
        label="Discount off list, in %",
        max_length=20,
        help_text="0 if you paid the list price.",
    )
    auto_renewal = forms.TypedChoiceField(
        label="Does it renew by itself?",
        choices=[("yes", "Yes"), ("no", "No"), NOT_SAID],
        coerce=YES_OR_NO.__getitem__,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    uplift_cap_percent = WrittenField(
        amounts.read_percent,
        required=False,
        label="Highest rise at a renewal, in %",
        max_length=20,
        help_text="If it was agreed; else leave it empty.",
    )
    exit_format = _one_of(
        [*PriceReport.ExitFormat.choices, NOT_SAID],
        label="What you get when you leave",
        required=False,
        widget=forms.RadioSelect,
    )
    return_seen = _one_of(
        [*PriceReport.Return.choices, NOT_SAID],
        label="What it brings a year, by your own reckoning",
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        report: PriceReport | None = None,
        today: datetime.date | None = None,
    ) -> None:
        super().__init__(data, initial=_as_typed(report) if report else {})
        self.today = today or timezone.now().date()
        if data and data.get("unit") == Unit.ORGANISATION:
            self.fields["quantity"].required = False

    def clean_yearly_amount(self) -> amounts.Amount:
        amount: amounts.Amount = self.cleaned_data["yearly_amount"]
        if amount.value < 1:
            raise ValidationError(
                "An amount for a year is at least 1. What costs nothing has no place in a price index."
            )
        if amount.value > MOST_AMOUNT:
            raise ValidationError(
                "This is more than anybody pays. Please look for a digit too many."
            )
        return amount

    def clean_quantity(self) -> int | None:
        quantity: int | None = self.cleaned_data["quantity"]
        if quantity == 0:
            raise ValidationError("Please give a number of at least 1.")
        if quantity is not None and quantity > MOST_QUANTITY:
            raise ValidationError(
                f"More than {MOST_QUANTITY:,} can't be right. Please look for a digit too many."
            )
        return quantity

    def clean_purchase_year(self) -> int:
        year: int = self.cleaned_data["purchase_year"]
        if not EARLIEST_YEAR <= year <= self.today.year:
            raise ValidationError(
                f"Please give a year from {EARLIEST_YEAR} to {self.today.year}."
            )
        return year

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("unit") == Unit.ORGANISATION:
            data["quantity"] = 1
        self._check_currency(data)
        self._check_unit_price(data)
        return data

    def _check_currency(self, data: dict[str, Any]) -> None:
        amount, currency = data.get("yearly_amount"), data.get("currency")
        if amount and currency and currency not in (amount.currencies or {currency}):
            self.add_error(
                "currency",
                "The amount is written in another currency than this one.",
            )

    def _check_unit_price(self, data: dict[str, Any]) -> None:
        amount, quantity = data.get("yearly_amount"), data.get("quantity")
        unit, currency = data.get("unit"), data.get("currency")
        if not (amount and quantity and unit and currency):
            return
        price = amount.value / quantity
        most = MOST_PER_HEAD if unit in PER_HEAD else MOST_UNIT_PRICE
        if not LEAST_UNIT_PRICE <= price <= most:
            self.add_error(
                "quantity",
                f"{amount.value:,.2f} {currency} for {quantity:,} makes {_shortly(price)} {currency} each a year, "
                "which can't be right. Please look at the amount and the quantity again.",
            )

    def statement(self) -> PriceStatement:
        """Of a valid form."""
        data = self.cleaned_data
        return PriceStatement(**data | {"yearly_amount": data["yearly_amount"].value})


def _shortly(price: Decimal) -> str:
    return f"{price:,.2f}" if price >= 1 else f"{price:.2g}"


def _as_typed(report: PriceReport) -> dict[str, Any]:
    """What the fields hold when one's report is opened again."""
    fields = ["currency", "unit", "quantity", "purchase_year", "term_months"]
    fields += ["discount_percent", "uplift_cap_percent", "exit_format", "return_seen"]
    typed = {field: getattr(report, field) for field in fields}
    typed["yearly_amount"] = f"{report.yearly_amount:,}"
    renews = {value: word for word, value in YES_OR_NO.items()}
    return typed | {"auto_renewal": renews[report.auto_renewal]}


class ReadingForm(forms.Form):
    """A moderator's: which report, and why. The member reads the reason word for word."""

    use_required_attribute = False

    reference = forms.UUIDField(
        label="Reference of the report",
        help_text="The member finds it beside their report and gives it to you.",
        error_messages={"invalid": "This isn't a reference: it has 36 characters."},
    )
    reason = forms.CharField(
        label="Why you need to read it",
        help_text="The member reads this, word for word. It stays in the log.",
        min_length=20,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
