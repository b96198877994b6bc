import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS

from outcomes.models import CheckIn, Delivery
from outcomes.services import Answer, Stated
from products import naming
from products.models import Product
from reviews.models import ConsideredProduct, Review

PLEASE_CHOOSE = "Please choose one."
YES_NO = [("yes", "Yes, we still use it"), ("no", "No, not any more")]
SUGGESTED = 3


class CheckInForm(forms.Form):
    """Whether they stayed. What is asked of those who left is nothing for those who stayed, and the other way round."""

    use_required_attribute = False

    still_using = forms.ChoiceField(
        choices=YES_NO,
        label="Does your organisation still use it?",
        widget=forms.RadioSelect,
        error_messages={"required": PLEASE_CHOOSE},
    )
    use = forms.ChoiceField(
        choices=CheckIn.Use.choices,
        label="How much do you use it, compared with when you wrote your review?",
        widget=forms.RadioSelect,
        required=False,
    )
    replaced_by = forms.CharField(
        label="What replaced it?",
        help_text="The product’s name as it stands here. Leave it empty if nothing did, or if it isn’t listed here.",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_shown = forms.BooleanField(
        label="Show on my review that we moved on to it.",
        help_text="This alone is public; all else stays private.",
        required=False,
    )
    buy_again = forms.ChoiceField(
        choices=CheckIn.BuyAgain.choices,
        label="Would you buy it again?",
        help_text="Knowing what you know today.",
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        self.fields[
            "still_using"
        ].label = f"Does your organisation still use {product.name}?"

    def clean_replaced_by(self) -> Product | None:
        typed = self.cleaned_data["replaced_by"].strip()
        if not typed or self.data.get("still_using") != "no":
            return None
        found = naming.named([typed])[typed]
        if len(found) != 1:
            raise forms.ValidationError(_not_clear(typed, found))
        if found[0] == self.product:
            raise forms.ValidationError(
                f"{self.product.name} is what you reviewed. What came after it?"
            )
        return found[0]

    def answer(self) -> Answer:
        return Answer(
            still_using=self.cleaned_data["still_using"] == "yes",
            use=self.cleaned_data["use"],
            replaced_by=self.cleaned_data["replaced_by"],
            buy_again=self.cleaned_data["buy_again"],
            is_shown=self.cleaned_data["is_shown"],
        )


def as_typed(check_in: CheckIn) -> dict[str, Any]:
    """An answer as its author would type it."""
    if check_in.answered_at is None:
        return {}
    after = check_in.replaced_by
    return {
        "still_using": "yes" if check_in.still_using else "no",
        "use": check_in.use,
        "replaced_by": naming.as_typed([after])[after.pk] if after else "",
        "buy_again": check_in.buy_again,
        "is_shown": after is not None and _shows(check_in.review, after),
    }


def _shows(review: Review, product: Product) -> bool:
    said = ConsideredProduct.objects.filter(review=review, product=product)
    return said.filter(kind=ConsideredProduct.Kind.SWITCHED_TO).exists()


def _not_clear(typed: str, found: Sequence[Product]) -> str:
    if found:
        ways = naming.as_typed(found).values()
        return f"Several products here are called “{typed}”. Which one is it: {_listed(list(ways))}?"
    near = [product.name for product in naming.similar(typed)][:SUGGESTED]
    meant = f" Did you mean {_listed(near)}?" if near else ""
    return (
        f"There is no product “{typed}” here.{meant} Leave it empty if it isn’t listed."
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


# --- Sold and delivered ---------------------------------------------------------------------

EARLIEST_YEARS_AGO, LATEST_YEARS_AHEAD = 15, 4
MONTH_CHOICES = [
    ("", "Month"),
    *((str(number), str(name)) for number, name in MONTHS.items()),
]


class MonthWidget(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__(
            {
                "month": forms.Select({"aria-label": "Month"}, MONTH_CHOICES),
                "year": forms.Select({"aria-label": "Year"}),
            }
        )

    def id_for_label(self, id_: str) -> str:
        """Where the summary of what is wrong leads."""
        return f"{id_}_0"

    def decompress(self, value: datetime.date | None) -> list[str]:
        return [str(value.month), str(value.year)] if value else ["", ""]


class MonthField(forms.MultiValueField):
    """A month and a year, as the first day."""

    widget = MonthWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages", {"required": "Choose the month and the year."}
        )
        incomplete = {"incomplete": "Choose both the month and the year."}
        fields = (
            forms.ChoiceField(choices=MONTH_CHOICES, error_messages=incomplete),
            forms.ChoiceField(error_messages=incomplete),
        )
        super().__init__(fields, require_all_fields=False, **kwargs)

    def offer(self, years: range) -> None:
        choices = [("", "Year"), *((str(year), str(year)) for year in years)]
        self.fields[1].choices = choices  # type: ignore[attr-defined]
        self.widget.widgets[1].choices = choices  # type: ignore[attr-defined]

    def compress(self, data_list: list[str]) -> datetime.date | None:
        if not data_list:
            return None
        return datetime.date(int(data_list[1]), int(data_list[0]), 1)


def _amount(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )


class DeliveryForm(forms.Form):
    use_required_attribute = False

    signed_on = MonthField(label="When was the contract signed?")
    promised_on = MonthField(label="When was it promised to go live?")
    is_live = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "Not yet")],
        label="Is it live?",
        widget=forms.RadioSelect,
        error_messages={"required": PLEASE_CHOOSE},
    )
    live_on = MonthField(label="When did it go live?")
    promised_cost = _amount("Promised")
    actual_cost = _amount("Actual, so far")
    cost_gap_percent = forms.IntegerField(
        label="Or the difference in per cent",
        help_text="25: it cost a quarter more than promised. −10: a tenth less. 0: as promised.",
        min_value=-100,
        max_value=1000,
        required=False,
    )
    scope = forms.ChoiceField(
        choices=Delivery.Scope.choices,
        label="How much of what was promised did you get?",
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = timezone.now().year
        for name, latest in (
            ("signed_on", this),
            ("promised_on", this + LATEST_YEARS_AHEAD),
            ("live_on", this),
        ):
            field = self.fields[name]
            assert isinstance(field, MonthField)
            field.offer(range(latest, this - EARLIEST_YEARS_AGO - 1, -1))
        if self.is_bound and self.data.get("is_live") != "yes":
            self.fields["live_on"].required = False

    def clean(self) -> dict[str, Any]:
        self._check_months()
        self.cleaned_data["cost_gap_percent"] = self._gap()
        return self.cleaned_data

    def _check_months(self) -> None:
        signed, promised = (
            self.cleaned_data.get("signed_on"),
            self.cleaned_data.get("promised_on"),
        )
        today = timezone.now().date()
        if signed and signed > today:
            self.add_error("signed_on", "This month is still to come.")
        if signed and promised and promised < signed:
            self.add_error("promised_on", "That is before the contract was signed.")
        if self.cleaned_data.get("is_live") != "yes":
            self.cleaned_data["live_on"] = None
            return
        live = self.cleaned_data.get("live_on")
        if live and live > today:
            self.add_error("live_on", "This month is still to come.")
        if live and signed and live < signed:
            self.add_error("live_on", "That is before the contract was signed.")

    def _gap(self) -> int | None:
        """Only the percentage leaves this form."""
        stated = self.cleaned_data.get("cost_gap_percent")
        promised = self.cleaned_data.get("promised_cost")
        actual = self.cleaned_data.get("actual_cost")
        if promised is None and actual is None:
            return stated
        if promised is None or actual is None:
            if "promised_cost" not in self.errors and "actual_cost" not in self.errors:
                missing = "promised_cost" if promised is None else "actual_cost"
                self.add_error(missing, "Give both amounts, or the percentage alone.")
            return None
        gap = round((actual / promised - 1) * 100)
        if gap > 1000:
            self.add_error(
                "actual_cost",
                "That is more than eleven times what was promised: check the amounts.",
            )
            return None
        if stated is not None and abs(stated - gap) > 1:
            self.add_error(
                "cost_gap_percent",
                f"The two amounts make {gap} %. Give one or the other.",
            )
        return gap

    def stated(self) -> Stated:
        names = ("signed_on", "promised_on", "live_on", "cost_gap_percent", "scope")
        return Stated(**{name: self.cleaned_data[name] for name in names})


def delivery_as_typed(delivery: Delivery) -> Mapping[str, Any]:
    return {
        "signed_on": delivery.signed_on,
        "promised_on": delivery.promised_on,
        "is_live": "yes" if delivery.live_on else "no",
        "live_on": delivery.live_on,
        "cost_gap_percent": delivery.cost_gap_percent,
        "scope": delivery.scope,
    }
