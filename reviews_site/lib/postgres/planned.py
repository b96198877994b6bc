"""Statements that each connection has planned once.

For a short one Postgres takes longer to find out how than to do it. It plans anew when a table or its figures change.
"""

import itertools
from collections.abc import Sequence
from typing import Any

from psycopg2 import extensions
from psycopg2.errors import FeatureNotSupported


class Planned(str):
    """SQL with %s for each value. Not for one whose best plan depends on the values."""

    __slots__ = ()


def literal(cursor: Any, sql: str, values: Sequence[Any]) -> str:
    """The SQL with these values written into it, for one that gets others in their places later."""
    return cursor.mogrify(sql, values).decode().replace("%", "%%")


class Connection(extensions.connection):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Names by SQL; one that was dropped is given to no other.
        self.planned: dict[str, str] = {}
        self.numbers = itertools.count()


class Cursor(extensions.cursor):
    connection: Connection

    def execute(self, query: Any, vars: Any = None) -> None:
        if not isinstance(query, Planned):
            return super().execute(query, vars)
        try:
            self._execute_planned(query, vars)
        except FeatureNotSupported:
            # A migration has changed the type of a column. In a transaction it is too late for another try.
            if self.connection.info.transaction_status:
                raise
            super().execute(f"DEALLOCATE {self.connection.planned.pop(query)}")
            self._execute_planned(query, vars)

    def _execute_planned(self, sql: str, values: Sequence[Any]) -> None:
        planned = self.connection.planned
        if sql not in planned:
            name = f"planned_{next(self.connection.numbers)}"
            numbers = tuple(f"${n}" for n in range(1, len(values) + 1))
            super().execute(f"PREPARE {name} AS {sql % numbers}")
            planned[sql] = name
        places = f"({', '.join(['%s'] * len(values))})" if values else ""
        super().execute(f"EXECUTE {planned[sql]} {places}", values)
