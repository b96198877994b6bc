"""Four ways to be restricted."""

from messaging.services import read_reported_message, report_message, uphold_report
from moderation.models import Decision, ReasonCode
from reviews.models import Review, ReviewRevision
from reviews.services import (
    answers_of,
    content_of,
    propose_edit,
    reject_edit,
    reject_review,
    remove_review,
)
from tests.factories import PendingReviewFactory, ReviewFactory, WorkEmailFactory
from tests.messaging.people import ask, member, write

FACTS = "The third sentence names an employee."


def ground() -> dict:
    return {"reason_code": ReasonCode.PRIVATE_DATA, "statement": FACTS}


def verified_member():
    author = member()
    WorkEmailFactory(user=author)
    return author


def rejected_review(moderator) -> Review:
    review = PendingReviewFactory(author=verified_member(), headline="Of the queue")
    reject_review(review=review, moderator=moderator, **ground())
    return review


def removed_review(moderator) -> Review:
    review = ReviewFactory(author=verified_member(), headline="Of the page")
    remove_review(review=review, moderator=moderator, **ground())
    return review


def waiting_edit() -> ReviewRevision:
    review = ReviewFactory(author=verified_member(), headline="Of the edit")
    revision = propose_edit(
        review=review,
        author=review.author,
        content=content_of(review),
        answers=answers_of(review),
    )
    assert revision is not None
    return revision


def rejected_edit(moderator) -> ReviewRevision:
    revision = waiting_edit()
    reject_edit(revision=revision, moderator=moderator, **ground())
    return revision


def upheld_report(moderator):
    reviewer, buyer = member(), member()
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    message = conversation.messages.earliest("id")
    report = report_message(
        message=message, reporter=reviewer, reason="abuse", details=""
    )
    read_reported_message(report=report, moderator=moderator)
    uphold_report(report=report, moderator=moderator, **ground())
    return report


def last_decision() -> Decision:
    return Decision.objects.select_related("record__moderator").latest("id")
