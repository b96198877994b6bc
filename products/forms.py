from typing import Any

from django import forms

from accounts.forms import LineField
from products.models import Product, Vendor


class ClaimForm(forms.Form):
    address = forms.EmailField(
        max_length=254,
        label="Your address at the vendor",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    role = LineField(
        max_length=80,
        label="What you do there",
        help_text="For example: customer advocate. Only the moderators read it.",
    )
    note = forms.CharField(
        max_length=1000,
        required=False,
        label="Anything the moderators should know",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InvitationForm(forms.Form):
    product = forms.ModelChoiceField(
        queryset=Product.objects.none(),
        to_field_name="slug",
        label="Product",
        empty_label="Please choose",
    )
    incentive = LineField(
        max_length=120,
        required=False,
        label="What everybody gets for a review",
        help_text="For example: a voucher of 20 euros. Leave it empty for nothing. The page that the link opens names it.",
    )
    affirmed = forms.BooleanField(
        label="I send the link to all customers alike, and what I promise does not depend on what they write.",
        error_messages={
            "required": "Without this there is no link: whoever asks only content customers misleads readers."
        },
    )

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.visible().filter(vendor=vendor).order_by("name")
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
