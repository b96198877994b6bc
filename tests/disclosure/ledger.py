"""A topic that keeps its rows in memory and publishes, in clear, who is behind each figure: what attacks start from."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from disclosure import topics
from disclosure.releasing import check, release
from disclosure.services import retire
from disclosure.topics import Contribution, Topic, Weighted
from products.models import Product

LEDGER = "ledger"
LONG_AGO = datetime.date(2016, 1, 1)
FIRST = datetime.date(2020, 1, 1)


@dataclass
class Row:
    organisation: str
    values: dict[str, Any]
    band: str = ""
    series: str = ""
    changed_on: datetime.date = LONG_AGO
    stated_on: datetime.date = LONG_AGO


@dataclass
class Ledger(Topic):
    name = LEDGER
    title = "Ledger"
    position = 1
    panel_template = "includes/empty.html"
    bands = (("s", "Small"), ("l", "Large"))

    product: Product
    rows: dict[str, Row] = field(default_factory=dict)
    quarters: int = 0

    def product_ids(self) -> Iterable[int]:
        return [self.product.pk] if self.rows else []

    def contributions(
        self, product_id: int, until: datetime.date
    ) -> Sequence[Contribution]:
        return [
            Contribution(
                row.organisation, row.values, row.stated_on, row.series, row.band
            )
            for row in self.rows.values()
            if row.changed_on <= until and product_id == self.product.pk
        ]

    def figures(self, members: Sequence[Weighted]) -> dict[str, Any]:
        (name,) = members[0].values
        return {name: sorted([m.values[name], m.weight] for m in members)}

    # --- What happens -----------------------------------------------------------------------

    def say(self, organisation: str, value: Any = None, **more: Any) -> None:
        """In one field, `amount`, unless `values` are given."""
        values = more.pop("values", {"amount": value or f"{organisation}:0"})
        self.rows[organisation] = Row(organisation, values, **more)

    def say_all(self, names: Iterable[str], **more: Any) -> None:
        for name in names:
            self.say(name, **more)

    def withdraw(self, organisation: str) -> None:
        del self.rows[organisation]
        retire(topic=LEDGER, product_id=self.product.pk, organisation=organisation)

    def vanish(self, organisation: str) -> None:
        """By a path that told nobody; the daily look finds it."""
        del self.rows[organisation]
        check(self.product.pk, LEDGER)

    @property
    def day(self) -> datetime.date:
        """Of the last release."""
        years, quarter = divmod(self.quarters - 1, 4)
        return datetime.date(FIRST.year + years, 3 * quarter + 1, 1)

    def release(self) -> None:
        self.quarters += 1
        assert release(self.product.pk, LEDGER, self.day)


@contextmanager
def registered(topic: Topic) -> Iterator[None]:
    topics.register(topic)
    try:
        yield
    finally:
        del topics._TOPICS[topic.name]
