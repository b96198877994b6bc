"""What a member keeps here, as its pages show it: one query for each list."""

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from following.models import Follow, Shortlist, ShortlistItem, ShortlistQuerySet
from products.models import Category, Product, Vendor

NAMES_SHOWN = 4
UNREAD = ("description", "keywords", "facts", "search_vector")


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
    """In the order in which they were added, whatever became of the products."""
    return (
        ShortlistItem.objects.filter(shortlist=shortlist)
        .select_related("product__vendor", "product__rating")
        .defer(*(f"product__{name}" for name in UNREAD))
        .order_by("added_at", "id")
    )


def own_item(shortlist: Shortlist, slug: str) -> ShortlistItem:
    """Under the product's address of today or an earlier one."""
    found = items(shortlist).filter(_at(slug)).distinct().first()
    if found is None:
        raise Http404
    return found


# --- Follows --------------------------------------------------------------------------------


@dataclass
class Followed:
    products: list[Product] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    vendors: list[Vendor] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.products or self.categories or self.vendors)


def followed(follower: User) -> Followed:
    """By name."""
    rows = (
        Follow.objects.filter(follower=follower)
        .select_related("product__vendor", "product__rating", "category", "vendor")
        .defer(*(f"product__{name}" for name in UNREAD))
    )
    found = Followed()
    for each in rows:
        if each.product:
            found.products.append(each.product)
        elif each.category:
            found.categories.append(each.category)
        elif each.vendor:
            found.vendors.append(each.vendor)
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
