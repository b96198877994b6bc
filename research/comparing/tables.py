"""What the table is made of, and when what stands in a row differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.safestring import SafeString

NOT_KNOWN = "Not known"
DIFFERS = "differs"
# Stars between means without an interval of their own: nearer ones may be chance, and fewer answers say nothing.
WORTH_NAMING = 0.5
ENOUGH_FOR_A_GAP = 3


@dataclass(frozen=True)
class Line:
    """One of several things in an entry: what one source says, one thing that is praised."""

    text: str
    note: str = ""
    url: str = ""
    mark: str = ""
    """Chooses the sign before it; the text says the same."""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What stands in one row for one product: a figure or lines, or what is missing for one. Never a zero for nothing."""

    text: str = ""
    note: str = ""
    missing: str = ""
    url: str = ""
    lines: tuple[Line, ...] = ()
    picture: SafeString | str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    interval: tuple[float, float] | None = None
    """In which the figure lies; where two don't overlap, the figures differ."""
    compared: Any = None
    """What of it is compared with the others; None for nothing."""
    is_better: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    label: str
    entries: tuple[Entry, ...]
    difference: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    rows: tuple[Row, ...]
    note: str = ""
    method: str = ""
    """Address of how the figures are made."""


def missing(sentence: str = NOT_KNOWN) -> Entry:
    return Entry(missing=sentence)


def row_by_interval(
    name: str, label: str, entries: Sequence[Entry], hint: str = ""
) -> Row:
    """Higher is better; a figure is so only where its interval lies wholly above another's and below nobody's."""
    intervals = [entry.interval for entry in entries]
    marked = tuple(
        replace(entry, is_better=_is_better(entry.interval, intervals))
        for entry in entries
    )
    differs = any(entry.is_better for entry in marked)
    return Row(name, label, marked, DIFFERS if differs else "", hint)


Interval = tuple[float, float]


def _is_better(interval: Interval | None, intervals: Sequence[Interval | None]) -> bool:
    if interval is None:
        return False
    others = [one for one in intervals if one is not None]
    return any(interval[0] > high for _, high in others) and not any(
        low > interval[1] for low, _ in others
    )


def row_of_means(
    name: str,
    label: str,
    entries: Sequence[Entry],
    hint: str = "",
    worth: float = WORTH_NAMING,
) -> Row:
    """`compared` is (mean as it is shown, number of answers)."""
    means = [
        entry.compared[0]
        for entry in entries
        if entry.compared and entry.compared[1] >= ENOUGH_FOR_A_GAP
    ]
    apart = round(max(means) - min(means), 1) if len(means) > 1 else 0
    named = f"{apart:.1f} apart" if apart >= worth else ""
    return Row(name, label, tuple(entries), named, hint)


def row_of_facts(
    name: str, label: str, entries: Sequence[Entry], hint: str = ""
) -> Row:
    """Of what is not known nobody can say that it differs."""
    known = [entry.compared for entry in entries if entry.compared is not None]
    differs = any(one != known[0] for one in known)
    return Row(name, label, tuple(entries), DIFFERS if differs else "", hint)


def row_of_spreads(
    name: str, label: str, entries: Sequence[Entry], hint: str = ""
) -> Row:
    """`interval` is where the middle half lies: nothing is called better, and those that don't overlap differ."""
    intervals = [entry.interval for entry in entries]
    differs = any(_is_better(one, intervals) for one in intervals)
    return Row(name, label, tuple(entries), DIFFERS if differs else "", hint)


def only_differences(groups: Sequence[Group]) -> list[Group]:
    """Without the rows in which nothing is known to differ, and the groups that are empty then."""
    shortened = (
        replace(group, rows=tuple(row for row in group.rows if row.difference))
        for group in groups
    )
    return [group for group in shortened if group.rows]
