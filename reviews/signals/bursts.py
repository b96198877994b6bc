import datetime
import math

from django.db.models import QuerySet

from reviews.models import Review
from reviews.signals.texts import Evidence, public_ids, rows_of

YEAR = datetime.timedelta(days=365)
# Hours looked back, and how many there must be at least.
BURST_WINDOWS = ((24, 5), (7 * 24, 8))
# So seldom would that many come by chance, at the pace of the year before (Poisson).
BURST_CHANCE = 1e-4
SHORTEST_HISTORY_DAYS = 30

_SUBMISSIONS = """
SELECT count(*) FILTER (WHERE submitted_at > %(since)s), count(*) FILTER (WHERE submitted_at <= %(since)s),
       min(submitted_at), count(*) FILTER (WHERE submitted_at > %(since)s AND source = 'invited')
FROM reviews_review
WHERE product_id = %(product)s AND submitted_at BETWEEN %(year_ago)s AND %(now)s AND source <> 'imported'
"""


def burst(review: Review) -> Evidence | None:
    """The window in which it came with many more others than this product is used to."""
    for hours, least in BURST_WINDOWS:
        evidence = _burst_within(review, hours)
        if evidence["count"] >= least and evidence["probability"] < BURST_CHANCE:
            newest = submitted_with(review, hours).order_by("-submitted_at", "-id")
            return evidence | {"reviews": public_ids(newest)}
    return None


def _burst_within(review: Review, hours: int) -> Evidence:
    now = review.submitted_at
    window = datetime.timedelta(hours=hours)
    count, before, first, invited = rows_of(
        _SUBMISSIONS,
        product=review.product_id,
        since=now - window,
        year_ago=now - YEAR,
        now=now,
    )[0]
    begin = min(first or now, review.product.created_at)
    days = (now - window - max(begin, now - YEAR)) / datetime.timedelta(days=1)
    # One more than there were: a product without any history isn't expected to get none for ever.
    expected = (before + 1) / max(days, SHORTEST_HISTORY_DAYS) * hours / 24
    return {
        "hours": hours,
        "count": count,
        "expected": round(expected, 2),
        "probability": poisson_tail(count, expected),
        "invited": invited,
    }


def poisson_tail(count: int, expected: float) -> float:
    """How likely `count` or more are where `expected` are usual."""
    below = sum(
        math.exp(-expected + n * math.log(expected) - math.lgamma(n + 1))
        for n in range(count)
    )
    return max(0.0, 1.0 - below)


def submitted_with(review: Review, hours: int) -> QuerySet[Review]:
    since = review.submitted_at - datetime.timedelta(hours=hours)
    return Review.objects.filter(
        product=review.product_id,
        submitted_at__gt=since,
        submitted_at__lte=review.submitted_at,
    ).exclude(source=Review.Source.IMPORTED)
