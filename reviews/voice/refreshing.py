"""When voices are computed, and what is taken out of them at once.

A wish stands in the row itself: `wanted_at`. It is written with the new rating, so when a worker sees it, the change
that it is about is committed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from products.freshness import product_pages_changed, vendor_pages_changed
from products.models import Product, Vendor
from reviews.models import ProductRating, ProductVoice, Review, VendorVoice
from reviews.voice.choosing import MIN_REVIEWS
from reviews.voice.computing import MOST_REVIEWS, compute
from reviews.voice.statement import SIDES, Subject
from reviews_site.lib.visitor_pages import everything_changed

# A product on which much is written is counted again once an hour.
AT_MOST_EVERY = timedelta(hours=1)
# The category around it changes too.
AT_LEAST_EVERY = timedelta(days=30)
# One statement reads so many reviews.
REVIEWS_AT_ONCE = 20_000
SUBJECTS_AT_ONCE = 500
PRODUCTS_OF_A_VENDOR = 200
MOST_A_NIGHT = 5_000

Voice = type[ProductVoice] | type[VendorVoice]


# --- Wishes ---------------------------------------------------------------------------------


def want(product_ids: Sequence[int]) -> None:
    """In the transaction that brings the ratings of these products up to date.

    What no longer is public is quoted no longer from now on; counting can wait.
    """
    if not product_ids:
        return
    with connection.cursor() as cursor:
        for column, table, source in (
            ("product_id", "reviews_productvoice", "SELECT id FROM products_product WHERE id = ANY(%s)"),
            ("vendor_id", "reviews_vendorvoice", "SELECT DISTINCT vendor_id FROM products_product WHERE id = ANY(%s)"),
        ):  # fmt: skip
            cursor.execute(
                f"""
                INSERT INTO {table} ({column}, figures, as_of, wanted_at)
                SELECT id, '{{}}', now(), clock_timestamp() FROM ({source} ORDER BY 1) AS wished (id)
                ON CONFLICT ({column}) DO UPDATE SET wanted_at = excluded.wanted_at
                """,
                [list(product_ids)],
            )
    _stop_quoting(ProductVoice.objects.filter(product__in=product_ids))
    _stop_quoting(VendorVoice.objects.filter(vendor__products__in=product_ids))


def _stop_quoting(voices: QuerySet[Any]) -> None:
    """Takes out the sentences of reviews that are no longer public, or not in these words."""
    rows = list(voices.exclude(figures={}).distinct().order_by("pk"))
    quoted = {example["review"] for row in rows for example in _examples(row.figures)}
    if not quoted:
        return
    public = Review.objects.published().filter(public_id__in=quoted)
    edited = {str(pk): at for pk, at in public.values_list("public_id", "edited_at")}
    for row in rows:
        if _drop_examples(row.figures, edited, row.as_of):
            row.save(update_fields=["figures"])
            everything_changed()


def _drop_examples(
    figures: dict[str, Any], edited: Mapping[str, datetime | None], as_of: datetime
) -> bool:
    """True where something was dropped; `edited` has the public reviews and when each was last written anew."""
    dropped = False
    for side in SIDES:
        for phrase in figures.get(side, ()):
            kept = [
                example
                for example in phrase["examples"]
                if example["review"] in edited
                and not ((at := edited[example["review"]]) and at > as_of)
            ]
            dropped |= len(kept) < len(phrase["examples"])
            phrase["examples"] = kept
    return dropped


def _examples(figures: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    for side in SIDES:
        for phrase in figures.get(side, ()):
            yield from phrase["examples"]


# --- Serving them ---------------------------------------------------------------------------


def serve_wanted() -> int:
    """Products first, since a vendor with one product takes its figures. Returns how many were counted."""
    served = 0
    for subjects in _batches(_of_products(_due(ProductVoice))):
        served += refresh(ProductVoice, subjects)
    for subjects in _batches(_of_vendors(_due(VendorVoice))):
        served += refresh(VendorVoice, subjects)
    return served


def serve_all(product_ids: Sequence[int] | None = None) -> int:
    """Of these products (all with enough reviews) and of their vendors, whether or not somebody asked."""
    enough = ProductRating.objects.filter(scored_count__gte=MIN_REVIEWS)
    if product_ids is not None:
        enough = enough.filter(product__in=product_ids)
    products = sorted(enough.values_list("product_id", flat=True))
    vendors = set(
        Product.objects.filter(pk__in=products).values_list("vendor_id", flat=True)
    )
    for subjects in _batches(_of_products(products)):
        refresh(ProductVoice, subjects)
    for subjects in _batches(_of_vendors(sorted(vendors))):
        refresh(VendorVoice, subjects)
    return len(products)


def want_left_over() -> int:
    """Nightly: products that came by another way than a wish, such as an import, and those counted long ago."""
    enough = ProductRating.objects.filter(scored_count__gte=MIN_REVIEWS)
    never = enough.filter(product__voice=None)
    old = enough.filter(product__voice__as_of__lt=timezone.now() - AT_LEAST_EVERY)
    ids: list[int] = []
    for rows in (never.order_by("pk"), old.order_by("product__voice__as_of", "pk")):
        ids += rows.values_list("pk", flat=True)[: MOST_A_NIGHT - len(ids)]
    with transaction.atomic():
        want(ids)
    return len(ids)


def _due(model: Voice) -> list[int]:
    """Never computed, or not within the hour."""
    rested = Q(figures={}) | Q(as_of__lte=timezone.now() - AT_MOST_EVERY)
    wanted = model.objects.filter(rested, wanted_at__isnull=False)
    return list(wanted.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class Counted:
    """Figures by key of subject; the wishes that were there before, for only these are served by them."""

    figures: Mapping[int, dict[str, Any]]
    seen: Mapping[int, datetime | None]
    as_of: datetime


@transaction.atomic
def refresh(model: Voice, subjects: Sequence[Subject]) -> int:
    """Returns how many were counted: none while another worker is at it, which comes to these too."""
    if not _is_alone():
        return 0
    store(model, count(model, subjects))
    return len(subjects)


def count(model: Voice, subjects: Sequence[Subject]) -> Counted:
    keys = [subject.key for subject in subjects]
    seen = dict(model.objects.filter(pk__in=keys).values_list("pk", "wanted_at"))
    as_of = timezone.now()
    figures = _of_only_products(subjects) if model is VendorVoice else {}
    figures |= compute([subject for subject in subjects if subject.key not in figures])
    return Counted(figures, seen, as_of)


def store(model: Voice, counted: Counted) -> None:
    """What has left the public since it was counted is not quoted; a wish that has come since stays."""
    keys = sorted(counted.figures)
    table, column = model._meta.db_table, model._meta.pk.column
    parent = (Product if model is ProductVoice else Vendor)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} AS stored ({column}, figures, as_of)
            SELECT key, figures, %s FROM unnest(%s::bigint[], %s::jsonb[]) AS made (key, figures)
            JOIN {parent} AS parent ON parent.id = key ORDER BY key
            ON CONFLICT ({column}) DO UPDATE SET figures = excluded.figures, as_of = excluded.as_of
            """,
            [counted.as_of, keys, [json.dumps(counted.figures[key]) for key in keys]],
        )
        cursor.execute(
            f"""
            UPDATE {table} AS stored SET wanted_at = NULL
            FROM unnest(%s::bigint[], %s::timestamptz[]) AS seen (key, wanted_at)
            WHERE stored.{column} = seen.key AND stored.wanted_at = seen.wanted_at
            """,
            [keys, [counted.seen.get(key) for key in keys]],
        )
    _stop_quoting(model.objects.filter(pk__in=keys))
    (product_pages_changed if model is ProductVoice else vendor_pages_changed)(keys)


def _of_only_products(vendors: Iterable[Subject]) -> dict[int, dict[str, Any]]:
    """A vendor with one product has that product's voice, where it is up to date."""
    only = {s.product_ids[0]: s.key for s in vendors if len(s.product_ids) == 1}
    fresh = ProductVoice.objects.filter(pk__in=only, wanted_at=None).exclude(figures={})
    return {only[pk]: figures for pk, figures in fresh.values_list("pk", "figures")}


def _is_alone() -> bool:
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('reviews.voice'))")
        return bool(cursor.fetchone()[0])


# --- Subjects -------------------------------------------------------------------------------


def _of_products(product_ids: Iterable[int]) -> Iterator[tuple[Subject, int]]:
    """With the number of reviews that are read for it."""
    rows = Product.objects.filter(pk__in=list(product_ids)).order_by("pk")
    for pk, name, vendor, count in rows.values_list(
        "pk", "name", "vendor__name", "rating__count"
    ):
        yield Subject(pk, [pk], [name, vendor]), min(count or 0, MOST_REVIEWS)


def _of_vendors(vendor_ids: Iterable[int]) -> Iterator[tuple[Subject, int]]:
    """The products most reviewed come first."""
    products: dict[int, list[tuple[int, int, str, str]]] = {
        pk: [] for pk in sorted(vendor_ids)
    }
    rows = Product.objects.visible().filter(vendor__in=products, rating__count__gt=0)
    for vendor_id, pk, name, vendor, count in rows.values_list(
        "vendor_id", "pk", "name", "vendor__name", "rating__count"
    ):
        products[vendor_id].append((-count, pk, name, vendor))
    for vendor_id, found in products.items():
        top = sorted(found)[:PRODUCTS_OF_A_VENDOR]
        names = {name for *_, name, vendor in top} | {vendor for *_, vendor in top}
        count = -sum(negative for negative, *_ in top)
        yield Subject(vendor_id, [pk for _, pk, *_ in top], names), min(count, MOST_REVIEWS)  # fmt: skip


def _batches(subjects: Iterable[tuple[Subject, int]]) -> Iterator[list[Subject]]:
    batch: list[Subject] = []
    size = 0
    for subject, count in subjects:
        if batch and (size + count > REVIEWS_AT_ONCE or len(batch) == SUBJECTS_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(subject)
        size += count
    if batch:
        yield batch
