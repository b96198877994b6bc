"""What can be reported, and what a report needs to know of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import User
from moderation.models import Report
from reviews.kinds import COMMENT_REPORT, RESPONSE_REPORT, REVIEW_REPORT
from reviews.models import (
    Comment,
    CommentReport,
    ResponseReport,
    Review,
    ReviewReport,
    VendorResponse,
)
from reviews.standing import is_impartial, text_version

Reported = Review | Comment | VendorResponse


@dataclass(frozen=True)
class Subject:
    # Of the queue and the log.
    kind: str
    model: type[models.Model]
    reports: type[Report]
    # By which a report points at it.
    field: str
    # What it is called to those who reported it: "the comment that you reported".
    noun: str

    def public(self) -> models.QuerySet[Any]:
        """What somebody who reads the site can report."""
        rows: Any = self.model._default_manager
        found = rows.published()
        if self.model is Review:
            return found.select_related("product")
        return found.filter(review__status=Review.Status.PUBLISHED).select_related(
            "review__product"
        )

    def reports_of(self, target: Reported) -> models.QuerySet[Any]:
        return self.reports._default_manager.filter(**{self.field: target})

    def open_reports_of(self, target: Reported) -> models.QuerySet[Any]:
        return self.reports_of(target).filter(status=Report.Status.OPEN)


REVIEW = Subject(REVIEW_REPORT, Review, ReviewReport, "review", "review")
COMMENT = Subject(COMMENT_REPORT, Comment, CommentReport, "comment", "comment")
RESPONSE = Subject(
    RESPONSE_REPORT, VendorResponse, ResponseReport, "response", "vendor's response"
)
SUBJECTS = (REVIEW, COMMENT, RESPONSE)


def subject_of(target: Reported) -> Subject:
    return next(one for one in SUBJECTS if isinstance(target, one.model))


def subject_of_report(report: Report) -> Subject:
    return next(one for one in SUBJECTS if isinstance(report, one.reports))


def review_of(target: Reported) -> Review:
    return target if isinstance(target, Review) else target.review


def is_public(target: Reported) -> bool:
    """Every one of them calls it so; what stands under a review is public only with it."""
    return (
        target.status == "published"
        and review_of(target).status == Review.Status.PUBLISHED
    )


def may_decide_reports(moderator: User, target: Reported) -> bool:
    """Not who wrote it, has a side in it, or reported it."""
    if target.author_id == moderator.pk:
        return False
    if subject_of(target).reports_of(target).filter(reporter=moderator).exists():
        return False
    return is_impartial(moderator, review_of(target))


def find_report(public_id: UUID) -> Report | None:
    """Whichever of them it is about, with its target."""
    for subject in SUBJECTS:
        reports = subject.reports._default_manager
        deeper = "" if subject is REVIEW else "__review"
        found = reports.select_related(f"{subject.field}{deeper}__product")
        if report := found.filter(public_id=public_id).first():
            return report
    return None


def target_of(report: Report) -> Reported:
    target: Reported = getattr(report, subject_of_report(report).field)
    return target


def version_of(target: Reported) -> int:
    """Only a review's text can change once it is public."""
    return text_version(target) if isinstance(target, Review) else 0


def text_of(target: Reported) -> str:
    if isinstance(target, Review):
        return "\n".join([target.headline, target.pros, target.cons])
    return target.body


def address_of(target: Reported) -> str:
    """Of the page where it stands, while it is public."""
    if isinstance(target, VendorResponse):
        return target.review.get_absolute_url()
    return target.get_absolute_url()
