"""What waits for a moderator, made as members make it, with its item of the queue."""

import datetime

from django.utils import timezone

from moderation.models import QueueItem
from moderation.services import open_item
from reviews.kinds import REVIEW, REVISION
from reviews.models import Review, ReviewRevision
from reviews.services import propose_edit
from tests.factories import (
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.content import review_content


def waiting_review(**columns) -> Review:
    """It can be published: its author has a current work e-mail."""
    if "author" not in columns:
        columns["author"] = confirm_email(UserFactory())
        WorkEmailFactory(user=columns["author"])
    review = PendingReviewFactory(**columns)
    open_item(kind=REVIEW, target_public_id=review.public_id)
    return review


def waiting_edit(before: str = "Before", **content) -> ReviewRevision:
    review = ReviewFactory(author=confirm_email(UserFactory()), headline=before)
    revision = propose_edit(
        review=review,
        author=review.author,
        content=review_content(**({"headline": "After"} | content)),
        answers={"advice": "Wait."},
    )
    assert revision is not None
    return revision


def item_of(target: Review | ReviewRevision) -> QueueItem:
    kind = REVIEW if isinstance(target, Review) else REVISION
    return QueueItem.objects.get(kind=kind, target_public_id=target.public_id)


def page_of(target: Review | ReviewRevision) -> str:
    return f"/admin/queue/{item_of(target).public_id}/"


def made_older(target: Review | ReviewRevision, hours: float) -> None:
    moment = timezone.now() - datetime.timedelta(hours=hours)
    QueueItem.objects.filter(pk=item_of(target).pk).update(
        opened_at=moment, sort_at=moment
    )
