from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.figures import interval_text, plus_minus
from products.rankings import shared_ranks

Interval = tuple[float, float]


@st.composite
def best_first(draw) -> list[Interval]:
    """Intervals around scores, the best score first, as a ranking reads them."""
    scored = draw(
        st.lists(
            st.tuples(st.integers(50, 500), st.integers(0, 120), st.integers(0, 120)),
            max_size=40,
        )
    )
    scored.sort(key=lambda s: -s[0])
    return [
        ((score - below) / 100, (score + above) / 100) for score, below, above in scored
    ]


def overlap(one: Interval, other: Interval) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


@pytest.mark.parametrize(
    ("intervals", "ranks"),
    [
        ([], []),
        ([(4.0, 4.4)], [1]),
        # Touching is overlapping: nothing lies between them.
        ([(4.0, 4.4), (3.6, 4.0)], [1, 1]),
        ([(4.0, 4.4), (3.6, 3.9)], [1, 2]),
        ([(4.0, 4.4), (3.9, 4.3), (3.8, 4.1), (3.0, 3.5)], [1, 1, 1, 4]),
        # A chain: the third overlaps the second, but not the first, who gives the rank its measure.
        ([(4.0, 4.4), (3.7, 4.1), (3.4, 3.8)], [1, 1, 3]),
        # Few reviews, wide interval: it can't be told from the best of its own group.
        ([(4.2, 4.4), (3.8, 4.0), (2.9, 4.5)], [1, 2, 2]),
        ([(3.0, 3.0)] * 3, [1, 1, 1]),
    ],
)
def test_shared_ranks(intervals, ranks):
    assert shared_ranks(intervals) == ranks


@given(best_first())
def test_whoever_shares_a_rank_overlaps_the_first_of_it(intervals):
    ranks = shared_ranks(intervals)
    for interval, rank in zip(intervals, ranks, strict=True):
        # A rank is the place of the first who has it.
        assert overlap(interval, intervals[rank - 1])


@given(best_first())
def test_a_new_rank_begins_only_where_the_figures_tell_two_apart(intervals):
    ranks = shared_ranks(intervals)
    for place in range(1, len(ranks)):
        if ranks[place] != ranks[place - 1]:
            assert ranks[place] == place + 1
            assert not overlap(intervals[place], intervals[ranks[place - 1] - 1])


@given(best_first())
def test_nobody_outranks_a_better_score(intervals):
    ranks = shared_ranks(intervals)
    assert ranks == sorted(ranks)
    assert ranks[:1] in ([], [1])


@given(best_first(), st.data())
def test_equal_intervals_share_a_rank_in_any_order(intervals, data):
    if intervals:
        twin = data.draw(st.integers(0, len(intervals) - 1))
        doubled = [*intervals[: twin + 1], intervals[twin], *intervals[twin + 1 :]]
        ranks = shared_ranks(doubled)
        assert ranks[twin] == ranks[twin + 1]


@pytest.mark.parametrize(
    ("low", "high", "half", "text"),
    [
        (3.7, 4.5, "0.4", "3.7 to 4.5"),
        (4.96, 5.0, "0.02", "4.96 to 5.00"),
        (2.72, 2.74, "0.01", "2.72 to 2.74"),
        (4.2, 4.2, "0.01", "4.20 to 4.20"),
    ],
)
def test_an_interval_in_words_never_claims_certainty(low, high, half, text):
    rating = SimpleNamespace(interval_low=low, interval_high=high)
    assert plus_minus(rating) == half
    assert interval_text(rating) == text
