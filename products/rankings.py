"""Places in a ranking by score; products that the figures can't tell apart share one."""

from collections.abc import Iterable


def shared_ranks(intervals: Iterable[tuple[float, float]]) -> list[int]:
    """Ranks of (low, high) intervals that come best score first.

    An interval shares the rank of the first one of the group above while the two overlap; the next rank counts
    all that stand before it (1, 1, 1, 4).
    """
    ranks: list[int] = []
    lowest_of_first = float("-inf")
    for position, (low, high) in enumerate(intervals, start=1):
        starts_group = not ranks or high < lowest_of_first
        if starts_group:
            lowest_of_first = low
        ranks.append(position if starts_group else ranks[-1])
    return ranks
