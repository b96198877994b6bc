"""What the looking for signals reads."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from reviews.models import Answer, Review

Evidence = dict[str, Any]


def texts_of(review: Review) -> dict[str, str]:
    """By field; answers by the key of their question."""
    answers = Answer.objects.filter(review=review).values_list("question__key", "text")
    return _sides(review.pros, review.cons) | dict(answers)


def texts_in(content: Mapping[str, Any]) -> dict[str, str]:
    """The same of what a revision keeps."""
    return _sides(content["pros"], content["cons"]) | dict(content.get("answers", {}))


def _sides(pros: str, cons: str) -> dict[str, str]:
    """Both together as well: each may be too short to tell anything."""
    return {"pros": pros, "cons": cons, "sides": f"{pros}\n{cons}"}


def with_answers(reviews: list[Review]) -> dict[int, tuple[int, dict[str, str]]]:
    found = {
        review.pk: (review.version, _sides(review.pros, review.cons))
        for review in reviews
    }
    answers = Answer.objects.filter(review__in=found)
    for pk, key, text in answers.values_list("review", "question__key", "text"):
        found[pk][1][key] = text
    return found


def public_ids(reviews: QuerySet[Review]) -> list[str]:
    return [str(public_id) for public_id in reviews.values_list("public_id", flat=True)[:20]]  # fmt: skip


def rows_of(sql: str, **parameters: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
