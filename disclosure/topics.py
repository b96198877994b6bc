"""What is published of private rows. An app registers a topic in its topics.py, which is imported at start.

The topic says what each organisation contributes and how figures are made of contributions; which organisations may
stand behind a figure, and when, is decided in disclosure.releasing alone, the same for all topics.
"""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Contribution:
    """Of one organisation to one series; several rows of it are made one before they come here."""

    organisation: str
    values: Mapping[str, Any]
    stated_on: datetime.date
    series: str = ""
    band: str = ""


@dataclass(frozen=True)
class Weighted:
    values: Mapping[str, Any]
    weight: float


class Topic(ABC):
    name: ClassVar[str]
    title: ClassVar[str]
    # Below which the panels of a product stand in this order.
    position: ClassVar[int]
    # Draws the product page's panel, of the cells by (series, band); it also says what is missing when there are none.
    panel_template: ClassVar[str]
    # (value, label) of the parts that may be shown by themselves.
    bands: ClassVar[Sequence[tuple[str, str]]] = ()

    @abstractmethod
    def product_ids(self) -> Iterable[int]:
        """Of all products that have rows."""

    @abstractmethod
    def contributions(
        self, product_id: int, until: datetime.date
    ) -> Sequence[Contribution]:
        """Of rows that were made on or before `until` and still stand; at most one per series and organisation."""

    @abstractmethod
    def figures(self, members: Sequence[Weighted]) -> dict[str, Any]:
        """Rounded; what few of the members state is left out. Stored and shown as it is."""


_TOPICS: dict[str, Topic] = {}


def register(topic: Topic) -> None:
    if topic.name in _TOPICS:
        raise ValueError(f"The topic {topic.name!r} is registered twice.")
    _TOPICS[topic.name] = topic


def all_topics() -> list[Topic]:
    return sorted(_TOPICS.values(), key=lambda topic: topic.position)


def get(name: str) -> Topic:
    """Raises LookupError."""
    try:
        return _TOPICS[name]
    except KeyError:
        raise LookupError(f"No topic {name!r} is registered.") from None
