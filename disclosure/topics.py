"""What is published of private rows. An app registers a topic in its topics.py, which is imported at start.

The topic says what each organisation contributes and how figures are made of contributions; which organisations may
stand behind a figure, and when, is decided in disclosure.releasing alone, the same for all topics.

Each field of a topic is released by itself: organisations that leave out a field are not among those behind its
figures. So a figure is of one field. What is to be said of a part (would those who left buy again?) is a field of its
own, which only that part states.
"""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Contribution:
    """Of one organisation to one series; several rows of it are made one before they come here.

    Values are by field: str, int, float or bool, as JSON keeps them; a field that isn't stated is left out or None.
    """

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
    # Whether what an organisation says in one series tells nothing of what it says in another: then it is a newcomer in
    # each. The same discount in euro and in dollars would be told twice.
    series_are_independent: ClassVar[bool] = False

    @abstractmethod
    def product_ids(self) -> Iterable[int]:
        """Of all products that have rows."""

    @abstractmethod
    def contributions(
        self, product_id: int, until: datetime.date
    ) -> Sequence[Contribution]:
        """Of rows that were made and last changed on or before `until` and still stand.

        At most one per series and organisation.
        """

    @abstractmethod
    def figures(self, members: Sequence[Weighted]) -> dict[str, Any]:
        """Called once per field, the members' values holding that field only; the answers are put together.

        Rounded, by disclosure.measures; stored and shown as it is.
        """


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
