"""What a member keeps here, as its pages show it: one query for each list."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from following.models import Follow, Shortlist, ShortlistItem, ShortlistQuerySet
from products.models import Product

NAMES_SHOWN = 4
UNREAD = ("description", "keywords", "facts", "search_vector")
SHOWN = (
    "product__slug",
    "product__name",
    "product__status",
    "product__vendor__slug",
    "product__vendor__name",
    "product__rating__score",
    "product__rating__interval_low",
    "product__rating__interval_high",
    "product__rating__count",
)


class Row(NamedTuple):
    """A product as it stands on a list, by SHOWN; without a rating the figures are None."""

    slug: str
    name: str
    status: str
    vendor_slug: str
    vendor_name: str
    score: float | None
    interval_low: float | None
    interval_high: float | None
    review_count: int | None

    @property
    def is_public(self) -> bool:
        return self.status == Product.Status.ACTIVE


class Listed(NamedTuple):
    product: Row
    note: str
    added_at: datetime


# --- Shortlists -----------------------------------------------------------------------------


def shortlists(owner: User) -> ShortlistQuerySet:
    """By name, each with `item_count` and the `first_names` of its products."""
    items = ShortlistItem.objects.filter(shortlist=OuterRef("pk"))
    names = items.order_by("added_at", "id").values("product__name")[:NAMES_SHOWN]
    return (
        Shortlist.objects.of(owner)
        .annotate(item_count=Count("items"), first_names=ArraySubquery(names))
        .order_by(Lower("name"), "pk")
    )


def own_shortlist(owner: User, public_id: UUID) -> Shortlist:
    """Not theirs and not there are the same 404."""
    return get_object_or_404(Shortlist.objects.of(owner), public_id=public_id)


def items(shortlist: Shortlist) -> QuerySet[ShortlistItem]:
    return (
        _items(shortlist)
        .select_related("product__vendor", "product__rating")
        .defer(*(f"product__{name}" for name in UNREAD))
    )


def listed(shortlist: Shortlist) -> list[Listed]:
    rows = _items(shortlist).values_list(*SHOWN, "note", "added_at")
    return [Listed(Row(*shown), note, at) for *shown, note, at in rows]


def _items(shortlist: Shortlist) -> QuerySet[ShortlistItem]:
    """In the order in which they were added, whatever became of the products."""
    mine = ShortlistItem.objects.filter(shortlist=shortlist)
    return mine.order_by("added_at", "id")


def own_item(shortlist: Shortlist, slug: str) -> ShortlistItem:
    """Under the product's address of today or an earlier one."""
    found = items(shortlist).filter(_at(slug)).distinct().first()
    if found is None:
        raise Http404
    return found


# --- Follows --------------------------------------------------------------------------------


class Place(NamedTuple):
    """A category or a vendor; of a vendor nobody counts the products."""

    slug: str
    name: str
    product_count: int = 0


@dataclass
class Followed:
    products: list[Row] = field(default_factory=list)
    categories: list[Place] = field(default_factory=list)
    vendors: list[Place] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.products or self.categories or self.vendors)


def followed(follower: User) -> Followed:
    """By name."""
    category = ("category__slug", "category__name", "category__product_count")
    vendor = ("vendor__slug", "vendor__name")
    rows = Follow.objects.filter(follower=follower)
    found = Followed()
    for *shown, slug, name, count, vendor_slug, vendor_name in rows.values_list(
        *SHOWN, *category, *vendor
    ):
        if slug:
            found.categories.append(Place(slug, name, count))
        elif vendor_slug:
            found.vendors.append(Place(vendor_slug, vendor_name))
        else:
            found.products.append(Row(*shown))
    for part in (found.products, found.categories, found.vendors):
        part.sort(key=lambda named: named.name.casefold())
    return found


def public_product(slug: str) -> Product:
    """Under an earlier address too."""
    found = _public_product(slug)
    if found is None:
        raise Http404
    return found


def product_to_follow(slug: str, member: User) -> Product:
    """A public one, or one that this member follows though it was hidden since."""
    found = _public_product(slug)
    if found is None:
        own = Follow.objects.filter(follower=member, product__slug=slug)
        found = get_object_or_404(own.select_related("product")).product
    assert found is not None
    return found


def _public_product(slug: str) -> Product | None:
    public = Product.objects.visible()
    found = public.filter(slug=slug).first()
    return found or public.filter(aliases__slug=slug).first()


def _at(slug: str) -> Q:
    return Q(product__slug=slug) | Q(product__aliases__slug=slug)
