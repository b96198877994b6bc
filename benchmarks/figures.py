"""What a run found, and the arithmetic on it. Times are in milliseconds, rates in answers a second."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

BARE = "bare Django view"


@dataclass(frozen=True)
class Spread:
    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(min(values), statistics.median(values), max(values))

    @classmethod
    def one(cls, value: float) -> "Spread":
        return cls(value, value, value)


@dataclass(frozen=True)
class Timing:
    """One page in one round, beside the bare view that was measured just before it."""

    rate: float
    cpu_ms: float
    bare_rate: float


@dataclass(frozen=True)
class PageFigures:
    name: str
    rate: Spread
    share: Spread
    cpu_ms: Spread

    @classmethod
    def of(cls, name: str, timings: Sequence[Timing]) -> "PageFigures":
        return cls(
            name,
            Spread.of([one.rate for one in timings]),
            Spread.of([one.rate / one.bare_rate for one in timings]),
            Spread.of([one.cpu_ms for one in timings]),
        )


def growth_of(large: Sequence[Timing], small: Sequence[Timing]) -> Spread:
    """CPU for an answer from all of the set, as a multiple of that from one hundredth, round by round."""
    pairs = zip(large, small, strict=True)
    return Spread.of([one.cpu_ms / other.cpu_ms for one, other in pairs])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of all doesn't exceed."""
    ordered = sorted(values)
    place = -(-len(ordered) * share // 1)
    return ordered[max(0, int(place) - 1)]


@dataclass
class Results:
    setting: dict[str, Any]
    pages: list[PageFigures] = field(default_factory=list)
    growth: dict[str, Spread] = field(default_factory=dict)
    # CPU milliseconds of one product page, by layer.
    layers: dict[str, float] = field(default_factory=dict)
    # What benchmarks/search_times.py says, as a table.
    search: str = ""
    # Share and CPU milliseconds of the same pages, and of the bare view, before pages were made fast (start.json).
    start: dict[str, dict[str, float]] = field(default_factory=dict)
    # Whatever is one figure, by the name that benchmarks/goals.py knows it by.
    facts: dict[str, Spread] = field(default_factory=dict)
    # The same as sentences.
    notes: list[str] = field(default_factory=list)

    def found(self) -> dict[str, Spread]:
        """All figures by one name each."""
        shares = {f"share of {page.name}": page.share for page in self.pages}
        found = shares | self.facts
        if self.growth:
            worst = max(self.growth.values(), key=lambda growth: growth.median)
            found["growth"] = worst
        return found

    def beside_start(self) -> dict[str, float]:
        """Each page's CPU by the one it had at the start, both as multiples of the bare view's."""
        now = {page.name: page.cpu_ms.median for page in self.pages}
        if BARE not in self.start or BARE not in now:
            return {}
        quicker = self.start[BARE]["cpu_ms"] / now[BARE]
        return {
            name: cpu_ms / self.start[name]["cpu_ms"] * quicker
            for name, cpu_ms in now.items()
            if name in self.start and name != BARE
        }

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1) + "\n")


def loaded(file: Path) -> Results:
    told = json.loads(file.read_text())
    return Results(
        setting=told["setting"],
        pages=[
            PageFigures(page["name"], *(Spread(**page[name]) for name in ("rate", "share", "cpu_ms")))
            for page in told["pages"]
        ],
        growth={name: Spread(**spread) for name, spread in told["growth"].items()},
        layers=told["layers"],
        search=told["search"],
        start=told["start"],
        facts={name: Spread(**spread) for name, spread in told["facts"].items()},
        notes=told["notes"],
    )  # fmt: skip
