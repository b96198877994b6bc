"""Where buyers, users and administrators differ most; pure functions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from reviews.cards import SUB_RATINGS
from reviews.scoring import MIN_VARIANCE, Z_90
from reviews.voice.statement import Counted

# Fewer reviews of one side say nothing about it.
ENOUGH = 5
MOST_DIFFERENCES = 6
# A point, as the page rounds it: the interval must lie beyond.
LEAST_DIFFERENCE = 0.01
RATINGS = ("overall", *SUB_RATINGS)


@dataclass(frozen=True)
class Difference:
    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        return self.low > 0 or self.high < 0


def of_shares(count_1: int, of_1: int, count_2: int, of_2: int) -> Difference:
    """Of two shares, with a 90 % interval after Agresti and Caffo: one review more that says so and one that doesn't."""
    p, q = (count_1 + 1) / (of_1 + 2), (count_2 + 1) / (of_2 + 2)
    margin = Z_90 * math.sqrt(p * (1 - p) / (of_1 + 2) + q * (1 - q) / (of_2 + 2))
    low, high = max(-1.0, p - q - margin), min(1.0, p - q + margin)
    return Difference(count_1 / of_1 - count_2 / of_2, low, high)


def of_means(stars_1: Sequence[float], stars_2: Sequence[float]) -> Difference:
    """Of two means, with a 90 % interval; two groups that agree among themselves are not certain either."""
    value = _mean(stars_1) - _mean(stars_2)
    margin = Z_90 * math.sqrt(
        _variance(stars_1) / len(stars_1) + _variance(stars_2) / len(stars_2)
    )
    return Difference(value, value - margin, value + margin)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    mean = _mean(values)
    spread = math.fsum((value - mean) ** 2 for value in values)
    return max(MIN_VARIANCE, spread / (len(values) - 1))


def differing_phrases(
    rows: Iterable[tuple[str, Mapping[str, Any]]], sizes: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Of (side, phrase as stored) those of which one perspective says more than another, the widest first."""
    pairs = [
        (one, other)
        for one, other in combinations(sorted(sizes), 2)
        if min(sizes[one], sizes[other]) >= ENOUGH
    ]
    found = []
    for side, row in rows:
        counts = {name: by["count"] for name, by in row["perspectives"].items()}
        clear = [
            (difference, one, other)
            for pair in pairs
            for one, other in (pair, pair[::-1])
            for difference in [of_shares(counts.get(one, 0), sizes[one], counts.get(other, 0), sizes[other])]
            if difference.low >= LEAST_DIFFERENCE
        ]  # fmt: skip
        if clear:
            found.append(_phrase(side, row, *max(clear, key=lambda c: c[0].value)))
    found.sort(key=lambda row: (-row["difference"], row["side"], row["text"]))
    return found[:MOST_DIFFERENCES]


def _phrase(
    side: str, row: Mapping[str, Any], difference: Difference, more: str, less: str
) -> dict[str, Any]:
    return {"side": side, "text": row["text"], "more": more, "less": less, **_rounded(difference, 4)}  # fmt: skip


def rating_gaps(reviews: Sequence[Counted]) -> list[dict[str, Any]]:
    """For each rating the two perspectives that lie furthest apart."""
    gaps = []
    for place, name in enumerate(RATINGS):
        stars: dict[str, list[float]] = {}
        for review in reviews:
            if (half_stars := review.ratings[place]) is not None:
                stars.setdefault(review.perspective, []).append(half_stars / 2)
        enough = {who: given for who, given in stars.items() if len(given) >= ENOUGH}
        if len(enough) > 1:
            gaps.append({"rating": name} | _widest(enough))
    return gaps


def _widest(stars: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    means = sorted((_mean(given), who) for who, given in stars.items())
    (_, lower), (_, higher) = means[0], means[-1]
    difference = of_means(stars[higher], stars[lower])
    return {
        "higher": higher,
        "lower": lower,
        "is_clear": difference.is_clear,
        "means": {
            who: {"count": len(stars[who]), "mean": round(mean, 3)}
            for mean, who in sorted(means, key=lambda pair: pair[1])
        },
        **_rounded(difference, 3),
    }


def _rounded(difference: Difference, digits: int) -> dict[str, float]:
    return {
        "difference": round(difference.value, digits),
        "low": round(difference.low, digits),
        "high": round(difference.high, digits),
    }
