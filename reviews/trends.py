"""How opinions on a product moved, by calendar quarter (UTC); pure functions."""

import datetime
from collections.abc import Iterable
from typing import TypedDict


class Quarter(TypedDict):
    quarter: str
    count: int
    mean: float


def quarter_of(day: datetime.date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def by_quarter(ratings: Iterable[tuple[datetime.date, float]]) -> list[Quarter]:
    """(day of publication, stars) to counts and plain means, oldest first; quarters without a rating are left out."""
    stars: dict[str, list[float]] = {}
    for day, rated in ratings:
        stars.setdefault(quarter_of(day), []).append(rated)
    return [
        {"quarter": quarter, "count": len(rated), "mean": sum(rated) / len(rated)}
        for quarter, rated in sorted(stars.items())
    ]
