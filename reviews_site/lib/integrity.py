"""What must hold of the rows whatever failed, and how to find those of which it doesn't: `manage.py check_integrity`.

Each app lists its checks in its integrity.py, as CHECKS; reviews_site/integrity.py puts them together.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

# Of each kind so many are named.
NAMED = 20


@dataclass(frozen=True)
class Check:
    name: str
    # As a sentence.
    invariant: str
    # Public ids of the rows that break it, or another name that the public could read; stops early when not read on.
    find: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    name: str
    invariant: str
    rows: list[str]
    # Whether there are more than these.
    more: bool


def run(check: Check) -> Finding | None:
    found = list(islice(check.find(), NAMED + 1))
    if not found:
        return None
    return Finding(check.name, check.invariant, found[:NAMED], len(found) > NAMED)


def sql(name: str, invariant: str, query: str, **values: str | int) -> Check:
    """A check whose query gives one public id for each row that breaks it."""

    def find() -> Iterator[str]:
        # Whole tables may be read: longer than a page is allowed to.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(f"SELECT * FROM ({query}) found LIMIT {NAMED + 1}", values)
            rows = cursor.fetchall()
        yield from (str(row[0]) for row in rows)

    return Check(name, invariant, find)
