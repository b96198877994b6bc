"""Changes of the catalogue."""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Model, ProtectedError, Q
from django.utils import timezone
from django.utils.text import slugify

from moderation.services import close_item
from products.frequent_words import frequent_lexemes
from products.importers.catalogue import Catalogue, Report
from products.importers.items import CatalogueError, Item, Options, Skip
from products.importers.text import vendor_key
from products.keywords import keywords
from products.kinds import CLAIM
from products.models import (
    Category,
    FrequentWord,
    Product,
    ProductAlias,
    ProductCategory,
    ProductSource,
    Vendor,
    VendorAlias,
    VendorClaim,
)
from products.services.features import join_features, refresh_features
from products.slugs import SlugBook
from reviews_site.lib.visitor_pages import everything_changed

IMPORT_LOCK = 7_300_001  # any number that nothing else in this database locks
BATCH = 2_000
FILLABLE = (
    "summary",
    "description",
    "website",
    "repository",
    "licence",
    "is_open_source",
    "pricing_model",
    "deployment",
    "data_licence",
)


# What the apps above move from the merged vendor (the second) to the kept one.
VendorMerge = Callable[[Vendor, Vendor], None]
_VENDOR_MERGES: list[VendorMerge] = []


def register_vendor_merge(act: VendorMerge) -> None:
    _VENDOR_MERGES.append(act)


# The same for products.
ProductMerge = Callable[[Product, Product], None]
_PRODUCT_MERGES: list[ProductMerge] = []


def register_product_merge(act: ProductMerge) -> None:
    _PRODUCT_MERGES.append(act)


# What the apps above prepared with the name of a product that has another one now, is hidden or shown again.
ProductChange = Callable[[Product], None]
_PRODUCT_CHANGES: list[ProductChange] = []


def register_product_change(act: ProductChange) -> None:
    _PRODUCT_CHANGES.append(act)


class CatalogueRefused(Exception):
    """The change can't be made; the message says why, for the person who asked."""


class DryRun(Exception):
    """Rolls back an import that was only to be tried."""


# --- Import ---------------------------------------------------------------------------------


def import_items(
    *,
    items: Iterable[Item | Skip],
    options: Options,
    dry_run: bool = False,
    on_progress: Callable[[int], None] = lambda read: None,
) -> Report:
    """All of the items or, after any error, none. One import at a time: a second one is refused."""
    catalogue = Catalogue(options)
    try:
        with transaction.atomic():
            _lock_imports()
            _load(catalogue, items, on_progress)
            if dry_run:
                raise DryRun
    except DryRun:
        pass
    except IntegrityError as error:
        raise CatalogueError(
            "Somebody changed the catalogue at the same moment, so nothing was imported; try again."
        ) from error
    return catalogue.report


def _lock_imports() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        (locked,) = cursor.fetchone()
    if not locked:
        raise CatalogueError(
            "Another import is running; try again when it has finished."
        )


def _load(
    catalogue: Catalogue,
    items: Iterable[Item | Skip],
    on_progress: Callable[[int], None],
) -> None:
    for batch in _batches(items):
        catalogue.load(batch)
        on_progress(catalogue.report.read)
    report = catalogue.report
    if not report.adds_up():
        raise CatalogueError(f"The import lost an item and was undone: {report}.")
    if report.created or report.updated or report.merged:
        everything_changed()
        refresh_keywords(vendor_ids=catalogue.writer.renamed_vendors)
        _drop_left_vendors(catalogue.writer.left_vendors)
        refresh_features(product_ids=catalogue.touched)
        refresh_category_counts()


def _batches(items: Iterable[Item | Skip]) -> Iterator[list[Item | Skip]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _drop_left_vendors(vendor_ids: set[int]) -> None:
    """A vendor that was only made from its product's name, and whose product now names another."""
    if vendor_ids:
        Vendor.objects.filter(
            pk__in=vendor_ids, name_is_derived=True, products=None, representatives=None
        ).delete()


# --- Derived columns ------------------------------------------------------------------------


@transaction.atomic
def refresh_category_counts() -> int:
    """Counts the active products in each category and below, each once; how many counts were wrong."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE below AS (
                SELECT id AS top, id FROM products_category
                UNION
                SELECT below.top, child.id FROM below JOIN products_category child ON child.parent_id = below.id
            ), counted AS (
                SELECT below.top AS id, count(DISTINCT product.id) AS n
                FROM below
                LEFT JOIN products_productcategory link ON link.category_id = below.id
                LEFT JOIN products_product product ON product.id = link.product_id AND product.status = 'active'
                GROUP BY below.top
            )
            UPDATE products_category SET product_count = counted.n FROM counted
            WHERE counted.id = products_category.id AND product_count <> counted.n
            """
        )
        return int(cursor.rowcount)


@transaction.atomic
def refresh_keywords(
    *, vendor_ids: Iterable[int] = (), product_ids: Iterable[int] = ()
) -> int:
    """Rewrites the search words of these products and of these vendors' products; how many changed."""
    wanted = Q(vendor__in=list(vendor_ids)) | Q(pk__in=list(product_ids))
    products = (
        Product.objects.filter(wanted)
        .select_related("vendor")
        .only("name", "keywords", "vendor__name")
        .prefetch_related("product_categories__category__parent", "aliases", "sources")
    )
    now, changed = timezone.now(), []
    for product in products:
        words = _keywords(product)
        if words != product.keywords:
            product.keywords, product.updated_at = words, now
            changed.append(product)
    return Product.objects.bulk_update(
        changed, ["keywords", "updated_at"], batch_size=200
    )


@transaction.atomic
def note_frequent_words() -> int:
    """Which words the search finds without their index from now on; how many there are."""
    found = frequent_lexemes()
    FrequentWord.objects.exclude(pk__in=found).delete()
    FrequentWord.objects.bulk_create(
        [FrequentWord(lexeme=lexeme) for lexeme in sorted(found)], ignore_conflicts=True
    )
    return len(found)


def _keywords(product: Product) -> str:
    categories = [link.category for link in product.product_categories.all()]
    names = [
        name for c in categories for name in (c.name, c.parent.name if c.parent else "")
    ]
    sources = sorted(product.sources.all(), key=lambda source: source.pk)
    others = [source.record.get("name", "") for source in sources]
    others += [
        alias.name
        for alias in sorted(product.aliases.all(), key=lambda alias: alias.pk)
    ]
    return keywords(
        product.vendor.name, names, (name for name in others if name != product.name)
    )


# --- One product, one vendor ----------------------------------------------------------------


@transaction.atomic
def save_product(*, product: Product, changed: Collection[str]) -> None:
    """A product as staff wrote it: a new one gets an address, a renamed one a new one and a redirect."""
    everything_changed()
    if product.pk is None:
        product.slug = _free_slug(product)
        product.save()
        return
    if "name" in changed:
        product.slug = rename_product(product=product, name=product.name).slug
    product.updated_at = timezone.now()
    product.save(update_fields={*changed, "updated_at"} & _columns(Product))
    if "status" in changed:
        _tell_of_change(product)


@transaction.atomic
def save_vendor(*, vendor: Vendor, changed: Collection[str]) -> None:
    """A vendor as staff wrote it; its spelling is known to the next import, its name to the search."""
    everything_changed()
    if vendor.pk is None:
        vendor.slug = SlugBook(
            Vendor.objects.values_list("slug", flat=True), limit=100
        ).take(vendor.name)
        vendor.save()
    elif "name" in changed:
        vendor.name_is_derived = False
        vendor.save(update_fields={*changed, "name_is_derived"} & _columns(Vendor))
        refresh_keywords(vendor_ids=[vendor.pk])
    elif changed:
        vendor.save(update_fields=set(changed) & _columns(Vendor))
    if "name" in changed:
        VendorAlias.objects.get_or_create(
            key=vendor_key(vendor.name),
            defaults={"vendor": vendor, "name": vendor.name},
        )


@transaction.atomic
def save_category(*, category: Category, changed: Collection[str]) -> None:
    """A category as staff wrote it; its address stays when its name changes."""
    everything_changed()
    if category.pk is None:
        wishes = [category.name] + (
            [f"{category.parent.name} {category.name}"] if category.parent else []
        )
        category.slug = SlugBook(
            Category.objects.values_list("slug", flat=True), limit=100
        ).take(*wishes)
        category.save()
        return
    category.save(update_fields=set(changed) & _columns(Category))
    if {"name", "parent"} & set(changed):
        below = Q(categories=category) | Q(categories__parent=category)
        refresh_keywords(
            product_ids=list(Product.objects.filter(below).values_list("pk", flat=True))
        )
        refresh_category_counts()


def _columns(model: type[Model]) -> set[str]:
    """A form's names include those of its inlines."""
    return {column.name for column in model._meta.concrete_fields}


@transaction.atomic
def rename_product(*, product: Product, name: str) -> Product:
    """The product under its new name and address; the old address redirects."""
    locked = (
        Product.objects.select_for_update(of=("self",))
        .select_related("vendor")
        .get(pk=product.pk)
    )
    if locked.name == name:
        return locked
    everything_changed()
    old_name, old_slug = locked.name, locked.slug
    locked.name, locked.updated_at = name, timezone.now()
    # It may take back an address that it had before.
    ProductAlias.objects.filter(product=locked, slug=slugify(name)).delete()
    locked.slug = _free_slug(locked)
    locked.save(update_fields=["name", "slug", "updated_at"])
    if locked.slug != old_slug:
        ProductAlias.objects.create(product=locked, slug=old_slug, name=old_name)
    refresh_keywords(product_ids=[locked.pk])
    _tell_of_change(locked)
    return locked


def _tell_of_change(product: Product) -> None:
    for act in _PRODUCT_CHANGES:
        act(product)


def _free_slug(product: Product) -> str:
    start = {"slug__startswith": slugify(product.name)[:100]}
    others = (
        Product.objects.exclude(pk=product.pk)
        .filter(**start)
        .values_list("slug", flat=True)
    )
    taken = [
        *others,
        *ProductAlias.objects.filter(**start).values_list("slug", flat=True),
    ]
    return SlugBook(taken, limit=120).take(
        product.name, f"{product.name} {product.vendor.name}"
    )


@transaction.atomic
def merge_products(*, kept: Product, merged: Product) -> None:
    """Two rows for one product become one; the address of the other redirects.

    Raises CatalogueRefused when the other has reviews: they stay where their authors wrote them.
    """
    if kept.pk == merged.pk:
        raise CatalogueRefused("A product can't be merged with itself.")
    everything_changed()
    pair = Product.objects.select_for_update().filter(pk__in=[kept.pk, merged.pk])
    locked = {product.pk: product for product in pair.order_by("pk")}
    ProductSource.objects.filter(product=merged).update(product=kept)
    ProductAlias.objects.filter(product=merged).update(product=kept)
    _join_categories(kept, merged)
    join_features(kept=kept, merged=merged)
    _fill_blanks(locked[kept.pk], locked[merged.pk])
    for act in _PRODUCT_MERGES:
        act(locked[kept.pk], locked[merged.pk])
    _delete(locked[merged.pk])
    ProductAlias.objects.create(product=kept, slug=merged.slug, name=merged.name)
    refresh_keywords(product_ids=[kept.pk])
    refresh_features(product_ids=[kept.pk])
    refresh_category_counts()


def _join_categories(kept: Product, merged: Product) -> None:
    has = list(kept.product_categories.values_list("category_id", flat=True))
    more = merged.product_categories.exclude(category__in=has).values_list(
        "category_id", flat=True
    )
    last = kept.product_categories.aggregate(last=Max("position"))["last"]
    first_free = 0 if last is None else last + 1
    ProductCategory.objects.bulk_create(
        ProductCategory(product=kept, category_id=pk, position=position)
        for position, pk in enumerate(more, start=first_free)
    )


def _fill_blanks(kept: Product, merged: Product) -> None:
    blank = [name for name in FILLABLE if getattr(kept, name) in ("", None, [])]
    for name in blank:
        setattr(kept, name, getattr(merged, name))
    kept.updated_at = timezone.now()
    kept.save(update_fields=[*blank, "updated_at"])


def _delete(product: Product) -> None:
    try:
        with transaction.atomic():
            product.delete()
    except ProtectedError as error:
        raise CatalogueRefused(
            f"{product.name} has reviews and can't be merged away; merge the other into it."
        ) from error


@transaction.atomic
def merge_vendors(*, kept: Vendor, merged: Vendor) -> None:
    """Two spellings of one vendor become one; the next import knows both.

    Raises CatalogueRefused when one person represents both.
    """
    if kept.pk == merged.pk:
        raise CatalogueRefused("A vendor can't be merged with itself.")
    everything_changed()
    product_ids = list(merged.products.values_list("pk", flat=True))
    merged.products.update(vendor=kept)
    merged.aliases.update(vendor=kept)
    for vendor in (kept, merged):
        _remember_spelling(vendor.name, kept)
    if kept.representatives.filter(
        user__in=merged.representatives.values("user")
    ).exists():
        raise CatalogueRefused(
            f"Somebody represents both {kept.name} and {merged.name}; end one of the two first."
        )
    merged.representatives.update(vendor=kept)
    _join_claims(kept, merged)
    for act in _VENDOR_MERGES:
        act(kept, merged)
    kept.email_domains = list(
        dict.fromkeys([*kept.email_domains, *merged.email_domains])
    )
    kept.save(update_fields=["email_domains"])
    merged.delete()
    refresh_keywords(product_ids=product_ids)


def _join_claims(kept: Vendor, merged: Vendor) -> None:
    """Whoever has an open claim to both keeps one."""
    twice = merged.claims.filter(
        status__in=VendorClaim.OPEN,
        user__in=kept.claims.filter(status__in=VendorClaim.OPEN).values("user"),
    )
    for claim in twice:
        close_item(kind=CLAIM, target_public_id=claim.public_id)
    twice.update(status=VendorClaim.Status.WITHDRAWN)
    merged.claims.update(vendor=kept)


def _remember_spelling(name: str, vendor: Vendor) -> None:
    VendorAlias.objects.update_or_create(
        key=vendor_key(name), defaults={"vendor": vendor, "name": name}
    )
