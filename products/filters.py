"""What the product list can be narrowed by; the address is the state."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count
from django.http import QueryDict
from django.utils.functional import cached_property

from products.categories import CategoryTree, Node, category_tree
from products.listing import SORTS, Products
from products.models import (
    Deployment,
    PricingModel,
    Product,
    ProductCategory,
    Vendor,
)
from products.search import words
from reviews_site.lib.kept_values import kept_value

RATINGS = [
    ("4.5", "4.5 and up"),
    ("4", "4 and up"),
    ("3.5", "3.5 and up"),
    ("3", "3 and up"),
    ("2", "2 and up"),
]
SORT_NAMES = [
    ("score", "Score"),
    ("name", "Name"),
    ("newest", "Newest in the catalogue"),
]
LICENCES_KEPT_FOR = 600
NARROWING = (
    "q",
    "category",
    "vendor",
    "deployment",
    "pricing_model",
    "licence",
    "min_rating",
)


@dataclass
class Chip:
    label: str
    value: str
    without: str
    """The query string of the same list without this filter."""


def licences() -> list[str]:
    """Every licence in the catalogue, the most common first."""
    return kept_value("licences", LICENCES_KEPT_FOR, _licences)


def _licences() -> list[str]:
    by_use = Product.objects.visible().exclude(licence="").values_list("licence")
    return [row[0] for row in by_use.annotate(n=Count("pk")).order_by("-n", "licence")]


class KnownChoice(forms.ChoiceField):
    default_error_messages = {
        "invalid_choice": "“%(value)s” is not one of the choices."
    }


class ProductFilters(forms.Form):
    q = forms.CharField(label="Words", max_length=100, required=False)
    category = forms.CharField(label="Category", max_length=100, required=False)
    vendor = forms.CharField(label="Vendor", max_length=160, required=False)
    deployment = KnownChoice(
        label="Deployment", choices=[("", "Any"), *Deployment.choices], required=False
    )
    pricing_model = KnownChoice(
        label="Pricing",
        choices=[("", "Any"), *(pair for pair in PricingModel.choices if pair[0])],
        required=False,
    )
    licence = forms.CharField(label="Licence", max_length=100, required=False)
    min_rating = KnownChoice(
        label="Score", choices=[("", "Any"), *RATINGS], required=False
    )
    sort = KnownChoice(label="Order by", choices=SORT_NAMES, required=False)
    after = forms.CharField(required=False, max_length=600)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s", use_required_attribute=False)
        self.chosen_vendor: Vendor | None = None

    @cached_property
    def tree(self) -> CategoryTree:
        return category_tree()

    @property
    def chosen_category(self) -> Node | None:
        slug = self.cleaned_data.get("category")
        return self.tree.by_slug.get(slug) if slug else None

    @property
    def chosen_sort(self) -> str:
        return self.cleaned_data.get("sort") or next(iter(SORTS))

    @property
    def sort_choices(self) -> list[tuple[str, str]]:
        return SORT_NAMES

    def shown(self) -> dict[str, str]:
        """What the form shows as chosen, right or wrong."""
        chosen = {name: self.data.get(name, "") for name in NARROWING}
        if self.chosen_vendor:
            chosen["vendor"] = self.chosen_vendor.name
        return chosen | {"sort": self.chosen_sort}

    def selects(self) -> list[tuple[str, str, list, str]]:
        """(name, label, choices, chosen) of the short choices, for a template that writes them out."""
        return [
            (
                name,
                str(self.fields[name].label),
                self.fields[name].choices,  # type: ignore[attr-defined]
                self.data.get(name, ""),
            )
            for name in ("deployment", "pricing_model", "min_rating")
        ]

    def unknown_parameters(self) -> list[str]:
        return sorted(set(self.data) - set(self.fields))

    def clean_category(self) -> str:
        slug = self.cleaned_data["category"]
        if slug and slug not in self.tree.by_slug:
            raise forms.ValidationError(f"There is no category “{slug}”.")
        return slug

    def clean_vendor(self) -> str:
        named = self.cleaned_data["vendor"]
        if not named:
            return ""
        self.chosen_vendor = (
            Vendor.objects.filter(slug=named).first()
            or Vendor.objects.filter(name__iexact=named).order_by("pk").first()
        )
        if self.chosen_vendor is None:
            raise forms.ValidationError(f"There is no vendor “{named}” here.")
        return self.chosen_vendor.slug

    def clean_licence(self) -> str:
        licence = self.cleaned_data["licence"]
        if licence and licence not in licences():
            raise forms.ValidationError(f"No product here has the licence “{licence}”.")
        return licence

    def narrow(self, products: Products) -> Products:
        chosen = self.cleaned_data
        if chosen["q"]:
            products = products.filter(search_vector=words(chosen["q"]))
        if self.chosen_category:
            within = ProductCategory.objects.filter(
                category__in=list(self.chosen_category.ids())
            )
            products = products.filter(pk__in=within.values("product"))
        if self.chosen_vendor:
            products = products.filter(vendor=self.chosen_vendor)
        if chosen["deployment"]:
            products = products.filter(deployment__contains=[chosen["deployment"]])
        if chosen["min_rating"]:
            products = products.filter(rating__score__gte=float(chosen["min_rating"]))
        same = {
            name: chosen[name] for name in ("pricing_model", "licence") if chosen[name]
        }
        return products.filter(**same)

    def query(self, **changes: str) -> str:
        """The query string of this list, empty values and the cursor left out."""
        kept: dict[str, Any] = {
            name: self.cleaned_data.get(name) for name in self.fields
        }
        kept |= {
            "after": "",
            "sort": "" if self.chosen_sort == "score" else self.chosen_sort,
        }
        return urlencode({k: v for k, v in (kept | changes).items() if v})

    def chips(self) -> list[Chip]:
        return [
            Chip(
                str(self.fields[name].label),
                self._shown(name),
                self.query(**{name: ""}),
            )
            for name in self.fields
            if name in NARROWING and self.cleaned_data.get(name)
        ]

    def _shown(self, name: str) -> str:
        value = self.cleaned_data[name]
        if name == "category" and self.chosen_category:
            return self.chosen_category.name
        if name == "vendor" and self.chosen_vendor:
            return self.chosen_vendor.name
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))
