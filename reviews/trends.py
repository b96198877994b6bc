"""How opinions on a product moved, by calendar quarter (UTC); pure functions."""

import datetime
from collections.abc import Iterable
from typing import TypedDict


class Quarter(TypedDict):
    quarter: str
    count: int
    mean: float | None


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


def filled(quarters: Iterable[Quarter], until: datetime.date) -> list[Quarter]:
    """Without gaps from the first of them to that day's: in a quarter without a rating the mean is None."""
    known = {quarter["quarter"]: quarter for quarter in quarters}
    if not known:
        return []
    last = max(quarter_of(until), max(known))
    names = [min(known)]
    while names[-1] < last:
        names.append(_next(names[-1]))
    return [
        known.get(name, {"quarter": name, "count": 0, "mean": None}) for name in names
    ]


def _next(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{number + 1}" if number < 4 else f"{year + 1}-Q1"
