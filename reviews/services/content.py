"""What a review says, as values: the form's, the database's and a revision's."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from moderation.services import Conflict, close_item
from reviews.coarsening import facets_to_hide
from reviews.freshness import review_pages_changed
from reviews.kinds import REVISION
from reviews.models import (
    Answer,
    Question,
    Review,
    ReviewRevision,
    TextFingerprint,
)
from reviews.services.considered import Considered, write_considered
from reviews.services.errors import AlreadyReviewed
from reviews.standing import end_what_hangs_on, lapse_disputes
from reviews_site.lib.visitor_pages import everything_changed


@dataclass(frozen=True, kw_only=True)
class ReviewContent:
    """What the form collects. Ratings are in half stars, 1 to 10; `would_recommend` is 0 to 10."""

    headline: str
    pros: str
    cons: str
    half_stars: int
    would_recommend: int
    perspective: str
    job_function: str
    seniority: str
    company_size: str
    industry: str
    usage_duration: str
    last_used_on: datetime.date
    ease_of_use: int | None = None
    features: int | None = None
    support: int | None = None
    value: int | None = None
    country: str = ""
    deployment: str = ""
    relationship: str = Review.Relationship.CUSTOMER
    incentive: str = Review.Incentive.NONE
    incentive_detail: str = ""
    rewarded_by: str = ""
    is_anonymous: bool = True


CONTENT_FIELDS: tuple[str, ...] = tuple(
    field.name for field in dataclasses.fields(ReviewContent)
)


def content_of(review: Review) -> ReviewContent:
    return ReviewContent(**{name: getattr(review, name) for name in CONTENT_FIELDS})


def answers_of(review: Review) -> dict[str, str]:
    """Question key to text, in the order of the form."""
    answers = review.answers.select_related("question").order_by("question__position")
    return {answer.question.key: answer.text for answer in answers}


def columns_of(content: ReviewContent, author: User) -> dict[str, Any]:
    name = "" if content.is_anonymous else author.profile.display_name
    return dataclasses.asdict(content) | {"display_name": name}


def stored_columns(review: Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in (*CONTENT_FIELDS, "display_name")}


def as_json(
    columns: dict[str, Any],
    answers: Mapping[str, str],
    considered: Considered | None = None,
) -> dict[str, Any]:
    """What ReviewRevision keeps: the columns by name, the date in ISO 8601, the answers by question key.

    And the slugs of the products that it names, by kind, unless the edit leaves them as they are.
    """
    last_used_on = columns["last_used_on"].isoformat()
    content = columns | {"last_used_on": last_used_on, "answers": dict(answers)}
    if considered is not None:
        content["considered"] = {kind: list(considered[kind]) for kind in considered}
    return content


def from_json(
    content: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, str], Considered | None]:
    columns = {
        name: content[name]
        for name in (*CONTENT_FIELDS, "display_name")
        if name in content
    }
    columns["last_used_on"] = datetime.date.fromisoformat(content["last_used_on"])
    return columns, content.get("answers", {}), content.get("considered")


@contextmanager
def one_live_review() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "one_live_review_per_product_and_author" not in str(error):
            raise
        raise AlreadyReviewed from error


def write_answers(review: Review, answers: Mapping[str, str]) -> None:
    """Empty answers are left out. Raises ValueError for a key that no question has."""
    given = {key: text.strip() for key, text in answers.items() if text.strip()}
    questions = {
        question.key: question for question in Question.objects.filter(key__in=given)
    }
    if unknown := given.keys() - questions.keys():
        raise ValueError(f"No question has the key {sorted(unknown)[0]!r}.")
    Answer.objects.bulk_create(
        Answer(review=review, question=questions[key], text=text)
        for key, text in given.items()
    )


def rewrite(
    review: Review,
    columns: dict[str, Any],
    answers: Mapping[str, str],
    considered: Considered | None = None,
) -> None:
    """Without `considered`, the products that it names stay as they are."""
    hidden = facets_to_hide(Review(**columns))
    Review.objects.filter(pk=review.pk).update(
        **columns, hidden_facets=hidden, version=F("version") + 1
    )
    review.refresh_from_db()
    if review.status == Review.Status.PUBLISHED:
        # Words or a name may be gone, and both are quoted elsewhere.
        everything_changed()
    if review.relationship != Review.Relationship.CUSTOMER:
        end_what_hangs_on([review.pk])
    TextFingerprint.objects.filter(review=review).delete()
    review.answers.all().delete()
    write_answers(review, answers)
    if considered is not None:
        write_considered(review, considered)


def move(
    review: Review,
    *,
    from_: str,
    to: Review.Status,
    seen_version: int | None = None,
    **columns: Any,
) -> None:
    rows = Review.objects.filter(pk=review.pk, status=from_)
    if seen_version is not None:
        rows = rows.filter(version=seen_version)
    if not rows.update(status=to, version=F("version") + 1, **columns):
        raise Conflict
    review.refresh_from_db()
    if to == Review.Status.PUBLISHED:
        review_pages_changed([review.pk])
    if from_ == Review.Status.PUBLISHED:
        everything_changed()
        lapse_disputes([review.pk])
        end_what_hangs_on([review.pk])
        # An edit of what nobody reads any more is nothing that a moderator could decide on.
        supersede_revisions(review)


def draw_anew(review_id: int) -> None:
    """Its card changed without itself: what the vendor says about it came or went."""
    Review.objects.filter(pk=review_id).update(version=F("version") + 1)
    review_pages_changed([review_id])


def supersede_revisions(review: Review) -> None:
    """At most one waits, by constraint."""
    waiting = review.revisions.filter(status=ReviewRevision.Status.PENDING)
    for public_id in waiting.values_list("public_id", flat=True):
        close_item(kind=REVISION, target_public_id=public_id)
    waiting.update(status=ReviewRevision.Status.SUPERSEDED, decided_at=timezone.now())
