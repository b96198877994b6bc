"""An edit beside what it would replace, field by field."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from products.models import Product
from reviews.models import ConsideredProduct, Question, Review, ReviewRevision

FIELDS = (
    "headline",
    "half_stars",
    "pros",
    "cons",
    "ease_of_use",
    "features",
    "support",
    "value",
    "would_recommend",
    "perspective",
    "usage_duration",
    "last_used_on",
    "deployment",
    "relationship",
    "incentive",
    "incentive_detail",
    "rewarded_by",
    "job_function",
    "seniority",
    "company_size",
    "industry",
    "country",
    "is_anonymous",
    "display_name",
)
WRITTEN = {"headline", "pros", "cons", "display_name", "incentive_detail"}
IN_HALF_STARS = {"half_stars", "ease_of_use", "features", "support", "value"}
COLUMNS = {field.name: field for field in Review._meta.concrete_fields}
LABELS = {"half_stars": "Stars", "value": "Value for money"}


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str
    # Words of its author, to be compared word by word; else one of a few values.
    is_text: bool = False

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def differences(revision: ReviewRevision) -> list[Difference]:
    """What changes first, the rest after it; what is empty on both sides is left out."""
    rows = [*_columns(revision), *_answers(revision), *_considered(revision)]
    rows = [row for row in rows if row.before or row.after]
    return sorted(rows, key=lambda row: not row.is_changed)


def _before(revision: ReviewRevision) -> dict[str, Any]:
    """Once approved, the review itself holds the new text; what it replaced is kept beside."""
    if revision.status == ReviewRevision.Status.APPROVED:
        return revision.replaced
    review = revision.review
    stored = review.answers.values_list("question__key", "text")
    return {name: getattr(review, name) for name in FIELDS} | {
        "answers": dict(stored),
        "considered": _stored_considered(review),
    }


def _stored_considered(review: Review) -> dict[str, list[str]]:
    said: dict[str, list[str]] = defaultdict(list)
    stored = review.considered.order_by("id").values_list("kind", "product__slug")
    for kind, slug in stored:
        said[kind].append(slug)
    return said


def _columns(revision: ReviewRevision) -> Iterator[Difference]:
    before = _before(revision)
    for name in FIELDS:
        label = LABELS.get(name) or str(COLUMNS[name].verbose_name).capitalize()
        old, new = before.get(name), revision.content.get(name)
        yield Difference(
            label, _shown(name, old), _shown(name, new), is_text=name in WRITTEN
        )


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name in IN_HALF_STARS:
        return f"{value / 2:.1f}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(dict(COLUMNS[name].flatchoices).get(value, value))


def _answers(revision: ReviewRevision) -> Iterator[Difference]:
    before = _before(revision).get("answers", {})
    after = revision.content.get("answers", {})
    for question in Question.objects.filter(key__in={*before, *after}):
        old, new = before.get(question.key, ""), after.get(question.key, "")
        yield Difference(question.text, old, new, is_text=True)


def _considered(revision: ReviewRevision) -> Iterator[Difference]:
    """By their names. An edit that says nothing of them leaves them, and there is nothing to compare."""
    after = revision.content.get("considered")
    if after is None:
        return
    before = _before(revision).get("considered", {})
    slugs = {
        slug for said in (before, after) for named in said.values() for slug in named
    }
    names = dict(Product.objects.filter(slug__in=slugs).values_list("slug", "name"))
    for kind in after:
        old, new = (
            ", ".join(names.get(slug, slug) for slug in said.get(kind, ()))
            for said in (before, after)
        )
        yield Difference(str(ConsideredProduct.Kind(kind).label), old, new)
