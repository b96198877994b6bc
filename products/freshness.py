"""Which pages a change is on: said in its transaction by whoever makes it (docs/performance.md)."""

from collections.abc import Collection, Iterable

from products.models import Product, Vendor
from reviews_site.lib.visitor_pages import changed


def product_pages_changed(product_ids: Collection[int]) -> None:
    """The product's page and all beneath it."""
    if product_ids:
        changed(lambda: _addresses("products", Product, product_ids))


def vendor_pages_changed(vendor_ids: Collection[int]) -> None:
    if vendor_ids:
        changed(lambda: _addresses("vendors", Vendor, vendor_ids))


def _addresses(
    place: str, model: type[Product] | type[Vendor], ids: Collection[int]
) -> Iterable[str]:
    slugs = model._default_manager.filter(pk__in=ids).values_list("slug", flat=True)
    return [f"/{place}/{slug}/" for slug in slugs]
