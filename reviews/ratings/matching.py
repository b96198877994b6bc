"""The same figures from some of the published reviews only: those that a reader's filter leaves.

Stored ratings can't answer that. Each product is looked up in the index review_facets, which holds all that is read
here; the lookups stand in a LATERAL that ends in OFFSET 0, since Postgres would turn anything else into one scan over
all reviews as soon as a category is large. What counts as a match is for reviews/coarsening.py to say: a hidden facet
is none.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from reviews.coarsening import shown_among, shown_value
from reviews.models import Review
from reviews.ratings.statement import (
    EFFECTIVE_N,
    INTERVALS,
    PERSPECTIVES,
    PRIORS,
    STORED_POPULATIONS,
    TOTALS,
    WEIGHT,
)

Choices = Mapping[str, Sequence[str]]
"""Name of a facet to the values that match."""


@dataclass(frozen=True, slots=True)
class Figures:
    product_id: int
    count: int
    scored_count: int
    mean: float
    score: float | None
    interval_low: float | None
    interval_high: float | None
    effective_n: float


# What the weight is made of.
_WEIGHED = (
    "product_id",
    "half_stars",
    "published_at",
    "verification_method",
    "relationship",
    "incentive",
    "source",
)
_FIGURES = f"""
WITH {PRIORS.format(populations=STORED_POPULATIONS)}, tally AS (
    SELECT one.id AS product_id, totals.* FROM unnest(%s::bigint[]) AS one (id) CROSS JOIN LATERAL (
        SELECT {TOTALS} FROM (
            SELECT half_stars, half_stars / 2.0::float8 AS stars, {WEIGHT} AS w
            FROM ({{published}}) r WHERE product_id = one.id OFFSET 0
        ) weighted
    ) totals WHERE totals.count > 0
), {INTERVALS}
SELECT t.product_id, t.count, t.scored_count, t.mean, i.score, i.low, i.high, {EFFECTIVE_N}
FROM tally t LEFT JOIN intervals i USING (product_id)
ORDER BY i.score DESC NULLS LAST, t.product_id DESC
"""


def figures_of_matching(
    product_ids: Sequence[int], chosen: Choices, as_of: datetime.date
) -> list[Figures]:
    """Of the products that have a matching review; best score first, those without one last."""
    ids = list(product_ids)
    published, parameters = _published(shown_among(**chosen), *_WEIGHED)
    with connection.cursor() as cursor:
        cursor.execute(
            _FIGURES.format(published=published), [ids, ids, as_of, *parameters]
        )
        return [Figures(*row) for row in cursor.fetchall()]


_PERSPECTIVES = f"""
SELECT one.id, by.perspectives FROM unnest(%s::bigint[]) AS one (id) CROSS JOIN LATERAL (
    SELECT jsonb_build_object({PERSPECTIVES}) AS perspectives
    FROM ({{published}}) r WHERE product_id = one.id
) by
"""


def perspectives_of_matching(
    product_ids: Sequence[int], chosen: Choices
) -> dict[int, dict[str, Any]]:
    """As ProductRating.perspectives has them, by product."""
    columns = ("product_id", "half_stars", "perspective")
    published, parameters = _published(shown_among(**chosen), *columns)
    with connection.cursor() as cursor:
        sql = _PERSPECTIVES.format(published=published)
        cursor.execute(sql, [list(product_ids), *parameters])
        return {pk: json.loads(found) for pk, found in cursor.fetchall()}


@dataclass(frozen=True)
class Remaining:
    total: int
    matching: int
    # By facet and value: the reviews that would be left if it were the only choice of its facet.
    by_choice: dict[str, dict[str, int]]


def remaining_by_choice(
    product_ids: Sequence[int], facets: Sequence[str], chosen: Choices
) -> Remaining:
    """One pass: each review knows which facets it misses, and counts for a facet if it misses no other."""
    published, parameters = _published(
        Q(),
        "product_id",
        missed=_missed(facets, chosen),
        **{f"shown_{name}": shown_value(name) for name in facets},
    )
    columns = [f"shown_{name}" for name in facets]
    sql = f"""
        SELECT grouping({", ".join(columns)}), coalesce({", ".join(columns)}), missed, count(*)
        FROM unnest(%s::bigint[]) AS one (id)
        CROSS JOIN LATERAL (SELECT * FROM ({published}) r WHERE product_id = one.id OFFSET 0) shown
        GROUP BY GROUPING SETS ((missed), {", ".join(f"({name}, missed)" for name in columns)})
        """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(product_ids), *parameters])
        return _sum_up(facets, cursor.fetchall())


def _sum_up(
    facets: Sequence[str], rows: Sequence[tuple[int, str | None, int, int]]
) -> Remaining:
    everything = 2 ** len(facets) - 1
    # Of grouping(), the first column is the highest bit, and a bit that is not set tells what was grouped by.
    facet_of = {
        everything - 2 ** (len(facets) - 1 - place): (name, 2**place)
        for place, name in enumerate(facets)
    }
    total = matching = 0
    by_choice: dict[str, dict[str, int]] = {name: {} for name in facets}
    for grouped, value, missed, count in rows:
        if grouped == everything:
            total += count
            matching += count if missed == 0 else 0
        else:
            name, bit = facet_of[grouped]
            if value and missed in (0, bit):
                by_choice[name][value] = by_choice[name].get(value, 0) + count
    return Remaining(total, matching, by_choice)


def _missed(facets: Sequence[str], chosen: Choices) -> Combinable:
    """One bit for each facet whose choice the review doesn't match."""
    bits: Combinable = Value(0, IntegerField())
    for place, name in enumerate(facets):
        if name in chosen:
            matches = When(shown_among(**{name: chosen[name]}), then=Value(0))
            bits = bits + Case(matches, default=Value(2**place))
    return bits


def _published(
    condition: Q, *columns: str, **named: Combinable
) -> tuple[str, tuple[Any, ...]]:
    rows = Review.objects.published().filter(condition).annotate(**named)
    return rows.values(*columns, *named).query.sql_with_params()
