"""The same figures from the rows in plain Python, by reviews/scoring.py alone."""

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from reviews import scoring, trends
from reviews.models import ProductRating, RatingRefresh, Review
from reviews.ratings.locking import batches, lock
from reviews.ratings.statement import READ, SUB_RATINGS

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
    for batch in batches(product_ids):
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
    locked = lock(batch)
    rows: dict[int, list[Review]] = {}
    for review in Review.objects.published().filter(product__in=locked).only(*READ):
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
        "sums": {
            "weights": math.fsum(r.weight for r in rated),
            "squared_weights": math.fsum(r.weight**2 for r in rated),
            "weighted_stars": math.fsum(r.weight * r.stars for r in rated),
            "weighted_squares": math.fsum(r.weight * r.stars**2 for r in rated),
        },
        "methods": {
            method: _count_and_weight(
                one.weight
                for one, review in zip(rated, reviews, strict=True)
                if review.verification_method == method
            )
            for method in scoring.METHOD_WEIGHTS
        },
        "trend": trends.by_quarter(
            (published_on(review), one.stars)
            for one, review in zip(rated, reviews, strict=True)
            if one.weight > 0
        ),
    }


def published_on(review: Review) -> datetime.date:
    assert review.published_at is not None
    return review.published_at.astimezone(datetime.UTC).date()


def review_weight(review: Review, as_of: datetime.date) -> float:
    return review_factors(review, as_of).weight


def review_factors(review: Review, as_of: datetime.date) -> scoring.Factors:
    return scoring.factors(
        age_days=(as_of - published_on(review)).days,
        method=review.verification_method,
        relationship=review.relationship,
        incentive=review.incentive,
        source=review.source,
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _count_and_mean(values: Sequence[float]) -> dict[str, Any]:
    return {"count": len(values), "mean": _mean(values)}


def _count_and_weight(weights: Iterable[float]) -> dict[str, Any]:
    carried = [weight for weight in weights if weight > 0]
    return {"count": len(carried), "weight": math.fsum(carried)}


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
    if isinstance(expected, list):
        return len(stored) == len(expected) and all(map(_same, stored, expected))
    if isinstance(expected, float) and stored is not None:
        return abs(stored - expected) <= TOLERANCE
    return bool(stored == expected)
