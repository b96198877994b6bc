"""Reviews as cards, prepared once for each version of a review.

A card is the same for every reader: no token, nothing about who looks. And it is made from the review's own columns
alone, so that the public bytes of an anonymous review don't depend on who wrote it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.template.loader import get_template

from accounts import personas
from reviews.models import Answer, Review
from reviews_site.lib.fragments import Batch, Fragments

TEMPLATE = "reviews/card.html"
CARDS: Fragments[int] = Fragments(
    "review-card", (TEMPLATE,), (__file__, personas.__file__)
)

SUB_RATINGS = {
    "ease_of_use": "Ease of use",
    "features": "Features",
    "support": "Support",
    "value": "Value for money",
}


class CardKey(NamedTuple):
    id: int
    version: int
    published_at: datetime


def with_answers(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """`answered`: [{question, text}] in the order of the form, without a query of its own."""
    mine = Answer.objects.filter(review=OuterRef("pk")).order_by("question__position")
    return reviews.annotate(
        answered=ArraySubquery(
            mine.values(answer=JSONObject(question="question__text", text="text"))
        )
    )


def answers(review: Review) -> list[dict[str, str]]:
    """Of a review that came `with_answers`."""
    return review.answered  # type: ignore[attr-defined]


def card(
    review: Review,
    answered: Iterable[Mapping[str, str]],
    *,
    level: int = 3,
    is_preview: bool = False,
) -> str:
    """`level` of its heading; a preview has no address yet, hence no links."""
    context = {
        "review": review,
        "answered": answered,
        "persona": persona_of(review),
        "sub_ratings": sub_ratings(review),
        "level": level,
        "is_preview": is_preview,
    }
    return get_template(TEMPLATE).render(context)


def persona_of(review: Review) -> str:
    return personas.persona(
        review.job_function,
        review.seniority,
        review.company_size,
        review.industry,
        review.country,
    )


def sub_ratings(review: Review) -> list[tuple[str, int]]:
    rated = ((label, getattr(review, name)) for name, label in SUB_RATINGS.items())
    return [(label, half_stars) for label, half_stars in rated if half_stars]


def render_cards(ids: list[int]) -> dict[int, str]:
    reviews = with_answers(Review.objects.published().filter(pk__in=ids))
    return {review.pk: card(review, answers(review)) for review in reviews}


def cards(keys: Iterable[CardKey]) -> Batch[int]:
    return CARDS.batch({key.id: str(key.version) for key in keys}, render_cards)
