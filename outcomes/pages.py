"""What an author can be asked, what they said, and what comes next."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from outcomes.models import CheckIn
from outcomes.permissions import due_at, is_open
from reviews.models import Review

# Of one author; who wrote more sees the newest.
MOST_REVIEWS = 200


@dataclass(frozen=True)
class Question:
    review: Review
    month: CheckIn.Month
    check_in: CheckIn | None
    due: datetime.datetime


@dataclass
class CheckIns:
    waiting: list[Question] = field(default_factory=list)
    answered: list[Question] = field(default_factory=list)
    # The next one of each review that nobody can answer yet.
    coming: list[Question] = field(default_factory=list)


def check_ins_of(author: User) -> CheckIns:
    found = CheckIns()
    rows = CheckIn.objects.select_related("replaced_by")
    own = Review.objects.published().filter(
        author=author, relationship=Review.Relationship.CUSTOMER
    )
    reviews = own.select_related("product").prefetch_related(
        Prefetch("check_ins", rows)
    )
    for review in reviews.order_by("-published_at", "-id")[:MOST_REVIEWS]:
        _sort_in(found, review)
    found.coming.sort(key=lambda question: question.due)
    return found


def _sort_in(found: CheckIns, review: Review) -> None:
    by_month = {row.month: row for row in review.check_ins.all()}
    for month in CheckIn.Month:
        due, row = due_at(review, month), by_month.get(month)
        if due is None:
            return
        question = Question(review, month, row, due)
        if row and row.answered_at:
            found.answered.append(question)
            if not row.still_using:
                return
        elif is_open(review, month, row):
            found.waiting.append(question)
        elif due > timezone.now():
            found.coming.append(question)
            return
