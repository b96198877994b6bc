"""The rows of one batch, in a few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from products.importers.composing import Composed, changes, compose
from products.importers.matching import Known, VendorBook
from products.importers.tree import CategoryBook
from products.keywords import keywords
from products.models import (
    Product,
    ProductAlias,
    ProductCategory,
    ProductSource,
    Vendor,
)
from products.slugs import SlugBook


@dataclass
class Entry:
    """A product of this batch and what the batch brings for it."""

    known: Known
    added: list[ProductSource] = field(default_factory=list)
    replaced: list[ProductSource] = field(default_factory=list)
    product: Product = field(default_factory=Product)
    before: Composed = field(default_factory=lambda: compose(()))
    after: Composed = field(default_factory=lambda: compose(()))
    other_names: list[str] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    """Its categories as they were, primary first; `new_links` as they will be."""
    new_links: list[int] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    @property
    def is_new(self) -> bool:
        return self.known.pk is None


class Writer:
    def __init__(
        self,
        vendors: VendorBook,
        categories: CategoryBook,
        slugs: SlugBook,
        now: datetime,
    ) -> None:
        self.vendors = vendors
        self.categories = categories
        self.slugs = slugs
        self.now = now
        self.vendors_created = 0
        self.renamed_vendors: set[int] = set()
        self.left_vendors: set[int] = set()

    def write(self, entries: list[Entry]) -> None:
        self._load(entries)
        # Those on top first: "observability" is theirs, and the one below another gets the longer address.
        self.categories.resolve(
            path[:1] for entry in entries for path in entry.after.categories
        )
        for entry in entries:
            self._apply(entry)
        self.vendors_created += len(self.vendors.new)
        self.renamed_vendors |= self.vendors.save()
        for entry in entries:
            self._word(entry)
        self._save(entries)

    # --- What is there ----------------------------------------------------------------------

    def _load(self, entries: list[Entry]) -> None:
        """Each product, what its sources said before this batch, and what they say now."""
        pks = [entry.known.pk for entry in entries if entry.known.pk]
        products = Product.objects.defer("search_vector").in_bulk(pks)
        sources = _by_product(
            ProductSource.objects.filter(product__in=pks).order_by("pk")
        )
        links = _by_product(
            ProductCategory.objects.filter(product__in=pks).order_by("position")
        )
        aliases = _by_product(
            ProductAlias.objects.filter(product__in=pks).order_by("pk")
        )
        for entry in entries:
            pk = entry.known.pk or 0
            self._compose(entry, sources.get(pk, []))
            entry.product = products.get(pk, entry.product)
            entry.links = [link.category_id for link in links.get(pk, [])]
            entry.other_names = [
                *entry.after.other_names,
                *(alias.name for alias in aliases.get(pk, [])),
            ]

    @staticmethod
    def _compose(entry: Entry, old: list[ProductSource]) -> None:
        new = {row.pk: row.record for row in entry.replaced}
        entry.before = compose([row.record for row in old])
        entry.after = compose(
            [new.get(row.pk, row.record) for row in old]
            + [row.record for row in entry.added]
        )

    # --- What changes -----------------------------------------------------------------------

    def _apply(self, entry: Entry) -> None:
        vendor = self.vendors.resolve(entry.after.vendor, entry.after.vendor_is_derived)
        self.vendors.learn_website(vendor, entry.after.columns["website"])
        if entry.is_new:
            self._make(entry, vendor)
        else:
            self._change(entry, vendor)
        entry.new_links = self._categories(entry)

    def _make(self, entry: Entry, vendor: Vendor) -> None:
        name = entry.after.columns["name"]
        entry.product = Product(
            **entry.after.columns,
            vendor=vendor,
            slug=self.slugs.take(name, f"{name} {vendor.name}"),
            source=entry.added[0].record["source"],
            source_id=entry.added[0].source_id,
            created_at=self.now,
            updated_at=self.now,
        )

    def _change(self, entry: Entry, vendor: Vendor) -> None:
        product = entry.product
        old_name, changed = product.name, changes(entry.before, entry.after, product)
        for name, value in changed.items():
            setattr(product, name, value)
        entry.changed |= set(changed)
        if product.name != old_name:
            self._readdress(entry, old_name, vendor)
        if self._moves(entry, vendor):
            self.left_vendors.add(product.vendor_id)
            product.vendor = vendor
            entry.changed.add("vendor")

    def _readdress(self, entry: Entry, old_name: str, vendor: Vendor) -> None:
        """A new name means a new address; the old one redirects."""
        product = entry.product
        ProductAlias.objects.create(product=product, slug=product.slug, name=old_name)
        product.slug = self.slugs.take(product.name, f"{product.name} {vendor.name}")
        entry.other_names.append(old_name)
        entry.changed.add("slug")

    def _moves(self, entry: Entry, vendor: Vendor) -> bool:
        """The sources name another vendor now, and staff has not chosen one meanwhile."""
        before = self.vendors.find(entry.before.vendor) if entry.before.vendor else None
        return (
            before is not None
            and before is not vendor
            and entry.product.vendor_id == before.pk
        )

    def _categories(self, entry: Entry) -> list[int]:
        """The sources' categories in their order; where staff changed them, only what is new or gone."""
        before = self.categories.resolve(entry.before.categories)
        after = self.categories.resolve(entry.after.categories)
        if entry.links == before:
            return after
        gone = set(before) - set(after)
        return list(dict.fromkeys([pk for pk in entry.links if pk not in gone] + after))

    def _word(self, entry: Entry) -> None:
        product = entry.product
        words = keywords(
            product.vendor.name,
            self.categories.names(entry.new_links),
            entry.other_names,
        )
        if words != product.keywords:
            product.keywords = words
            entry.changed.add("keywords")
        if entry.changed or entry.links != entry.new_links:
            product.updated_at = self.now
            entry.changed.add("updated_at")

    # --- Rows -------------------------------------------------------------------------------

    def _save(self, entries: list[Entry]) -> None:
        Product.objects.bulk_create(
            [e.product for e in entries if e.is_new], batch_size=500
        )
        _update(
            (e.product, frozenset(e.changed))
            for e in entries
            if not e.is_new and e.changed
        )
        self._save_links([entry for entry in entries if entry.links != entry.new_links])
        for entry in entries:
            entry.known.pk = entry.product.pk
        self._save_sources(entries)

    @staticmethod
    def _save_links(entries: list[Entry]) -> None:
        ProductCategory.objects.filter(
            product__in=[e.known.pk for e in entries if not e.is_new]
        ).delete()
        links = [
            ProductCategory(product=entry.product, category_id=pk, position=position)
            for entry in entries
            for position, pk in enumerate(entry.new_links)
        ]
        ProductCategory.objects.bulk_create(links, batch_size=1000)

    @staticmethod
    def _save_sources(entries: list[Entry]) -> None:
        for entry in entries:
            for source in entry.added:
                source.product = entry.product
        ProductSource.objects.bulk_create(
            [s for e in entries for s in e.added], batch_size=500
        )
        replaced = [source for entry in entries for source in entry.replaced]
        ProductSource.objects.bulk_update(
            replaced, ["record", "digest", "imported_at"], batch_size=200
        )


def _by_product(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.product_id, []).append(row)
    return grouped


def _update(products: Iterable[tuple[Product, frozenset[str]]]) -> None:
    """One statement for the products whose same columns changed."""
    by_columns: dict[frozenset[str], list[Product]] = {}
    for product, columns in products:
        by_columns.setdefault(columns, []).append(product)
    for columns, group in by_columns.items():
        Product.objects.bulk_update(group, sorted(columns), batch_size=200)
