"""The page of the review form on which all is optional: the questions, and which other products the author knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import F
from django.forms import BoundField

from products import naming
from products.models import Product
from reviews.forms import LONGEST_ANSWER, TOO_LONG, StepForm, answer_field
from reviews.models import ConsideredProduct
from reviews.services import MOST_CONSIDERED, Considered

# The fields in which other products are named, by what they say of them.
NAMED_IN: dict[str, list[str]] = {
    ConsideredProduct.Kind.COMPARED: [
        f"compared_{n + 1}" for n in range(MOST_CONSIDERED["compared"])
    ],
    ConsideredProduct.Kind.SWITCHED_FROM: ["used_before"],
}
NAMING_FIELDS = tuple(name for fields in NAMED_IN.values() for name in fields)
LONGEST_NAME = 200
MOST_SUGGESTED = 60


def _naming_label(field: str) -> str:
    """Of its own, as the summary of what is wrong names it without the group around it."""
    if field in NAMED_IN[ConsideredProduct.Kind.COMPARED]:
        return f"Compared product {NAMING_FIELDS.index(field) + 1}"
    return "The product you used before"


@dataclass(frozen=True)
class Guess:
    """A product that somebody may have meant; `typed` names it and no other."""

    name: str
    vendor: str
    typed: str


class DetailsForm(StepForm):
    intro = "Answer what you have something to say about, and leave out the rest."
    naming_fields = NAMING_FIELDS

    def prepare(self) -> None:
        # By field, where what was typed names no product or several.
        self.guesses: dict[str, list[Guess]] = {}
        for question in self.questions:
            self.fields[answer_field(question.key)] = forms.CharField(
                label=question.text,
                help_text=question.hint,
                max_length=LONGEST_ANSWER,
                error_messages={"max_length": TOO_LONG},
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        for name in NAMING_FIELDS:
            self.fields[name] = forms.CharField(
                label=_naming_label(name),
                max_length=LONGEST_NAME,
                error_messages={"max_length": TOO_LONG},
                required=False,
                widget=forms.TextInput(
                    attrs={"list": "known-products", "autocomplete": "off"}
                ),
            )

    def known_products(self) -> list[str]:
        """What a browser may suggest while they type: the neighbours in the catalogue."""
        if self.product is None:
            return []
        beside = Product.objects.visible().filter(
            categories__in=self.product.categories.values("pk")
        )
        by_score = beside.order_by(F("rating__score").desc(nulls_last=True), "name")
        names = by_score.exclude(pk=self.product.pk).values_list("name", flat=True)
        return list(dict.fromkeys(names[:MOST_SUGGESTED]))

    def named_rows(self) -> list[tuple[BoundField, list[Guess]]]:
        return [(self[name], self.guesses.get(name, [])) for name in NAMING_FIELDS]

    def clean(self) -> dict[str, Any]:
        typed = {name: self.cleaned_data.get(name, "") for name in NAMING_FIELDS}
        found = naming.named(text for text in typed.values() if text)
        meant = {
            field: self._the_one(field, text, found[text])
            for field, text in typed.items()
            if text
        }
        self.cleaned_data["considered"] = {
            kind: [product for field in fields if (product := meant.get(field))]
            for kind, fields in NAMED_IN.items()
        }
        return self.cleaned_data

    def _the_one(self, field: str, text: str, found: list[Product]) -> Product | None:
        others = [product for product in found if product != self.product]
        if len(others) == 1:
            return others[0]
        if found and not others:
            self.add_error(field, "This is the product that you review.")
            return None
        offered = others or [
            product for product in naming.similar(text) if product != self.product
        ]
        self.guesses[field] = _guesses(offered)
        self.add_error(
            field, _not_found(text, several=bool(others), are_guessed=bool(offered))
        )
        return None


def _guesses(products: list[Product]) -> list[Guess]:
    typed = naming.as_typed(products)
    return [
        Guess(product.name, product.vendor.name, typed[product.pk])
        for product in products
    ]


def _not_found(text: str, *, several: bool, are_guessed: bool) -> str:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    if several:
        return f"More than one product is called “{shown}”. Choose which."
    if are_guessed:
        return f"There is no product “{shown}” here. Did you mean one of these?"
    return f"There is no product “{shown}” here. Check the spelling, or leave it out."


def considered_from(cleaned: Mapping[str, Any]) -> Considered:
    named: Mapping[str, list[Product]] = cleaned["considered"]
    return {
        kind: [product.slug for product in products] for kind, products in named.items()
    }


def named_as_typed(considered: Considered) -> dict[str, str]:
    """The fields as somebody would fill them in who names these products; those that are no longer here are left out."""
    slugs = {slug for slugs in considered.values() for slug in slugs}
    products = {
        product.slug: product
        for product in Product.objects.visible()
        .filter(slug__in=slugs)
        .select_related("vendor")
    }
    filled = dict.fromkeys(NAMING_FIELDS, "")
    typed = naming.as_typed(products.values())
    for kind, fields in NAMED_IN.items():
        here = [products[s].pk for s in considered.get(kind, ()) if s in products]
        filled |= dict(zip(fields, (typed[pk] for pk in here), strict=False))
    return filled
