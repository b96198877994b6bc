"""What a topic makes figures with: medians, quartiles and shares, rounded so that they name no organisation.

Each returns None where fewer than 5 organisations state the field. docs/disclosure.md explains the roundings.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from disclosure import intervals, quantiles
from disclosure.topics import Weighted

# k: behind every figure stand at least so many organisations.
FEWEST = 5
# An answer that one organisation alone gave is never shown by itself.
FEWEST_OF_AN_ANSWER = 2
SHARE_STEP = 5
OR_MORE, OR_LESS = "or more", "or less"


def organisations(count: int) -> int:
    """At least so many: rounded down, so that one more or less doesn't show."""
    return count - count % FEWEST


# --- Amounts --------------------------------------------------------------------------------


class Rounding(Protocol):
    def step(self, value: float) -> float: ...


@dataclass(frozen=True)
class Digits:
    """To so many significant digits."""

    count: int

    def step(self, value: float) -> float:
        exponent = math.floor(math.log10(abs(value))) if value else 0
        return 10.0 ** (exponent - self.count + 1)


@dataclass(frozen=True)
class Steps:
    size: float

    def step(self, value: float) -> float:
        return self.size


MONEY = Digits(2)
POINTS = Steps(SHARE_STEP)
MONTHS = Steps(1)


def rounded(value: float, rounding: Rounding) -> float:
    step = rounding.step(value)
    # Twice: 12 * 0.1 is 1.2000000000000002.
    result = round(float(math.floor(value / step + 0.5)) * step, 9)
    return int(result) if result.is_integer() else result


def middle(
    members: Sequence[Weighted],
    field: str,
    rounding: Rounding,
    *,
    lowest: float = -math.inf,
    highest: float = math.inf,
    logarithmic: bool = False,
) -> dict[str, Any] | None:
    """Median and quartiles; `logarithmic` for what is positive and varies by factors, so that no value outweighs all.

    The quartiles are shown at least one step of the rounding from the median: otherwise members who all say the same
    would each be known.
    """
    values, weights = _stated(members, field)
    if len(values) < FEWEST:
        return None
    if logarithmic:
        values = [math.log(value) for value in values]
    points = [quantiles.quantile(values, weights, p) for p in (0.25, 0.5, 0.75)]
    if logarithmic:
        points = [math.exp(point) for point in points]
    low, median, high = (rounded(point, rounding) for point in points)
    step = rounding.step(median)
    return {
        "median": median,
        "low": max(lowest, min(low, rounded(median - step, rounding))),
        "high": min(highest, max(high, rounded(median + step, rounding))),
        "organisations": organisations(len(values)),
    }


def _stated(members: Sequence[Weighted], field: str) -> tuple[list[Any], list[float]]:
    stated = [member for member in members if member.values.get(field) is not None]
    return [m.values[field] for m in stated], [m.weight for m in stated]


# --- Shares ---------------------------------------------------------------------------------


def share(members: Sequence[Weighted], field: str) -> dict[str, Any] | None:
    """Of those who say yes, in percent."""
    values, weights = _stated(members, field)
    if len(values) < FEWEST:
        return None
    yes = math.fsum(w for value, w in zip(values, weights, strict=True) if value)
    return _share(yes, weights) | {"organisations": organisations(len(values))}


def shares(
    members: Sequence[Weighted], field: str, words: Sequence[str]
) -> dict[str, Any] | None:
    """Of each of the words in percent, in their order, under "words"; what is not among them is "other answers".

    A word that only one organisation said is not listed; and where just one would be left unlisted, the rarest listed
    word isn't either, so that what is missing to 100 % never is one organisation.
    """
    values, weights = _stated(members, field)
    if len(values) < FEWEST:
        return None
    said = Counter(values)
    listed = _listed(said, words)
    return {
        "words": {
            word: _share(_weight_of(word, values, weights), weights)
            for word in words
            if word in listed
        },
        "organisations": organisations(len(values)),
    }


def _listed(said: Counter[str], words: Sequence[str]) -> set[str]:
    often = [word for word in words if said[word] >= FEWEST_OF_AN_ANSWER]
    unlisted = said.total() - sum(said[word] for word in often)
    if 0 < unlisted < FEWEST_OF_AN_ANSWER and len(often) > 1:
        often.remove(min(reversed(often), key=lambda word: said[word]))
    return set(often)


def _weight_of(word: str, values: Sequence[str], weights: Sequence[float]) -> float:
    return math.fsum(
        w for value, w in zip(values, weights, strict=True) if value == word
    )


def _share(part: float, weights: Sequence[float]) -> dict[str, Any]:
    """Never nearer to 0 or 100 % than one organisation is: "all said yes" looks like "all but one said yes"."""
    percent = rounded(100 * part / math.fsum(weights), POINTS)
    most = _most_that_is_told(weights)
    bound = ""
    if percent >= most:
        percent, bound = most, OR_MORE
    elif percent <= 100 - most:
        percent, bound = 100 - most, OR_LESS
    # Of the percentage and the number that are told, so that the interval tells no more.
    n = min(quantiles.effective_n(weights), organisations(len(weights)))
    low, high = intervals.wilson(percent / 100, n)
    return {
        "percent": percent,
        "bound": bound,
        "low": SHARE_STEP * math.floor(100 * low / SHARE_STEP),
        "high": SHARE_STEP * math.ceil(100 * high / SHARE_STEP),
    }


def _most_that_is_told(weights: Sequence[float]) -> int:
    """From the weights and the public count alone, whatever was answered."""
    heaviest = max(max(weights) / math.fsum(weights), 1 / organisations(len(weights)))
    return SHARE_STEP * math.floor(100 * (1 - heaviest) / SHARE_STEP + 1e-9)
