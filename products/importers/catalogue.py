"""Items become products: each is new, known, or another word about one that is there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from products.importers.items import Item, Options, Skip, digest
from products.importers.matching import Known, ProductIndex, VendorBook
from products.importers.tree import CategoryBook
from products.importers.writing import Entry, Writer
from products.models import Product, ProductAlias, ProductSource
from products.slugs import SlugBook


@dataclass
class Report:
    """What became of each item that was read."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    skips: list[Skip] = field(default_factory=list)
    notes: list[Skip] = field(default_factory=list)
    vendors_created: int = 0
    categories_created: int = 0

    @property
    def skipped(self) -> int:
        return len(self.skips)

    def adds_up(self) -> bool:
        return (
            self.read
            == self.created + self.updated + self.unchanged + self.merged + self.skipped
        )


class Catalogue:
    """The catalogue while a file is read into it, inside the caller's transaction."""

    def __init__(self, options: Options) -> None:
        self.dataset = options.dataset
        self.report = Report()
        self.now = timezone.now()
        self.seen: Counter[tuple[str, str]] = Counter()
        self.entries: dict[int, Entry] = {}
        self.touched: set[int] = set()

    # Loaded at the first item that is not unchanged: a file that is as it was needs none of it.
    @cached_property
    def vendors(self) -> VendorBook:
        return VendorBook()

    @cached_property
    def index(self) -> ProductIndex:
        return ProductIndex(self.vendors)

    @cached_property
    def writer(self) -> Writer:
        slugs = [
            *Product.objects.values_list("slug", flat=True),
            *ProductAlias.objects.values_list("slug", flat=True),
        ]
        return Writer(
            self.vendors, CategoryBook(), SlugBook(slugs, limit=120), self.now
        )

    def load(self, batch: list[Item | Skip]) -> None:
        """Writes a batch and counts each of its items in the report."""
        self.report.read += len(batch)
        self.report.skips += [one for one in batch if isinstance(one, Skip)]
        items = [(one, self._source(one)) for one in batch if isinstance(one, Item)]
        known = _known_sources(source for _, source in items)
        for item, source in items:
            self.report.notes += [
                Skip(item.name, item.where, note) for note in item.notes
            ]
            self._sort(item, source, known.get((source.source, source.source_id)))
        self._write()

    def _source(self, item: Item) -> ProductSource:
        """The row for the item; an id that comes again in the same file gets a number behind it."""
        record = item.record()
        name = (
            self.dataset
            if item.source == self.dataset
            else f"{self.dataset}: {item.source}"
        )[:120]
        self.seen[name, item.source_id] += 1
        number = self.seen[name, item.source_id]
        source_id = item.source_id if number == 1 else f"{item.source_id}#{number}"
        return ProductSource(
            source=name,
            source_id=source_id,
            digest=digest(record),
            record=record,
            imported_at=self.now,
        )

    def _sort(
        self, item: Item, source: ProductSource, known: ProductSource | None
    ) -> None:
        if known is None:
            self._attach(item, source)
        elif known.digest == source.digest:
            self.report.unchanged += 1
        else:
            self.report.updated += 1
            source.pk = known.pk
            self._entry(self.index.by_pk[known.product_id]).replaced.append(source)

    def _attach(self, item: Item, source: ProductSource) -> None:
        known = self.index.find(item)
        if known is None:
            self.report.created += 1
            known = Known(pk=None, bare=item.is_bare)
        else:
            self.report.merged += 1
            known.bare = known.bare and item.is_bare
        self.index.add(
            known,
            item.name,
            self.vendors.spelled(item),
            (item.website, item.repository),
        )
        self._entry(known).added.append(source)

    def _entry(self, known: Known) -> Entry:
        return self.entries.setdefault(id(known), Entry(known))

    def _write(self) -> None:
        entries, self.entries = list(self.entries.values()), {}
        if not entries:
            return
        self.writer.write(entries)
        for entry in entries:
            self.index.by_pk[entry.product.pk] = entry.known
            self.touched.add(entry.product.pk)
        self.report.vendors_created = self.writer.vendors_created
        self.report.categories_created = self.writer.categories.created


def _known_sources(
    wanted: Iterable[ProductSource],
) -> dict[tuple[str, str], ProductSource]:
    ids: dict[str, list[str]] = {}
    for source in wanted:
        ids.setdefault(source.source, []).append(source.source_id)
    return {
        (row.source, row.source_id): row
        for name, source_ids in ids.items()
        for row in ProductSource.objects.filter(
            source=name, source_id__in=source_ids
        ).defer("record")
    }
