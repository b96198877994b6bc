"""Places in a ranking by score; products that the figures can't tell apart share one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from products.models import Product


@dataclass
class Place:
    rank: int
    shared: bool
    product: Product


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


def ranking(products: Iterable[Product]) -> Iterator[Place]:
    """`products` have a score and come with their rating, best first."""
    ordered = list(products)
    ranks = shared_ranks(_interval(product) for product in ordered)
    for product, rank in zip(ordered, ranks, strict=True):
        yield Place(rank, ranks.count(rank) > 1, product)


def _interval(product: Product) -> tuple[float, float]:
    # By the reverse name: the rating belongs to an app above this one. With a score comes an interval.
    rating = product.rating
    return rating.interval_low or 0.0, rating.interval_high or 0.0
