"""JSON Schemas (draft 2020-12) of the rows of each file; what may be chosen comes from the models."""

from typing import Any

from django.db.models import Choices

from accounts.models import CompanySize, Industry, JobFunction, Seniority
from disclosure.measures import FEWEST
from products.models import Deployment
from reviews import scoring
from reviews.models import ConsideredProduct, Review
from reviews.public_data.rows import LICENCE

Schema = dict[str, Any]


def _object(**properties: Schema) -> Schema:
    """All of them are there, and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _one_of(choices: type[Choices]) -> Schema:
    return {"enum": [value for value in choices.values if value]}


def _number(lowest: float, highest: float | None = None) -> Schema:
    limits = {"minimum": lowest} | ({} if highest is None else {"maximum": highest})
    return {"type": "number", **limits}


TEXT: Schema = {"type": "string"}
SLUG: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
ID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
MONTH: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}
COUNT: Schema = {"type": "integer", "minimum": 0}
STARS = _number(scoring.LOWEST, scoring.HIGHEST)
RATING: Schema = STARS | {"multipleOf": 0.5}
OURS: Schema = {"const": LICENCE}
GROUP = _object(count=COUNT, mean=_or_null(STARS))
PRIOR = _object(mean=STARS, variance=_number(scoring.MIN_VARIANCE))
SCORE: dict[str, Schema] = {
    "score": _or_null(STARS),
    "interval": _or_null(_list(STARS, minItems=2, maxItems=2)),
    "effective_n": _number(0),
    "prior": PRIOR,
}

ROWS: dict[str, Schema] = {
    "categories": _object(
        slug=SLUG,
        name=TEXT,
        parent=_or_null(SLUG),
        ratings=_object(
            count=COUNT, mean=_or_null(STARS), variance=_or_null(_number(0))
        ),
        licence=OURS,
    ),
    "products": _object(
        slug=SLUG,
        name=TEXT,
        vendor=_object(slug=SLUG, name=TEXT),
        primary_category=_or_null(SLUG),
        categories=_list(SLUG),
        entry_by=_or_null(TEXT),
        licence=TEXT,
    ),
    "reviews": _object(
        id=ID,
        product=SLUG,
        published_on=DAY,
        edited_on=_or_null(DAY),
        last_used_in=MONTH,
        stars=RATING,
        parts=_object(
            ease_of_use=_or_null(RATING),
            features=_or_null(RATING),
            support=_or_null(RATING),
            value=_or_null(RATING),
        ),
        would_recommend={"type": "integer", "minimum": 0, "maximum": 10},
        headline=TEXT,
        pros=TEXT,
        cons=TEXT,
        answers=_list(_object(question=TEXT, text=TEXT)),
        perspective=_one_of(Review.Perspective),
        facets=_object(
            job_function=_or_null(_one_of(JobFunction)),
            seniority=_or_null(_one_of(Seniority)),
            company_size=_or_null(_one_of(CompanySize)),
            industry=_or_null(_one_of(Industry)),
            country=_or_null({"type": "string", "pattern": "^[A-Z]{2}$"}),
        ),
        usage_duration=_one_of(Review.UsageDuration),
        deployment=_or_null(_one_of(Deployment)),
        named=_list(_object(product=SLUG, kind=_one_of(ConsideredProduct.Kind))),
        relationship=_one_of(Review.Relationship),
        incentive=_one_of(Review.Incentive),
        incentive_detail=_or_null(TEXT),
        rewarded_by=_or_null(_one_of(Review.RewardedBy)),
        source=_one_of(Review.Source),
        verified_by=_or_null(_one_of(Review.Method)),
        verified_in=_or_null(MONTH),
        licence=OURS,
    ),
    "responses": _object(
        id=ID, review=ID, vendor=SLUG, published_on=DAY, text=TEXT, licence=OURS
    ),
    "scores": _object(
        product=SLUG,
        as_of=DAY,
        count=COUNT,
        scored_count=COUNT,
        mean=_or_null(STARS),
        half_star_counts=_list(COUNT, minItems=10, maxItems=10),
        **SCORE,
        perspectives=_object(**dict.fromkeys(Review.Perspective.values, GROUP)),
        trend=_list(
            _object(
                quarter={"type": "string", "pattern": "^[0-9]{4}-Q[1-4]$"},
                count=COUNT,
                mean=STARS,
            )
        ),
        shown=_or_null(_object(as_of=DAY, **SCORE)),
        licence=OURS,
    ),
    "figures": _object(
        product=SLUG,
        topic=TEXT,
        series=TEXT,
        band=TEXT,
        organisations={"type": "integer", "minimum": FEWEST, "multipleOf": FEWEST},
        figures={"type": "object", "additionalProperties": {"type": "object"}},
        released_on=DAY,
        licence=OURS,
    ),
    "tombstones": _object(
        id=ID,
        ended_on=_or_null(DAY),
        kind={"enum": ["withdrawn", "removed"]},
        licence=OURS,
    ),
}


def schema(name: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of {name}.jsonl",
        "$comment": f"Licence of the lines: {LICENCE} unless a line says otherwise.",
        **ROWS[name],
    }
