"""What real reviews of software look like, in numbers.

Measured on public reviews of business software in 2026: several review sites, thousands of reviews; no text was taken. Where
sources differ, the value is our judgement between invited business reviews and unsolicited ones.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from random import Random
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

# Whole stars, and how each is split into halves (4.4 and 4.5 stars fall under 5).
STAR_SHARES = {1: 0.05, 2: 0.04, 3: 0.08, 4: 0.31, 5: 0.52}
HALF_STAR_SHARES = (0.02, 0.03, 0.015, 0.025, 0.03, 0.05, 0.09, 0.22, 0.20, 0.32)
# Between products: 0.2 stars on one site, 0.6 to 0.8 on others. As a share of the variance of the latent liking.
PRODUCT_SHARE_OF_VARIANCE = 0.22

# Reviews per product: none for 40 %, else lognormal. `mu` is 2.3 on sites at large; a demo scales it to its size.
NO_REVIEWS_SHARE = 0.4
REVIEWS_SIGMA = 1.8
MOST_REVIEWS = 5_000

# Characters: medians and the spread of their logarithms; long pros go with long cons.
PROS_MU, PROS_SIGMA = math.log(180), 0.60
CONS_MU, CONS_SIGMA = math.log(125), 0.63
# 0.39 measured; whole sentences blur it, so the lengths to aim at agree more.
PROS_CONS_CORRELATION = 0.85
HEADLINE_MEDIAN, HEADLINE_MAX = 38, 100

# Latent correlation with the overall rating that leaves about 0.52 after rounding to half stars.
SUB_RATING_CORRELATION = 0.62
SUB_RATING_FILL = {
    "ease_of_use": 0.95,
    "features": 0.90,
    "support": 0.715,
    "value": 0.734,
}
ANSWER_FILL = {
    "use_case": 0.63,
    "how_it_helped": 0.55,
    "most_valuable": 0.36,
    "needs_improvement": 0.30,
    "stability": 0.22,
    "scalability": 0.16,
    "support": 0.24,
    "previous_solution": 0.10,
    "setup": 0.22,
    "roi": 0.10,
    "pricing": 0.14,
    "alternatives": 0.06,
    "advice": 0.193,
}

USAGE_DURATION = {
    "trial": 0.06,
    "under_6_months": 0.20,
    "under_1_year": 0.26,
    "under_2_years": 0.25,
    "over_2_years": 0.23,
}
ANONYMOUS_SHARE = 0.16
INVITED_SHARE = 0.55
INCENTIVE = {"none": 0.72, "gift": 0.20, "discount": 0.03, "donation": 0.04, "other": 0.01}  # fmt: skip
RELATIONSHIP = {"customer": 0.93, "partner": 0.03, "reseller": 0.02, "consultant": 0.02}
VERIFICATION = {"work_email": 0.78, "linkedin": 0.12, "proof_of_use": 0.10}
PERSPECTIVE = {"buyer": 0.24, "end_user": 0.46, "administrator": 0.30}
# How far buyers and end users disagree differs between products: the spread of that disagreement.
PERSPECTIVE_TILT_SIGMA = 0.45

# Share of a product's reviews in its busiest month, and on Saturday and Sunday together.
BUSIEST_MONTH_SHARE = 0.17
WEEKEND_SHARE = 0.05
YEARS = 6
CURLY_QUOTES_SHARE = 0.03
NEWLINE_SHARE = 0.16

_NORMAL = NormalDist()
_CUMULATIVE = [sum(HALF_STAR_SHARES[: n + 1]) for n in range(10)]
# Latent liking below the first threshold is half a star, above the last one five stars.
HALF_STAR_THRESHOLDS = [_NORMAL.inv_cdf(share) for share in _CUMULATIVE[:9]]


def half_stars_for(liking: float) -> int:
    """`liking` is standard normal; the shares come out as above."""
    return bisect_left(HALF_STAR_THRESHOLDS, liking) + 1


def half_stars_by_rank(likings: Sequence[float]) -> list[int]:
    """The same with exact shares: the order of the likings decides."""
    order = sorted(range(len(likings)), key=likings.__getitem__)
    half_stars = [0] * len(likings)
    for rank, index in enumerate(order):
        half_stars[index] = bisect_left(_CUMULATIVE, (rank + 0.5) / len(likings)) + 1
    return [min(10, value) for value in half_stars]


def correlated(base: float, correlation: float, rng: Random) -> float:
    return correlation * base + math.sqrt(1 - correlation**2) * rng.gauss(0, 1)


def weighted(shares: Mapping[T, float], rng: Random) -> T:
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def review_counts(
    products: int, total: int, rng: Random, most: int = MOST_REVIEWS
) -> list[int]:
    """How many reviews each product gets, most first; together `total`, or as many as `most` for each allows."""
    total = min(total, products * most)
    draws = [
        rng.gauss(0, 1) if rng.random() >= NO_REVIEWS_SHARE else None
        for _ in range(products)
    ]
    reviewed = sorted((z for z in draws if z is not None), reverse=True)
    if not reviewed:
        reviewed = [0.0]
    counts = _counts(_fitting_mu(reviewed, total, most), reviewed, most)
    counts += [0] * (products - len(counts))
    _spread_difference(counts, total, most)
    return counts


def _counts(mu: float, draws: Sequence[float], most: int) -> list[int]:
    return [min(most, math.ceil(math.exp(mu + REVIEWS_SIGMA * z))) for z in draws]


def _fitting_mu(draws: Sequence[float], total: int, most: int) -> float:
    low, high = -8.0, 12.0
    for _ in range(40):
        middle = (low + high) / 2
        if sum(_counts(middle, draws, most)) > total:
            high = middle
        else:
            low = middle
    return low


def _spread_difference(counts: list[int], total: int, most: int) -> None:
    """Rounding left a few too many or too few: one each, from the most reviewed down, and again where that isn't enough."""
    difference = total - sum(counts)
    while difference:
        step = 1 if difference > 0 else -1
        for position, count in enumerate(counts):
            if difference and 0 <= count + step <= most:
                counts[position] += step
                difference -= step


def text_lengths(rng: Random) -> tuple[float, float]:
    """Characters of pros and cons to aim at."""
    z = rng.gauss(0, 1)
    pros = math.exp(PROS_MU + PROS_SIGMA * z)
    cons = math.exp(CONS_MU + CONS_SIGMA * correlated(z, PROS_CONS_CORRELATION, rng))
    return pros, cons
