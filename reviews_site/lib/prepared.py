"""Queries put into SQL once for each process: of a small one, Django's work costs more than what Postgres does.

In the query a mark stands for each value that a request brings: {a name} in braces, which nobody else would write there.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import RawSQL

from reviews_site.lib.postgres.planned import Planned, literal

MARK = re.compile(r"\{[^{}]+\}")


def given(mark: str, kind: Field, cast: str = "") -> RawSQL:
    """A mark for a value that is no text. `cast`: its type, where Postgres would take another one."""
    return RawSQL(f"%s{cast}", (mark,), output_field=kind)


class Prepared:
    def __init__(
        self,
        query: Callable[[], QuerySet[Any, Any]],
        around: str = "{}",
        *,
        planned: bool = False,
    ) -> None:
        """`around`: SQL with {} for the query's own, and with marks. `planned`: once for each connection, as well."""
        self._query, self._around = query, around
        self._is_planned = planned

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], type[Model]]:
        query = self._query()
        sql, parameters = query.query.sql_with_params()
        before, after = self._around.split("{}")
        everything = (*MARK.findall(before), *parameters, *MARK.findall(after))
        sql = MARK.sub("%s", before) + sql + MARK.sub("%s", after)
        if self._is_planned:
            through = connections[router.db_for_read(query.model)]
            sql, everything = _with_constants(through, sql, everything)
        return sql, everything, query.model

    def rows(self, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """As Postgres gives them: JSON within an array is text. `values` by mark."""
        sql, parameters, model = self._compiled
        given = [
            values.get(one, one) if values and isinstance(one, str) else one
            for one in parameters
        ]
        with connections[router.db_for_read(model)].cursor() as cursor:
            cursor.execute(sql, given)
            return cursor.fetchall()


def _with_constants(
    through: BaseDatabaseWrapper, sql: str, values: Sequence[Any]
) -> tuple[Planned, tuple[Any, ...]]:
    """Only the marks are left for later: where the status isn't known, an index of published reviews is of no use."""
    with through.cursor() as cursor:
        written = tuple(
            "%s" if _is_mark(value) else literal(cursor, "%s", [value])
            for value in values
        )
    marks = tuple(value for value in values if _is_mark(value))
    return Planned(sql.replace("%%", "%%%%") % written), marks


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and bool(MARK.search(value))
