"""Queries put into SQL once for each process: of a small one, Django's work costs more than what Postgres does.

In the query a mark stands for each value that a request brings: a text that nobody else would write there.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import RawSQL

from reviews_site.lib.postgres.planned import Planned


def given(mark: str, kind: Field, cast: str = "") -> RawSQL:
    """A mark for a value that is no text. `cast`: its type, where Postgres would take another one."""
    return RawSQL(f"%s{cast}", (mark,), output_field=kind)


class Prepared:
    def __init__(
        self,
        query: Callable[[], QuerySet[Any, Any]],
        around: str = "{}",
        marks: Sequence[str] = (),
        *,
        planned: bool = False,
    ) -> None:
        """`around`: SQL with {} for the query's own; `marks`: of its placeholders, which all stand behind that.

        `planned`: once for each connection, as well.
        """
        self._query, self._around, self._marks = query, around, marks
        self._kind: type[str] = Planned if planned else str

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], type[Model]]:
        query = self._query()
        sql, parameters = query.query.sql_with_params()
        everything = (*parameters, *self._marks)
        return self._kind(self._around.format(sql)), everything, query.model

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
