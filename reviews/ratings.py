"""The one writer of ProductRating and CategoryRating.

A single product and all products go through the same statement, so the two can't drift apart; its weights come from
reviews/scoring.py. Lock first, then read, then write: what is read before the lock may be stale when it is written.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from products.models import Product
from reviews import scoring
from reviews.models import ProductRating, RatingRefresh, Review

SUB_RATINGS = ("ease_of_use", "features", "support", "value")
# A batch holds the locks of its products for a fraction of a second.
BATCH = 2_000


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
        served = _take_refreshes(_lock([product_id]))
        _write_ratings(served)
    return bool(served)


def serve_left_over_refreshes() -> int:
    """What a lost hint left behind; returns how many products. Those that are locked are being served."""
    waiting = sorted(
        set(RatingRefresh.objects.values_list("product_id", flat=True).distinct())
    )
    served = 0
    for batch in _batches(waiting):
        cache.delete_many([hint_key(product_id) for product_id in batch])
        with transaction.atomic():
            taken = _take_refreshes(_lock(batch, skip_locked=True))
            _write_ratings(taken)
        served += len(taken)
    return served


def refresh_product_rating(product_id: int) -> None:
    """Whether or not somebody asked for it. A product that is gone is no error."""
    with transaction.atomic():
        locked = _lock([product_id])
        _take_refreshes(locked)
        _write_ratings(locked)


def _lock(product_ids: Sequence[int], *, skip_locked: bool = False) -> list[int]:
    rows = Product.objects.select_for_update(no_key=True, skip_locked=skip_locked)
    return list(
        rows.filter(pk__in=product_ids).order_by("pk").values_list("pk", flat=True)
    )


def _take_refreshes(product_ids: Sequence[int]) -> list[int]:
    """Deletes the wishes that can be seen now: their changes are committed, so the next statement reads them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reviews_ratingrefresh WHERE product_id = ANY(%s) RETURNING product_id",
            [list(product_ids)],
        )
        return sorted({row[0] for row in cursor.fetchall()})


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


# --- Everything -----------------------------------------------------------------------------


def recompute_all_ratings() -> RecomputeReport:
    """The means of the categories first, which the scores lean on; then every product, batch by batch."""
    refresh_category_ratings()
    report = RecomputeReport()
    busy: list[int] = []
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for batch in _batches(ids):
        # Waiting for a second lock while holding others could deadlock with an import.
        busy += sorted(set(batch) - _recompute(batch, report, skip_locked=True))
    for product_id in busy:
        _recompute([product_id], report, skip_locked=False)
    return report


@transaction.atomic
def _recompute(
    batch: Sequence[int], report: RecomputeReport, *, skip_locked: bool
) -> set[int]:
    locked = _lock(batch, skip_locked=skip_locked)
    expected_to_differ = set(_take_refreshes(locked))
    before = _stored_figures(locked)
    _write_ratings(locked)
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
    published, parameters = _published("product_id", "half_stars")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            f"""
            INSERT INTO reviews_categoryrating (category_id, count, mean, variance, refreshed_at)
            SELECT c.id, count(r.half_stars), avg(r.half_stars)::float8 / 2,
                var_pop(r.half_stars)::float8 / 4, %s
            FROM products_category c
            LEFT JOIN products_productcategory pc ON pc.category_id = c.id AND pc.position = 0
            LEFT JOIN ({published}) r ON r.product_id = pc.product_id
            GROUP BY c.id
            ON CONFLICT (category_id) DO UPDATE SET count = excluded.count, mean = excluded.mean,
                variance = excluded.variance, refreshed_at = excluded.refreshed_at
            """,
            [timezone.now(), *parameters],
        )


# --- The statement --------------------------------------------------------------------------


def _published(*columns: str) -> tuple[str, tuple[Any, ...]]:
    """Review.objects.published(), the one definition of what counts, as a subquery."""
    return Review.objects.published().values(*columns).query.sql_with_params()


def _case(column: str, weights: Mapping[str, float], otherwise: float) -> str:
    whens = " ".join(f"WHEN '{key}' THEN {value!r}" for key, value in weights.items())
    return f"CASE {column} {whens} ELSE {otherwise!r} END::float8"


# As scoring.weight() has it.
_WEIGHT = " * ".join(
    (
        f"power(0.5::float8, greatest(0, %s - (published_at AT TIME ZONE 'UTC')::date) / {scoring.HALF_LIFE_DAYS!r}::float8)",
        _case("verification_method", scoring.METHOD_WEIGHTS, 0.0),
        _case("relationship", scoring.RELATIONSHIP_WEIGHTS, 0.0),
        _case("incentive", scoring.INCENTIVE_WEIGHTS, scoring.REWARDED_WEIGHT),
        _case("source", scoring.SOURCE_WEIGHTS, 0.0),
    )
)
_HISTOGRAM = ", ".join(
    f"count(*) FILTER (WHERE half_stars = {half_stars})" for half_stars in range(1, 11)
)
_PERSPECTIVES = ", ".join(
    f"'{key}', jsonb_build_object('count', count(*) FILTER (WHERE perspective = '{key}'), "
    f"'mean', avg(half_stars) FILTER (WHERE perspective = '{key}')::float8 / 2)"
    for key in Review.Perspective.values
)
_SUB_RATINGS = ", ".join(
    f"'{key}', jsonb_build_object('count', count({key}), 'mean', avg({key})::float8 / 2)"
    for key in SUB_RATINGS
)
_READ = (
    "product_id",
    "half_stars",
    "would_recommend",
    "perspective",
    "published_at",
    "verification_method",
    "relationship",
    "incentive",
    "source",
    *SUB_RATINGS,
)
_WRITTEN = (
    "half_star_counts",
    "count",
    "scored_count",
    "mean",
    "score",
    "interval_low",
    "interval_high",
    "effective_n",
    "prior_mean",
    "prior_variance",
    "perspectives",
    "sub_ratings",
    "recommend_mean",
    "as_of",
    "refreshed_at",
)
_P = repr(scoring.PRIOR_REVIEWS)
# site, prior, tally and scored answer to scoring.prior_for, Prior, effective_n and score.
# Compiling it just in time costs half a second a batch and saves nothing.
_STATEMENT = f"""
SET LOCAL jit = off;
WITH site AS (
    SELECT sum(count) AS n, sum(count * mean) / sum(count) AS mean,
        sum(count * (variance + mean * mean)) / sum(count)
            - (sum(count * mean) / sum(count)) ^ 2 AS variance
    FROM reviews_categoryrating WHERE count > 0
), prior AS (
    SELECT p.id AS product_id,
        coalesce(c.mean, site.mean, {scoring.DEFAULT_MEAN!r})::float8 AS mean,
        greatest({scoring.MIN_VARIANCE!r}, CASE
            WHEN c.count >= {scoring.MIN_RATINGS_FOR_VARIANCE} THEN c.variance
            WHEN site.n >= {scoring.MIN_RATINGS_FOR_VARIANCE} THEN site.variance
            ELSE {scoring.DEFAULT_VARIANCE!r} END)::float8 AS variance
    FROM products_product p CROSS JOIN site
    LEFT JOIN products_productcategory pc ON pc.product_id = p.id AND pc.position = 0
    LEFT JOIN reviews_categoryrating c ON c.category_id = pc.category_id
    WHERE p.id = ANY(%s)
), weighted AS (
    SELECT r.*, half_stars / 2.0::float8 AS stars, {_WEIGHT} AS w
    FROM ({{published}}) r WHERE product_id = ANY(%s)
), tally AS (
    SELECT product_id, ARRAY[{_HISTOGRAM}]::int[] AS half_star_counts, count(*) AS count,
        count(*) FILTER (WHERE w > 0) AS scored_count, avg(half_stars)::float8 / 2 AS mean,
        sum(w) AS w, sum(w * w) AS ww, sum(w * stars) AS wr, sum(w * stars * stars) AS wrr,
        jsonb_build_object({_PERSPECTIVES}) AS perspectives,
        jsonb_build_object({_SUB_RATINGS}) AS sub_ratings,
        avg(would_recommend)::float8 AS recommend_mean
    FROM weighted GROUP BY product_id
), scored AS (
    SELECT t.*, ({_P} * prior.mean + wr) / ({_P} + w) AS score
    FROM tally t JOIN prior USING (product_id) WHERE scored_count >= {scoring.MIN_REVIEWS}
), margins AS (
    SELECT s.*, {scoring.Z_90!r} / ({_P} + w) * sqrt(
        ({_P} * prior.variance + greatest(0, wrr - 2 * score * wr + score * score * w)) / ({_P} + w)
        * ({_P} + ww)) AS margin
    FROM scored s JOIN prior USING (product_id)
), intervals AS (
    SELECT product_id, score, greatest({scoring.LOWEST!r}, score - margin) AS low,
        least({scoring.HIGHEST!r}, score + margin) AS high
    FROM margins
), nothing AS (
    SELECT ARRAY[{_HISTOGRAM}]::int[] AS half_star_counts,
        jsonb_build_object({_PERSPECTIVES}) AS perspectives,
        jsonb_build_object({_SUB_RATINGS}) AS sub_ratings
    FROM weighted WHERE false
)
INSERT INTO reviews_productrating (product_id, {", ".join(_WRITTEN)})
SELECT prior.product_id, coalesce(t.half_star_counts, nothing.half_star_counts), coalesce(t.count, 0),
    coalesce(t.scored_count, 0), t.mean, i.score, i.low, i.high,
    CASE WHEN t.ww > 0 THEN t.w * t.w / t.ww ELSE 0 END, prior.mean, prior.variance,
    coalesce(t.perspectives, nothing.perspectives), coalesce(t.sub_ratings, nothing.sub_ratings),
    t.recommend_mean, %s, %s
FROM prior CROSS JOIN nothing
LEFT JOIN tally t USING (product_id) LEFT JOIN intervals i USING (product_id)
ON CONFLICT (product_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _WRITTEN)}
"""


def _write_ratings(product_ids: Sequence[int]) -> None:
    """The caller holds the locks of these products."""
    if not product_ids:
        return
    ids, now = list(product_ids), timezone.now()
    as_of = now.astimezone(datetime.UTC).date()
    published, parameters = _published(*_READ)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT.format(published=published),
            [ids, as_of, *parameters, ids, as_of, now],
        )


# --- The same, from the rows, in plain Python ------------------------------------------------

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Difference:
    product_id: int
    field: str
    stored: Any
    expected: Any


@dataclass
class CheckReport:
    checked: int = 0
    # Their reviews changed and the worker has not come to them yet.
    waiting: int = 0
    differences: list[Difference] = field(default_factory=list)


def check_ratings(product_ids: Sequence[int]) -> CheckReport:
    """Recomputes each stored rating as of its own day and prior, by scoring.py alone."""
    report = CheckReport()
    for batch in _batches(product_ids):
        ratings, rows, waiting = _read_consistently(batch)
        report.waiting += len(waiting)
        for rating in ratings:
            if rating.product_id not in waiting:
                report.checked += 1
                report.differences += _differences(
                    rating, rows.get(rating.product_id, [])
                )
    return report


@transaction.atomic
def _read_consistently(
    batch: Sequence[int],
) -> tuple[list[ProductRating], dict[int, list[Review]], set[int]]:
    """Under the locks no rating is written; a review that changes between the reads has its wish in `waiting`."""
    locked = _lock(batch)
    rows: dict[int, list[Review]] = {}
    for review in Review.objects.published().filter(product__in=locked).only(*_READ):
        rows.setdefault(review.product_id, []).append(review)
    ratings = list(ProductRating.objects.filter(product__in=locked))
    wishes = RatingRefresh.objects.filter(product__in=locked)
    return ratings, rows, set(wishes.values_list("product_id", flat=True))


def expected_figures(
    reviews: Sequence[Review], *, as_of: datetime.date, prior: scoring.Prior
) -> dict[str, Any]:
    """What ProductRating should hold for these published reviews."""
    rated = [
        scoring.Rated(review.stars, review_weight(review, as_of)) for review in reviews
    ]
    score = scoring.score(rated, prior)
    stars = [review.stars for review in reviews]
    return {
        "half_star_counts": [
            sum(review.half_stars == n for review in reviews) for n in range(1, 11)
        ],
        "count": len(reviews),
        "scored_count": sum(r.weight > 0 for r in rated),
        "mean": _mean(stars),
        "score": score and score.score,
        "interval_low": score and score.low,
        "interval_high": score and score.high,
        "effective_n": scoring.effective_n(r.weight for r in rated),
        "perspectives": {
            key: _count_and_mean([r.stars for r in reviews if r.perspective == key])
            for key in Review.Perspective.values
        },
        "sub_ratings": {
            key: _count_and_mean(
                [getattr(r, key) / 2 for r in reviews if getattr(r, key) is not None]
            )
            for key in SUB_RATINGS
        },
        "recommend_mean": _mean([review.would_recommend for review in reviews]),
    }


def review_weight(review: Review, as_of: datetime.date) -> float:
    assert review.published_at is not None
    published_on = review.published_at.astimezone(datetime.UTC).date()
    return scoring.weight(
        age_days=(as_of - published_on).days,
        method=review.verification_method,
        relationship=review.relationship,
        incentive=review.incentive,
        source=review.source,
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _count_and_mean(values: Sequence[float]) -> dict[str, Any]:
    return {"count": len(values), "mean": _mean(values)}


def _differences(
    rating: ProductRating, reviews: Sequence[Review]
) -> Iterable[Difference]:
    prior = scoring.Prior(rating.prior_mean, rating.prior_variance)
    expected = expected_figures(reviews, as_of=rating.as_of, prior=prior)
    for name, value in expected.items():
        stored = getattr(rating, name)
        if not _same(stored, value):
            yield Difference(rating.product_id, name, stored, value)


def _same(stored: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return stored.keys() == expected.keys() and all(
            _same(stored[key], expected[key]) for key in expected
        )
    if isinstance(expected, float) and stored is not None:
        return abs(stored - expected) <= TOLERANCE
    return bool(stored == expected)
