"""The figures of products in one SQL statement, with the weights of reviews/scoring.py."""

import datetime
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from products.freshness import product_pages_changed
from products.models import Product
from reviews import scoring
from reviews.models import Review
from reviews_site.lib.postgres.planned import Planned, literal

SUB_RATINGS = ("ease_of_use", "features", "support", "value")


def _published(*columns: str) -> tuple[str, tuple[Any, ...]]:
    """Review.objects.published(), the one definition of what counts, as a subquery."""
    return Review.objects.published().values(*columns).query.sql_with_params()


def populations_now() -> dict[int, scoring.Population]:
    """What refresh_category_ratings() would store, by category."""
    populations, parameters = populations_sql()
    with connection.cursor() as cursor:
        cursor.execute(populations, parameters)
        return {row[0]: scoring.Population(*row[1:]) for row in cursor.fetchall()}


def populations_sql() -> tuple[str, tuple[Any, ...]]:
    """As scoring.population() has it, of the visible products whose primary category it is."""
    published, parameters = _published("product_id", "half_stars")
    visible, status = Product.objects.visible().values("id").query.sql_with_params()
    sql = f"""
        SELECT c.id, count(r.half_stars), avg(r.half_stars)::float8 / 2, var_pop(r.half_stars)::float8 / 4
        FROM products_category c
        LEFT JOIN products_productcategory pc ON pc.category_id = c.id AND pc.position = 0
            AND pc.product_id IN ({visible})
        LEFT JOIN ({published}) r ON r.product_id = pc.product_id
        GROUP BY c.id
        """
    return sql, (*status, *parameters)


def _case(column: str, weights: Mapping[str, float], otherwise: float) -> str:
    whens = " ".join(f"WHEN '{key}' THEN {value!r}" for key, value in weights.items())
    return f"CASE {column} {whens} ELSE {otherwise!r} END::float8"


def _weighs_something(
    column: str, weights: Mapping[str, float], otherwise: float
) -> str:
    named = {key for key, value in weights.items() if (value > 0) != (otherwise > 0)}
    values = ", ".join(f"'{key}'" for key in sorted(named)) or "NULL"
    return f"({column} IN ({values})) IS {'NOT ' if otherwise else ''}TRUE"


# As scoring.weight() has it: what a review weighs for its age, and for all the rest.
_DECAY = (
    "power(0.5::float8, greatest(0, %s::date - (published_at AT TIME ZONE 'UTC')::date) / "
    f"{scoring.HALF_LIFE_DAYS!r}::float8)"
)
_WEIGHTS: dict[str, tuple[Mapping[str, float], float]] = {
    "verification_method": (scoring.METHOD_WEIGHTS, 0.0),
    "relationship": (scoring.RELATIONSHIP_WEIGHTS, 0.0),
    "incentive": (scoring.INCENTIVE_WEIGHTS, scoring.REWARDED_WEIGHT),
    "source": (scoring.SOURCE_WEIGHTS, 0.0),
}
_STANDING = {column: _case(column, *weights) for column, weights in _WEIGHTS.items()}
# All of them: a quarter of the time of computing the weight.
_IS_SCORED = " AND ".join(
    _weighs_something(column, *weights) for column, weights in _WEIGHTS.items()
)
WEIGHT = " * ".join((_DECAY, *_STANDING.values()))
PERSPECTIVES = ", ".join(
    f"'{key}', jsonb_build_object('count', count(*) FILTER (WHERE perspective = '{key}'), "
    f"'mean', avg(half_stars) FILTER (WHERE perspective = '{key}')::float8 / 2)"
    for key in Review.Perspective.values
)
READ = (
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
FIGURES = (
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
    "sums",
    "methods",
    "trend",
)
_JSON = ("perspectives", "sub_ratings", "sums", "methods", "trend")
WRITTEN = (*FIGURES, "as_of", "refreshed_at")
_P = repr(scoring.PRIOR_REVIEWS)
STORED_POPULATIONS = (
    "SELECT category_id, count, mean, variance FROM reviews_categoryrating"
)
_GIVEN_POPULATIONS = (
    "SELECT * FROM unnest(%s::bigint[], %s::int[], %s::float8[], %s::float8[]) "
    "AS given (category_id, count, mean, variance)"
)
# site, prior, tally and scored answer to scoring.pooled, prior_for, effective_n and score; trends to trends.by_quarter.
PRIORS = f"""
categories AS ({{populations}}), site AS (
    SELECT sum(count) AS n, sum(count * mean) / sum(count) AS mean,
        sum(count * (variance + mean * mean)) / sum(count)
            - (sum(count * mean) / sum(count)) ^ 2 AS variance
    FROM categories WHERE count > 0
), prior AS (
    SELECT p.id AS product_id,
        coalesce(c.mean, site.mean, {scoring.DEFAULT_MEAN!r})::float8 AS mean,
        greatest({scoring.MIN_VARIANCE!r}, CASE
            WHEN c.count >= {scoring.MIN_RATINGS_FOR_VARIANCE} THEN c.variance
            WHEN site.n >= {scoring.MIN_RATINGS_FOR_VARIANCE} THEN site.variance
            ELSE {scoring.DEFAULT_VARIANCE!r} END)::float8 AS variance
    FROM products_product p CROSS JOIN site
    LEFT JOIN products_productcategory pc ON pc.product_id = p.id AND pc.position = 0
    LEFT JOIN categories c ON c.category_id = pc.category_id
    WHERE p.id = ANY(%s)
)"""
# Of rows with half_stars, stars and their weight w.
TOTALS = """count(*) AS count, count(*) FILTER (WHERE w > 0) AS scored_count,
        avg(half_stars)::float8 / 2 AS mean,
        sum(w) AS w, sum(w * w) AS ww, sum(w * stars) AS wr, sum(w * stars * stars) AS wrr"""
# From a tally by product that has those totals, and prior.
INTERVALS = f"""
scored AS (
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
)"""
EFFECTIVE_N = "CASE WHEN t.ww > 0 THEN t.w * t.w / t.ww ELSE 0 END"

# --- Of rows that stand for n reviews alike -------------------------------------------------

_HISTOGRAM = ", ".join(
    f"coalesce(sum(n) FILTER (WHERE half_stars = {half_stars}), 0)"
    for half_stars in range(1, 11)
)


def _mean(total: str, count: str) -> str:
    """In exact numbers, as avg() has it."""
    return f"({total}::numeric / nullif({count}, 0))::float8"


def _count_and_mean(key: str, total: str, count: str) -> str:
    return f"'{key}', jsonb_build_object('count', coalesce({count}, 0), 'mean', {_mean(total, count)} / 2)"


_PERSPECTIVES = ", ".join(
    _count_and_mean(key, f"sum(n * half_stars) {its}", f"sum(n) {its}")
    for key in Review.Perspective.values
    for its in [f"FILTER (WHERE perspective = '{key}')"]
)
_SUB_RATINGS = ", ".join(
    _count_and_mean(key, f"sum({key}_total)", f"sum({key}_count)")
    for key in SUB_RATINGS
)
_METHODS = ", ".join(
    f"'{key}', jsonb_build_object('count', coalesce(sum(n) FILTER (WHERE w > 0 AND verification_method = '{key}'), 0), "
    f"'weight', coalesce(sum(w) FILTER (WHERE verification_method = '{key}'), 0))"
    for key in scoring.METHOD_WEIGHTS
)
_SUMS = (
    "'weights', coalesce(sum(w), 0), 'squared_weights', coalesce(sum(ww), 0), "
    "'weighted_stars', coalesce(sum(w * stars), 0), "
    "'weighted_squares', coalesce(sum(w * stars * stars), 0)"
)


def _json(value: dict[str, Any]) -> str:
    """In a statement that is formatted once more."""
    return f"'{json.dumps(value).replace('{', '{{').replace('}', '}}')}'::jsonb"


# Of a product without reviews.
_NO_STARS = "array_fill(0, ARRAY[10])"
_NO_PERSPECTIVES, _NO_SUB_RATINGS = (
    _json({key: {"count": 0, "mean": None} for key in keys})
    for keys in (Review.Perspective.values, SUB_RATINGS)
)
_NO_METHODS = _json({key: {"count": 0, "weight": 0} for key in scoring.METHOD_WEIGHTS})
_NO_SUMS = _json(
    dict.fromkeys(
        ("weights", "squared_weights", "weighted_stars", "weighted_squares"), 0
    )
)
_TOTALS = f"""sum(n)::int AS count, coalesce(sum(n) FILTER (WHERE w > 0), 0)::int AS scored_count,
        {_mean("sum(n * half_stars)", "sum(n)")} / 2 AS mean,
        sum(w) AS w, sum(ww) AS ww, sum(w * stars) AS wr, sum(w * stars * stars) AS wrr"""
_ALIKE = ", ".join(("product_id", "half_stars", "perspective", *_STANDING))
_ASKED_BESIDE = ("would_recommend", *SUB_RATINGS)
_TOTALS_BESIDE = ", ".join(
    f"count({key}) AS {key}_count, sum({key}) AS {key}_total" for key in _ASKED_BESIDE
)
# Each review is read once, from the index review_facets. Those of a product that differ in their day within a quarter
# alone are one row of `groups`, those that differ in their age alone one of `alike`: of ten thousand some hundred are left.
_SELECT = f"""
WITH {PRIORS}, aged AS (
    SELECT {_ALIKE}, {", ".join(_ASKED_BESIDE)}, {_DECAY} AS decay,
        date_trunc('quarter', published_at AT TIME ZONE 'UTC') AS quarter
    FROM ({{published}}) r WHERE product_id = ANY(%s) OFFSET 0
), groups AS (
    SELECT {_ALIKE}, quarter, count(*)::int AS n, sum(decay) AS decay, sum(decay * decay) AS squared_decay,
        {_TOTALS_BESIDE}
    FROM aged GROUP BY {_ALIKE}, quarter
), alike AS (
    SELECT {_ALIKE}, sum(n)::int AS n, sum(decay) AS decay, sum(squared_decay) AS squared_decay
    FROM groups GROUP BY {_ALIKE}
), weighted AS (
    SELECT *, half_stars / 2.0::float8 AS stars, standing * decay AS w, standing * standing * squared_decay AS ww
    FROM (SELECT *, {" * ".join(_STANDING.values())} AS standing FROM alike) standing
), opinions AS (
    SELECT product_id, jsonb_build_object({_SUB_RATINGS}) AS sub_ratings,
        {_mean("sum(would_recommend_total)", "sum(would_recommend_count)")} AS recommend_mean
    FROM groups GROUP BY product_id
), tally AS (
    SELECT product_id, ARRAY[{_HISTOGRAM}]::int[] AS half_star_counts, {_TOTALS},
        jsonb_build_object({_PERSPECTIVES}) AS perspectives,
        jsonb_build_object({_SUMS}) AS sums, jsonb_build_object({_METHODS}) AS methods
    FROM weighted GROUP BY product_id
), quarters AS (
    SELECT product_id, quarter, sum(n) AS n, sum(n * half_stars) AS total
    FROM groups WHERE {_IS_SCORED} GROUP BY product_id, quarter
), trends AS (
    SELECT product_id, jsonb_agg(jsonb_build_object(
        'quarter', to_char(quarter, 'YYYY"-Q"Q'), 'count', n, 'mean', {_mean("total", "n")} / 2)
        ORDER BY quarter) AS trend
    FROM quarters GROUP BY product_id
), {INTERVALS}
SELECT prior.product_id, coalesce(t.half_star_counts, {_NO_STARS}), coalesce(t.count, 0),
    coalesce(t.scored_count, 0), t.mean, i.score, i.low, i.high,
    {EFFECTIVE_N}, prior.mean, prior.variance,
    coalesce(t.perspectives, {_NO_PERSPECTIVES}), coalesce(o.sub_ratings, {_NO_SUB_RATINGS}),
    o.recommend_mean, coalesce(t.sums, {_NO_SUMS}), coalesce(t.methods, {_NO_METHODS}),
    coalesce(trend, '[]')
FROM prior LEFT JOIN trends USING (product_id) LEFT JOIN opinions o USING (product_id)
LEFT JOIN tally t USING (product_id) LEFT JOIN intervals i USING (product_id)
"""
_STATEMENT = f"""
INSERT INTO reviews_productrating (product_id, {", ".join(WRITTEN)})
SELECT figures.*, %s::date, %s::timestamptz FROM ({_SELECT}) figures
ON CONFLICT (product_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in WRITTEN)}
"""


@cache
def _statement() -> str:
    published, parameters = _published(*READ)
    with connection.cursor() as cursor:
        # A plan made before the status is known could not lean on the index of published reviews.
        said = literal(cursor, published, parameters)
    return _STATEMENT.format(published=said, populations=STORED_POPULATIONS)


def write_ratings(product_ids: Sequence[int]) -> None:
    """The caller holds the locks of these products."""
    if not product_ids:
        return
    ids, now = list(product_ids), timezone.now()
    as_of = now.astimezone(datetime.UTC).date()
    statement = _statement()
    with connection.cursor() as cursor:
        cursor.execute(
            # Of one product, planning would take longer than most of them take.
            Planned(statement) if len(ids) == 1 else statement,
            [as_of, now, ids, as_of, ids],
        )
    product_pages_changed(ids)


def figures_as_of(
    as_of: datetime.date,
    product_ids: Sequence[int],
    populations: Mapping[int, scoring.Population],
) -> dict[int, dict[str, Any]]:
    """By product what would be stored on that day, leaning on these categories; stores nothing."""
    ids, published = list(product_ids), _published(*READ)
    categories: list[list[Any]] = [
        list(populations),
        [p.count for p in populations.values()],
        [p.mean for p in populations.values()],
        [p.variance for p in populations.values()],
    ]
    sql = _SELECT.format(published=published[0], populations=_GIVEN_POPULATIONS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*categories, ids, as_of, *published[1], ids])
        return {row[0]: _figures(row[1:]) for row in cursor.fetchall()}


def _figures(row: Sequence[Any]) -> dict[str, Any]:
    """A cursor of Django's leaves JSON as text."""
    named = dict(zip(FIGURES, row, strict=True))
    return named | {name: json.loads(named[name]) for name in _JSON}
