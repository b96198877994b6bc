"""What the transparency page says about reviews (docs/transparency.md)."""

import math
from typing import Any

from django.db.models import (
    Avg,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    StdDev,
)
from django.db.models.functions import Cast

from moderation.models import Decision, ReasonCode
from moderation.transparency import (
    Period,
    breakdown,
    decided_items,
    register_section,
    rounded,
    share,
    speed_of,
)
from reviews.kinds import REVIEW
from reviews.models import Dispute, Review

# Each side of a comparison of means; with fewer, one reviewer could be read out of it.
FEWEST_TO_COMPARE = 5
# The 95th percentile of the standard normal distribution: between it and its mirror lie 90 %.
Z_90 = 1.6448536269514722

# In half stars; the promise is the same for all three.
RATINGS = {
    "low": ("½ to 2½ stars", (1, 5)),
    "middle": ("3 and 3½ stars", (6, 7)),
    "high": ("4 to 5 stars", (8, 10)),
}


def review_figures(period: Period) -> dict[str, Any]:
    submitted = Review.objects.filter(period.holds("submitted_at")).exclude(
        source=Review.Source.IMPORTED
    )
    published = Review.objects.filter(period.holds("published_at"))
    return {
        "submitted": submitted.count(),
        "published": published.count(),
        "refused": _decided(period, Decision.Action.REJECT),
        "removed": _decided(period, Decision.Action.REMOVE),
        "shown": _shown(published.filter(status=Review.Status.PUBLISHED)),
        "by_rating": [
            {"key": key, "label": label, **_by_rating(period, low, high)}
            for key, (label, (low, high)) in RATINGS.items()
        ],
    }


def _decided(period: Period, action: Decision.Action) -> dict[str, Any]:
    rows = Decision.objects.filter(
        period.holds("created_at"), target_kind=REVIEW, action=action
    )
    counts = list(rows.order_by().values_list("reason_code").annotate(n=Count("pk")))
    return {
        "count": sum(count for _, count in counts),
        "by_reason": breakdown(counts, dict(ReasonCode.choices)),
    }


def _shown(published: QuerySet[Review]) -> dict[str, Any]:
    """Of the reviews that are public today."""
    counts = published.aggregate(
        n=Count("pk"),
        anonymous=Count("pk", filter=Q(is_anonymous=True)),
        invited=Count("pk", filter=Q(source=Review.Source.INVITED)),
    )
    methods = published.order_by().values_list("verification_method")
    labels = dict(Review.Method.choices) | {"": "Not verified (imported)"}
    return {
        "count": counts["n"],
        "anonymous": counts["anonymous"],
        "anonymous_share": share(counts["anonymous"], counts["n"]),
        "invited": counts["invited"],
        "invited_share": share(counts["invited"], counts["n"]),
        "by_method": breakdown(methods.annotate(n=Count("pk")), labels),
    }


def _by_rating(period: Period, low: int, high: int) -> dict[str, Any]:
    """First decisions on reviews of these ratings: how long they took and how many were published."""
    rated = Review.objects.filter(half_stars__range=(low, high))
    items = decided_items(period).filter(
        Exists(rated.filter(public_id=OuterRef("target_public_id"))), kind=REVIEW
    )
    published = items.filter(outcome=Decision.Action.PUBLISH).count()
    speed = speed_of(items)
    return speed | {"published_share": share(published, speed["decided"])}


# --- Rewards ------------------------------------------------------------------------------------


def reward_figures(period: Period) -> dict[str, Any]:
    """Of the reviews that are public today; imported ones say nothing about rewards."""
    reviews = Review.objects.filter(
        period.holds("published_at"), status=Review.Status.PUBLISHED
    ).exclude(source=Review.Source.IMPORTED)
    rewarded = _stars(reviews.exclude(incentive=Review.Incentive.NONE))
    others = _stars(reviews.filter(incentive=Review.Incentive.NONE))
    return {
        "reviews": rewarded["n"] + others["n"],
        "rewarded": rewarded["n"],
        "rewarded_share": share(rewarded["n"], rewarded["n"] + others["n"]),
        "mean_rewarded": rounded(rewarded["mean"]),
        "mean_others": rounded(others["mean"]),
        **_rounded_gap(rewarded, others),
    }


def _stars(reviews: QuerySet[Review]) -> dict[str, Any]:
    stars = Cast(F("half_stars"), FloatField()) / 2.0
    return reviews.aggregate(n=Count("pk"), mean=Avg(stars), sd=StdDev(stars, True))


def _rounded_gap(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    gap = None
    if min(one["n"], other["n"]) >= FEWEST_TO_COMPARE:
        gap = welch(
            (one["n"], one["mean"], one["sd"] ** 2),
            (other["n"], other["mean"], other["sd"] ** 2),
        )
    low, middle, high = gap or (None, None, None)
    return {
        "gap": rounded(middle),
        "gap_low": rounded(low),
        "gap_high": rounded(high),
    }


Sample = tuple[int, float, float]


def welch(one: Sample, other: Sample) -> tuple[float, float, float]:
    """The difference of two means and its 90 % interval by Welch's t (docs/transparency.md).

    A sample is its size, mean and variance (with n - 1). Returns low end, difference, high end.
    """
    (n1, mean1, var1), (n2, mean2, var2) = one, other
    difference = mean1 - mean2
    part1, part2 = var1 / n1, var2 / n2
    squared_error = part1 + part2
    if squared_error == 0:
        return difference, difference, difference
    freedom = squared_error**2 / (part1**2 / (n1 - 1) + part2**2 / (n2 - 1))
    half = t_90(freedom) * math.sqrt(squared_error)
    return difference - half, difference, difference + half


def t_90(freedom: float) -> float:
    """The 95th percentile of Student's t, by the expansion in Abramowitz and Stegun, 26.7.5."""
    z = Z_90
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


# --- Disputes -----------------------------------------------------------------------------------


def dispute_figures(period: Period) -> dict[str, Any]:
    ended = Dispute.objects.filter(period.holds("decided_at")).exclude(
        status=Dispute.Status.OPEN
    )
    counts = list(ended.order_by().values_list("status").annotate(n=Count("pk")))
    by_status = dict(counts)
    upheld = by_status.get(Dispute.Status.UPHELD.value, 0)
    dismissed = by_status.get(Dispute.Status.DISMISSED.value, 0)
    return {
        "opened": Dispute.objects.filter(period.holds("opened_at")).count(),
        "decided": upheld + dismissed,
        "upheld": upheld,
        "upheld_share": share(upheld, upheld + dismissed),
        "by_outcome": breakdown(counts, dict(Dispute.Status.choices)),
    }


register_section("reviews", review_figures)
register_section("rewards", reward_figures)
register_section("disputes", dispute_figures)
