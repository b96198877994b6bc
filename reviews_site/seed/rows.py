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
    """What psycopg2 reads from: texts one after the other, never the whole."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts, self._text, self._at = iter(texts), "", 0

    def read(self, size: int) -> str:
        """Up to `size` characters; nothing at the end."""
        pieces: list[str] = []
        while size > 0 and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        return "".join(pieces)

    def _piece(self, size: int) -> str:
        while self._at >= len(self._text):
            try:
                self._text, self._at = next(self._texts), 0
            except StopIteration:
                return ""
        piece = self._text[self._at : self._at + size]
        self._at += len(piece)
        return piece


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
