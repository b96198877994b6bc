"""What the public may see of an anonymous author. Whatever leaves the site asks here, never the columns themselves."""

from collections.abc import Sequence
from typing import Protocol

from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import Combinable

from accounts.coarsening import FACETS, SMALLEST_GROUP, hidden_facets
from accounts.personas import HasPersona, persona
from reviews.models import Review
from reviews_site.lib.visitor_pages import everything_changed


class Signed(HasPersona, Protocol):
    @property
    def is_anonymous(self) -> bool: ...


def facets_to_hide(content: Signed) -> list[str]:
    """For Review.hidden_facets, by the members of today. Who signs with a name hides nothing."""
    return hidden_facets(content) if content.is_anonymous else []


def public_facets(review: Review) -> dict[str, str]:
    """Facet to value, empty where it is hidden."""
    hidden = set(review.hidden_facets)
    return {name: "" if name in hidden else getattr(review, name) for name in FACETS}


def public_persona(review: Review) -> str:
    return persona(**public_facets(review))


def shown_as(**facets: str) -> Q:
    """The condition for a filter by facets: a hidden one is never found, else a filter would tell it."""
    condition = Q(**facets)
    for name in facets:
        condition &= ~Q(hidden_facets__contains=[name])
    return condition


def shown_among(**choices: Sequence[str]) -> Q:
    """The same with several values for each; deployment and perspective, which are never hidden, may be among them."""
    condition = Q()
    for name, values in choices.items():
        condition &= Q(**{f"{name}__in": list(values)})
        if name in FACETS:
            condition &= ~Q(hidden_facets__contains=[name])
    return condition


def shown_value(name: str) -> Combinable:
    """A facet as the public sees it, empty where it is hidden."""
    if name not in FACETS:
        return F(name)
    return Case(When(hidden_facets__contains=[name], then=Value("")), default=F(name))


# --- All of them ----------------------------------------------------------------------------

_COARSEN_ALL = """
WITH sizes AS (
    -- Every group of members that is large enough, "*" for a facet that it doesn't ask for.
    SELECT {keys}
    FROM accounts_profile GROUP BY CUBE ({facets}) HAVING count(*) >= %(smallest)s
),
described AS (
    SELECT DISTINCT {facets} FROM reviews_review WHERE is_anonymous AND status = 'published'
),
kept AS (
    SELECT {of_described}, coalesce(max(k) FILTER (WHERE sizes.{first} IS NOT NULL), 0) AS k
    FROM described CROSS JOIN generate_series(0, {count}) AS k LEFT JOIN sizes ON {joined}
    GROUP BY {of_described}
),
hidden AS (
    SELECT kept.*, array_remove(ARRAY[{names}], NULL)::varchar[] AS names FROM kept
)
UPDATE reviews_review AS review SET hidden_facets = hidden.names, version = review.version + 1
FROM hidden
WHERE review.is_anonymous AND review.status = 'published' AND {same}
  AND cardinality(hidden.names) > cardinality(review.hidden_facets)
"""


def _coarsen_all_sql() -> str:
    keys = ", ".join(
        f"CASE WHEN grouping({name}) = 1 THEN '*' ELSE {name} END AS {name}"
        for name in FACETS
    )
    joined = " AND ".join(
        f"sizes.{name} = CASE WHEN k >= {place} AND described.{name} <> '' THEN described.{name} ELSE '*' END"
        for place, name in enumerate(FACETS, start=1)
    )
    names = ", ".join(
        f"CASE WHEN k < {place} AND {name} <> '' THEN '{name}' END"
        for place, name in enumerate(FACETS, start=1)
    )
    return _COARSEN_ALL.format(
        keys=keys,
        joined=joined,
        names=names,
        facets=", ".join(FACETS),
        first=FACETS[0],
        count=len(FACETS),
        of_described=", ".join(f"described.{name}" for name in FACETS),
        same=" AND ".join(f"review.{name} = hidden.{name}" for name in FACETS),
    )


def coarsen_all() -> int:
    """Hides more of published anonymous reviews whose group has fallen under 5; returns how many.

    It never shows more: what an author once was told is hidden stays so until they edit the review.
    One statement, so it does for a bulk load too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_coarsen_all_sql(), {"smallest": SMALLEST_GROUP})
        hidden = cursor.rowcount
    if hidden:
        everything_changed()
    return hidden
