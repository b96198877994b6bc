"""When ratings are computed: on somebody's wish, or all of them; each under the lock of its product."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from products.models import Product
from reviews import voice
from reviews.models import ProductRating, RatingRefresh
from reviews.ratings.locking import batches, lock
from reviews.ratings.statement import populations_sql, write_ratings


@dataclass
class RecomputeReport:
    products: int = 0
    rated: int = 0
    # Products whose stored count, histogram or mean was not what their reviews say.
    drifted: list[int] = field(default_factory=list)


def hint_key(product_id: int) -> str:
    return f"rating-refresh:{product_id}"


# --- Serving wishes -------------------------------------------------------------------------


def serve_refreshes(product_id: int) -> bool:
    """False: somebody has served them already. Safe to run twice and at the same time."""
    # The key goes before anything is read: a post that still finds it commits before this reads, and is read.
    cache.delete(hint_key(product_id))
    with transaction.atomic():
        served = _take_refreshes(lock([product_id]))
        write_ratings(served)
    return bool(served)


def serve_left_over_refreshes() -> int:
    """What a lost hint left behind; returns how many products. Those that are locked are being served."""
    waiting = sorted(
        set(RatingRefresh.objects.values_list("product_id", flat=True).distinct())
    )
    served = 0
    for batch in batches(waiting):
        cache.delete_many([hint_key(product_id) for product_id in batch])
        with transaction.atomic():
            taken = _take_refreshes(lock(batch, skip_locked=True))
            write_ratings(taken)
        served += len(taken)
    return served


def refresh_product_rating(product_id: int) -> None:
    """Whether or not somebody asked for it. A product that is gone is no error."""
    with transaction.atomic():
        locked = lock([product_id])
        _take_refreshes(locked)
        write_ratings(locked)


def _take_refreshes(product_ids: Sequence[int]) -> list[int]:
    """Deletes the wishes that can be seen now: their changes are committed, so the next statement reads them.

    What is praised and criticised has changed with them, and is counted apart, since that takes longer.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reviews_ratingrefresh WHERE product_id = ANY(%s) RETURNING product_id",
            [list(product_ids)],
        )
        taken = sorted({row[0] for row in cursor.fetchall()})
    voice.want(taken)
    return taken


# --- Everything -----------------------------------------------------------------------------


def recompute_all_ratings() -> RecomputeReport:
    """The means of the categories first, which the scores lean on; then every product, batch by batch."""
    refresh_category_ratings()
    report = RecomputeReport()
    busy: list[int] = []
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for batch in batches(ids):
        # Waiting for a second lock while holding others could deadlock with an import.
        busy += sorted(set(batch) - _recompute(batch, report, skip_locked=True))
    for product_id in busy:
        _recompute([product_id], report, skip_locked=False)
    return report


@transaction.atomic
def _recompute(
    batch: Sequence[int], report: RecomputeReport, *, skip_locked: bool
) -> set[int]:
    locked = lock(batch, skip_locked=skip_locked)
    expected_to_differ = set(_take_refreshes(locked))
    before = _stored_figures(locked)
    write_ratings(locked)
    after = _stored_figures(locked)
    report.products += len(locked)
    report.rated += sum(bool(figures[0]) for figures in after.values())
    report.drifted += [
        product_id
        for product_id in locked
        if product_id in before
        and product_id not in expected_to_differ
        and before[product_id] != after[product_id]
    ]
    return set(locked)


def _stored_figures(product_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    rows = ProductRating.objects.filter(product__in=product_ids).values_list(
        "product_id", "count", "half_star_counts", "mean"
    )
    return {pk: (count, counts, mean) for pk, count, counts, mean in rows}


def refresh_category_ratings() -> None:
    populations, parameters = populations_sql()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            f"""
            INSERT INTO reviews_categoryrating (category_id, count, mean, variance, refreshed_at)
            SELECT now.*, %s FROM ({populations}) now
            ON CONFLICT (category_id) DO UPDATE SET count = excluded.count, mean = excluded.mean,
                variance = excluded.variance, refreshed_at = excluded.refreshed_at
            """,
            [timezone.now(), *parameters],
        )
