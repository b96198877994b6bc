"""Rows as COPY takes them."""

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
CHUNK_CHARACTERS = 1 << 18


def field(value: Any) -> str:
    """One value in Postgres' text format."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.date | UUID | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "{" + ",".join(value) + "}"
    return json.dumps(value).translate(_ESCAPES)


def line(row: Sequence[Any]) -> str:
    return "\t".join(map(field, row)) + "\n"


class _Stream:
    """What psycopg2 reads from: lines joined into pieces, never the whole."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self._left = iter(lines), ""

    def read(self, size: int) -> str:
        parts, length = [self._left], len(self._left)
        for text in self._lines:
            parts.append(text)
            length += len(text)
            if length >= size:
                break
        text = "".join(parts)
        self._left = text[size:]
        return text[:size]


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f"COPY {table} ({names}) FROM STDIN"
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, _Stream(lines), CHUNK_CHARACTERS)


def copy_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    copy_lines(table, columns, (line(row) for row in rows))


def reserve_ids(table: str, count: int) -> Iterator[int]:
    """Ids without gaps; nobody else writes the table until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
        first = int(cursor.fetchone()[0])
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)",
            [first + max(count, 1) - 1],
        )
    return iter(range(first, first + count))
