"""The one writer of ProductRating and CategoryRating.

A single product and all products go through the same statement, so the two can't drift apart; its weights come from
reviews/scoring.py. Lock first, then read, then write: what is read before the lock may be stale when it is written.
"""

from reviews.ratings.checking import (
    CheckReport,
    Difference,
    check_ratings,
    expected_figures,
    published_on,
    review_factors,
)
from reviews.ratings.drift import last_drift, note_drift
from reviews.ratings.matching import (
    Choices,
    Figures,
    Remaining,
    figures_of_matching,
    perspectives_of_matching,
    remaining_by_choice,
)
from reviews.ratings.refreshing import (
    RecomputeReport,
    hint_key,
    recompute_all_ratings,
    refresh_category_ratings,
    refresh_product_rating,
    serve_left_over_refreshes,
    serve_refreshes,
)
from reviews.ratings.statement import figures_as_of, populations_now

__all__ = [
    "CheckReport",
    "Choices",
    "Difference",
    "Figures",
    "RecomputeReport",
    "Remaining",
    "check_ratings",
    "expected_figures",
    "figures_as_of",
    "figures_of_matching",
    "hint_key",
    "last_drift",
    "note_drift",
    "perspectives_of_matching",
    "populations_now",
    "published_on",
    "recompute_all_ratings",
    "refresh_category_ratings",
    "refresh_product_rating",
    "remaining_by_choice",
    "review_factors",
    "serve_left_over_refreshes",
    "serve_refreshes",
]
