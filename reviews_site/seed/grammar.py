"""Choices and slots: how a fragment becomes a sentence."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_CONDITIONS = re.compile(r"^((?:@[a-z]+)+) ")
# What takes more than a year to find out is left to those who have used it for longer.
_LONG = re.compile(
    r"\byears?\b(?!-|'s)|\brenew|\bmajor (?:upgrades|versions)|\bquarters\b"
)
_SLOT = re.compile(r"\{([A-Za-z_0-9]+)\}")
# May follow "Also," in lower case: no name, no abbreviation, not "I".
_SMALL_WORDS = frozenset(
    [
        "The",
        "It",
        "We",
        "Our",
        "You",
        "A",
        "An",
        "There",
        "Every",
        "Each",
        "Some",
        "Most",
        "When",
        "Once",
        "After",
        "Since",
        "If",
        "One",
        "This",
        "That",
        "Everything",
        "Nobody",
        "Nothing",
        "New",
        "Simple",
        "Good",
        "Permissions",
        "Search",
        "Reports",
        "Reporting",
        "Upgrades",
        "Setting",
        "Getting",
        "Pages",
        "Exports",
    ]
)


@lru_cache(maxsize=20_000)
def split_conditions(fragment: str) -> tuple[frozenset[str], str]:
    """`@paid@buyer Text` is for paid products, seen by buyers."""
    match = _CONDITIONS.match(fragment)
    conditions = set(match.group(1)[1:].split("@")) if match else set()
    if _LONG.search(fragment):
        conditions.add("long")
    return frozenset(conditions), fragment[match.end() :] if match else fragment


def fits(fragment: str, conditions: Collection[str]) -> bool:
    return split_conditions(fragment)[0] <= frozenset(conditions)


def fill(fragment: str, slots: Mapping[str, str], rng: Random) -> str:
    text = split_conditions(fragment)[1]
    text = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), text)
    text = _SLOT.sub(lambda match: slots[match.group(1)], text)
    return capitalised(text)


def can_fill(fragment: str, slots: Mapping[str, str]) -> bool:
    return all(slots.get(name) for name in _SLOT.findall(fragment))


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def after_connector(sentence: str, connector: str, *, always: bool = False) -> str:
    """`Also, the docs are good.`; a sentence that can't be continued so is left as it is."""
    first = sentence.split(" ", 1)[0]
    if first not in _SMALL_WORDS:
        return f"{connector} {sentence}" if always else sentence
    return f"{connector} {sentence[0].lower()}{sentence[1:]}"


class Deck(Generic[T]):
    """Deals its items in random order, all of them before any comes twice."""

    def __init__(self, items: Sequence[T], rng: Random) -> None:
        self._items, self._rng = list(items), rng
        self._left: list[T] = []

    def deal(self, wanted: Callable[[T], bool] = lambda item: True) -> T | None:
        found = self._take(wanted)
        if found is None:
            self._left = self._rng.sample(self._items, len(self._items))
            found = self._take(wanted)
        return found

    def _take(self, wanted: Callable[[T], bool]) -> T | None:
        for position, item in enumerate(self._left):
            if wanted(item):
                return self._left.pop(position)
        return None
