"""Statements about features: those that follow from the catalogue, and those of a file."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from products.features import DERIVED, Statement, statements
from products.importers.features import FeatureLine, LineError
from products.models import (
    Category,
    Feature,
    Product,
    ProductAlias,
    ProductFeature,
    ProductSource,
)
from products.slugs import SlugBook
from reviews_site.lib.visitor_pages import everything_changed

BATCH = 2_000
FEATURE_SLUG_LENGTH = 80
STATED = ("support", "source_url", "note", "stated_on")
DERIVED_COLUMNS = ("support", "source_url", "note")


class FeaturesRefused(Exception):
    """Nothing of the file was written; `errors` says which lines are wrong."""

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__(f"{len(errors)} lines can't be used.")
        self.errors = errors


@dataclass
class FeatureReport:
    features_created: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0


def touch_products(product_ids: Iterable[int]) -> None:
    """Their pages are prepared anew."""
    Product.objects.filter(pk__in=list(product_ids)).update(updated_at=timezone.now())
    everything_changed()


# --- What follows from the catalogue --------------------------------------------------------


@transaction.atomic
def refresh_features(*, product_ids: Collection[int] | None = None) -> int:
    """Makes the derived statements of these products, of all without any named, what their records say.

    Statements that others made are left as they are. How many products changed.
    """
    features = _derived_features()
    changed: set[int] = set()
    for batch in _product_batches(product_ids):
        changed |= _refresh_batch(batch, features)
    touch_products(changed)
    return len(changed)


def _derived_features() -> dict[str, Feature]:
    """By slug; made when they are missing, and afterwards worded as staff words them."""
    slugs = [derived.slug for derived in DERIVED]
    found = {one.slug: one for one in Feature.objects.filter(slug__in=slugs)}
    missing = [
        Feature(
            slug=derived.slug,
            name=derived.name,
            description=derived.description,
            position=position,
        )
        for position, derived in enumerate(DERIVED)
        if derived.slug not in found
    ]
    return found | {one.slug: one for one in Feature.objects.bulk_create(missing)}


def _product_batches(product_ids: Collection[int] | None) -> Iterator[list[int]]:
    """By id, those with records or with statements made from records that are gone."""
    if product_ids is not None:
        ids = sorted(product_ids)
        yield from (ids[first : first + BATCH] for first in range(0, len(ids), BATCH))
        return
    last = 0
    while batch := list(
        Product.objects.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    ):
        yield batch
        last = batch[-1]


def _refresh_batch(product_ids: list[int], features: dict[str, Feature]) -> set[int]:
    names = {feature.pk: slug for slug, feature in features.items()}
    wanted = _wanted(product_ids)
    stored = ProductFeature.objects.filter(
        product__in=product_ids, feature__in=features.values()
    )
    there = {(row.product_id, names[row.feature_id], row.source): row for row in stored}
    derived = {key: row for key, row in there.items() if row.is_derived}
    gone = [row for key, row in derived.items() if key not in wanted]
    changed = [
        row
        for key, row in derived.items()
        if key in wanted and _changed(row, wanted[key])
    ]
    new = [
        _derived_row(key[0], features[said.feature], said)
        for key, said in wanted.items()
        if key not in there
    ]
    ProductFeature.objects.filter(pk__in=[row.pk for row in gone]).delete()
    ProductFeature.objects.bulk_update(changed, DERIVED_COLUMNS, batch_size=500)
    ProductFeature.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    return {row.product_id for row in (*new, *changed, *gone)}


def _wanted(product_ids: list[int]) -> dict[tuple[int, str, str], Statement]:
    """The first record's word where two of one source differ."""
    wanted: dict[tuple[int, str, str], Statement] = {}
    records = ProductSource.objects.filter(product__in=product_ids).order_by("pk")
    for product_id, record in records.values_list("product_id", "record"):
        for said in statements(record):
            wanted.setdefault((product_id, said.feature, said.source), said)
    return wanted


def _derived_row(product_id: int, feature: Feature, said: Statement) -> ProductFeature:
    return ProductFeature(
        product_id=product_id,
        feature=feature,
        source=said.source,
        is_derived=True,
        **{name: getattr(said, name) for name in DERIVED_COLUMNS},
    )


def _changed(row: ProductFeature, said: Statement | FeatureLine) -> bool:
    """Takes over what is said now; whether that is something else."""
    columns = DERIVED_COLUMNS if isinstance(said, Statement) else STATED
    differ = [name for name in columns if getattr(row, name) != getattr(said, name)]
    for name in differ:
        setattr(row, name, getattr(said, name))
    return bool(differ)


def join_features(*, kept: Product, merged: Product) -> None:
    """The statements of a merged product move over; where one source speaks of both, its word about the kept one stands."""
    has = set(kept.features.values_list("feature_id", "source"))
    moving = [
        row.pk
        for row in merged.features.filter(is_derived=False)
        if (row.feature_id, row.source) not in has
    ]
    ProductFeature.objects.filter(pk__in=moving).update(product=kept)


# --- A file of statements -------------------------------------------------------------------


@transaction.atomic
def import_features(*, lines: Iterable[FeatureLine | LineError]) -> FeatureReport:
    """All of the lines or none. Raises FeaturesRefused."""
    book = _Book()
    for line in lines:
        if isinstance(line, LineError):
            book.errors.append(line)
        else:
            book.take(line)
    book.look_up_products()
    if book.errors:
        raise FeaturesRefused(sorted(book.errors, key=_line_number))
    return book.write()


def _line_number(error: LineError) -> int:
    return int("".join(filter(str.isdigit, error.where)) or 0)


class _Book:
    """A file's lines, with what they name in the catalogue."""

    def __init__(self) -> None:
        self.errors: list[LineError] = []
        self.lines: list[tuple[FeatureLine, int | None]] = []
        self.product_ids: dict[str, int] = {}
        self.categories: dict[str, set[int]] = defaultdict(set)
        for pk, slug, name in Category.objects.values_list("pk", "slug", "name"):
            for key in (slug, name.casefold()):
                self.categories[key].add(pk)
        self.features: dict[tuple[int | None, str], Feature] = {
            (one.category_id, one.name.casefold()): one for one in Feature.objects.all()
        }

    def take(self, line: FeatureLine) -> None:
        named = self.categories.get(line.category.casefold(), set())
        if line.category and len(named) != 1:
            some = "several categories are" if named else "no category is"
            self._refuse(line, f"{some} called “{line.category[:60]}”.")
            return
        self.lines.append((line, next(iter(named)) if line.category else None))

    def _refuse(self, line: FeatureLine, reason: str) -> None:
        self.errors.append(LineError(line.where, reason))

    def look_up_products(self) -> None:
        """Also by the addresses that they had before."""
        wanted = {line.product for line, _ in self.lines}
        aliases = ProductAlias.objects.filter(slug__in=wanted)
        self.product_ids = dict(aliases.values_list("slug", "product_id"))
        products = Product.objects.filter(slug__in=wanted)
        self.product_ids |= dict(products.values_list("slug", "pk"))
        seen: Counter[tuple] = Counter()
        for line, category in self.lines:
            product_id = self.product_ids.get(line.product)
            key = (product_id, category, line.feature.casefold(), line.source)
            seen[key] += 1
            if product_id is None:
                self._refuse(line, f"no product has the slug “{line.product[:60]}”.")
            elif seen[key] > 1:
                self._refuse(line, "a line above says the same in the same name.")

    def write(self) -> FeatureReport:
        report = FeatureReport()
        self._write_features(report)
        there = self._stored()
        new, changed = [], []
        for line, category in self.lines:
            feature = self.features[category, line.feature.casefold()]
            product_id = self.product_ids[line.product]
            row = there.get((product_id, feature.pk, line.source))
            if row is None:
                new.append(_stated_row(product_id, feature, line))
            elif row.is_derived:
                self._refuse(line, "this follows from the catalogue's own import.")
            elif _changed(row, line):
                changed.append(row)
        if self.errors:
            raise FeaturesRefused(self.errors)
        ProductFeature.objects.bulk_create(new, batch_size=1000)
        ProductFeature.objects.bulk_update(changed, STATED, batch_size=500)
        touch_products({row.product_id for row in (*new, *changed)})
        report.created, report.updated = len(new), len(changed)
        report.unchanged = len(self.lines) - len(new) - len(changed)
        return report

    def _write_features(self, report: FeatureReport) -> None:
        """Those that nobody asked for before, in the order of the file; a description is taken over when there is one."""
        slugs = SlugBook(
            Feature.objects.values_list("slug", flat=True), limit=FEATURE_SLUG_LENGTH
        )
        described: set[int] = set()
        for line, category in self.lines:
            key = (category, line.feature.casefold())
            feature = self.features.get(key)
            if feature is None:
                feature = self.features[key] = Feature.objects.create(
                    category_id=category,
                    slug=slugs.take(line.feature, f"{line.category} {line.feature}"),
                    name=line.feature,
                    description=line.description,
                    position=len(self.features),
                )
                report.features_created += 1
            elif (
                line.description
                and feature.description != line.description
                and feature.pk not in described
            ):
                feature.description = line.description
                feature.save(update_fields=["description"])
            if line.description:
                described.add(feature.pk)

    def _stored(self) -> dict[tuple[int, int, str], ProductFeature]:
        rows = ProductFeature.objects.filter(product__in=self.product_ids.values())
        return {(row.product_id, row.feature_id, row.source): row for row in rows}


def _stated_row(product_id: int, feature: Feature, line: FeatureLine) -> ProductFeature:
    return ProductFeature(
        product_id=product_id,
        feature=feature,
        source=line.source,
        **{name: getattr(line, name) for name in STATED},
    )


# --- One feature, as staff writes it --------------------------------------------------------


@transaction.atomic
def save_feature(*, feature: Feature, changed: Collection[str]) -> None:
    """Its address stays when its name changes."""
    if feature.pk is None:
        taken = Feature.objects.filter(
            slug__startswith=slugify(feature.name)[:60]
        ).values_list("slug", flat=True)
        feature.slug = SlugBook(taken, limit=FEATURE_SLUG_LENGTH).take(feature.name)
        feature.save()
        return
    columns = {"category", "name", "description", "position"} & set(changed)
    if columns:
        feature.save(update_fields=columns)
        touch_products(feature.product_features.values_list("product_id", flat=True))
