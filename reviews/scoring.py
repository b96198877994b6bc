"""The score of a product, as docs/scoring.md explains it; pure functions, ratings in stars (0.5 to 5).

reviews/ratings.py does the same in SQL with the constants of this module; `check_ratings` compares the two.
Nothing but the standard library: reviews/recompute.py runs it on the public data, without Django.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# A rating of one year ago counts half as much as one of today.
HALF_LIFE_DAYS = 365.0
METHOD_WEIGHTS = {
    "proof_of_use": 1.0,
    "work_email": 0.8,
    "linkedin": 0.8,
    "openid": 0.8,
}
# Partners, resellers and consultants are shown and labelled, and not scored.
RELATIONSHIP_WEIGHTS = {"customer": 1.0}
INCENTIVE_WEIGHTS = {"none": 1.0}
REWARDED_WEIGHT = 0.8
SOURCE_WEIGHTS = {"organic": 1.0, "invited": 1.0}

# The score starts as if this many fresh, fully verified reviews gave the category's mean.
PRIOR_REVIEWS = 7.0
MIN_REVIEWS = 3
DEFAULT_MEAN = 3.5
DEFAULT_VARIANCE = 1.0
# Fewer ratings than this say little about how far opinions in a category lie apart.
MIN_RATINGS_FOR_VARIANCE = 30
# Half a star, the step of the scale, squared: agreement alone never makes an interval a point.
MIN_VARIANCE = 0.25
# The 95th percentile of the standard normal distribution: 90 % lies between ±z.
Z_90 = 1.6448536269514722
LOWEST, HIGHEST = 0.5, 5.0


@dataclass(frozen=True)
class Prior:
    mean: float
    variance: float


@dataclass(frozen=True)
class Rated:
    """One published rating and its weight."""

    stars: float
    weight: float


@dataclass(frozen=True)
class Score:
    score: float
    low: float
    high: float
    effective_n: float


@dataclass(frozen=True)
class Factors:
    """What the weight of one review is the product of; each 0 to 1."""

    age: float
    method: float
    relationship: float
    incentive: float
    source: float

    @property
    def weight(self) -> float:
        return self.age * self.method * self.relationship * self.incentive * self.source


def factors(
    *, age_days: float, method: str, relationship: str, incentive: str, source: str
) -> Factors:
    """An age below zero (a clock that was ahead) counts as zero."""
    return Factors(
        age=0.5 ** (max(age_days, 0.0) / HALF_LIFE_DAYS),
        method=METHOD_WEIGHTS.get(method, 0.0),
        relationship=RELATIONSHIP_WEIGHTS.get(relationship, 0.0),
        incentive=INCENTIVE_WEIGHTS.get(incentive, REWARDED_WEIGHT),
        source=SOURCE_WEIGHTS.get(source, 0.0),
    )


def weight(
    *, age_days: float, method: str, relationship: str, incentive: str, source: str
) -> float:
    return factors(
        age_days=age_days,
        method=method,
        relationship=relationship,
        incentive=incentive,
        source=source,
    ).weight


def effective_n(weights: Iterable[float]) -> float:
    """Kish's effective sample size (Survey Sampling, 1965, §11.7): how many equal reviews would say as much."""
    weights = list(weights)
    squares = math.fsum(w * w for w in weights)
    return math.fsum(weights) ** 2 / squares if squares else 0.0


def score(ratings: Sequence[Rated], prior: Prior) -> Score | None:
    """None under MIN_REVIEWS ratings that carry weight."""
    scored = [rated for rated in ratings if rated.weight > 0]
    if len(scored) < MIN_REVIEWS:
        return None
    total = PRIOR_REVIEWS + math.fsum(rated.weight for rated in scored)
    weighted = math.fsum(rated.weight * rated.stars for rated in scored)
    value = (PRIOR_REVIEWS * prior.mean + weighted) / total
    margin = Z_90 * _standard_error(scored, prior, value, total)
    return Score(
        score=value,
        low=max(LOWEST, value - margin),
        high=min(HIGHEST, value + margin),
        effective_n=effective_n(rated.weight for rated in scored),
    )


def _standard_error(
    scored: Sequence[Rated], prior: Prior, value: float, total: float
) -> float:
    """Of the score, the prior taken as PRIOR_REVIEWS reviews of weight 1 that lie apart as the category's do.

    √(v / n), n being Kish's effective size of the prior's reviews and these together.
    """
    spread = math.fsum(r.weight * (r.stars - value) ** 2 for r in scored)
    variance = (PRIOR_REVIEWS * prior.variance + spread) / total
    squares = PRIOR_REVIEWS + math.fsum(r.weight**2 for r in scored)
    return math.sqrt(variance * squares) / total


@dataclass(frozen=True)
class Population:
    """The published ratings of a category, or of the whole site; mean and variance are None where there are none."""

    count: int = 0
    mean: float | None = None
    variance: float | None = None


def population(half_star_counts: Sequence[int]) -> Population:
    """Of ratings counted by 1 to 10 half stars; in whole numbers, hence exact but for the last division."""
    count = sum(half_star_counts)
    if not count:
        return Population()
    total = sum(n * half for half, n in enumerate(half_star_counts, start=1))
    squares = sum(n * half * half for half, n in enumerate(half_star_counts, start=1))
    variance = (count * squares - total * total) / (count * count)
    return Population(count, total / count / 2, variance / 4)


def pooled(categories: Iterable[Population]) -> Population:
    """All ratings of all categories as one population."""
    rated = [(c.count, c.mean, c.variance) for c in categories if c.count]
    count = sum(n for n, _, _ in rated)
    if not count:
        return Population()
    mean = math.fsum(n * (m or 0.0) for n, m, _ in rated) / count
    square = math.fsum(n * ((v or 0.0) + (m or 0.0) ** 2) for n, m, v in rated) / count
    return Population(count, mean, square - mean**2)


def prior_for(
    *,
    mean: float | None,
    variance: float | None,
    count: int,
    site_mean: float | None,
    site_variance: float | None,
    site_count: int,
) -> Prior:
    """The category's figures where it has them, else those of the whole site, else the defaults."""
    if variance is None or count < MIN_RATINGS_FOR_VARIANCE:
        enough = site_variance is not None and site_count >= MIN_RATINGS_FOR_VARIANCE
        variance = site_variance if enough else DEFAULT_VARIANCE
    if mean is None:
        mean = site_mean if site_mean is not None else DEFAULT_MEAN
    assert variance is not None
    return Prior(mean=mean, variance=max(MIN_VARIANCE, variance))


def parameters() -> dict[str, Any]:
    """All that a score depends on besides the reviews."""
    return {
        "half_life_days": HALF_LIFE_DAYS,
        "method_weights": METHOD_WEIGHTS,
        "relationship_weights": RELATIONSHIP_WEIGHTS,
        "incentive_weights": INCENTIVE_WEIGHTS,
        "rewarded_weight": REWARDED_WEIGHT,
        "source_weights": SOURCE_WEIGHTS,
        "prior_reviews": PRIOR_REVIEWS,
        "min_reviews": MIN_REVIEWS,
        "default_mean": DEFAULT_MEAN,
        "default_variance": DEFAULT_VARIANCE,
        "min_ratings_for_variance": MIN_RATINGS_FOR_VARIANCE,
        "min_variance": MIN_VARIANCE,
        "z_90": Z_90,
        "lowest": LOWEST,
        "highest": HIGHEST,
    }
