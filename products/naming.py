"""A product by what somebody types who means it: its name, its address, a former name; else those that look like it.

Where two are called the same, "Atlas (Vendor)" tells them apart.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower

from products.models import Product, ProductAlias
from products.search import plain, similar_names

MOST_OFFERED = 4


def named(typed: Iterable[str]) -> dict[str, list[Product]]:
    """The visible products that each text names; several where they share a name. Two queries, however many texts."""
    keys = {text: _key(text) for text in typed}
    wanted = {key for key in keys.values() if key}
    if not wanted:
        return {text: [] for text in keys}
    by_name, by_slug = _by_name_and_slug(wanted)
    by_alias = _by_alias(wanted)
    return {
        text: by_name.get(key) or by_slug.get(key) or by_alias.get(key) or []
        for text, key in keys.items()
    }


def _key(text: str) -> str:
    return " ".join(text.split()).lower()


Found = dict[str, list[Product]]


def _by_name_and_slug(wanted: set[str]) -> tuple[Found, Found]:
    """Each half is served by an index of its own, which an OR over both would be too."""
    by_name, by_slug = defaultdict(list), defaultdict(list)
    names = wanted | {_without_vendor(key) for key in wanted}
    visible = Product.objects.visible().select_related("vendor")
    found = visible.alias(lower_name=Lower("name")).filter(
        Q(lower_name__in=names) | Q(slug__in=wanted)
    )
    for product in found.order_by("pk"):
        by_name[product.name.lower()].append(product)
        by_name[_with_vendor(product).lower()].append(product)
        by_slug[product.slug.lower()].append(product)
    return by_name, by_slug


def _with_vendor(product: Product) -> str:
    return f"{product.name} ({product.vendor.name})"


def _without_vendor(key: str) -> str:
    return key.rpartition(" (")[0] if key.endswith(")") else key


def _by_alias(wanted: set[str]) -> Found:
    found: Found = defaultdict(list)
    aliases = ProductAlias.objects.alias(lower_name=Lower("name")).filter(
        Q(lower_name__in=wanted) | Q(slug__in=wanted), product__status="active"
    )
    for alias in aliases.select_related("product__vendor").order_by("pk"):
        for key in {alias.slug.lower(), alias.name.lower()}:
            if alias.product not in found[key]:
                found[key].append(alias.product)
    return found


def similar(text: str) -> list[Product]:
    """What somebody may have meant whose words name nothing, the likeliest first."""
    asked = plain(text)
    keys = (
        [key.id for key in similar_names(asked, set())[:MOST_OFFERED]] if asked else []
    )
    found = Product.objects.select_related("vendor").in_bulk(keys)
    return [found[pk] for pk in keys if pk in found]


def as_typed(products: Iterable[Product]) -> dict[int, str]:
    """By id, what names each product and no other: its name, with its vendor's where another one is called the same."""
    ways = {
        product.pk: (product.name, _with_vendor(product), product.slug)
        for product in products
    }
    found = named({way for three in ways.values() for way in three})
    return {
        pk: next((w for w in three if [p.pk for p in found[w]] == [pk]), three[-1])
        for pk, three in ways.items()
    }
