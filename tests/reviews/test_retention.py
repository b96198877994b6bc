import datetime

import pytest
import time_machine
from django.utils import timezone

from moderation.errors import NotPossible
from moderation.models import DecisionRecord, ReasonCode
from moderation.services import Conflict, submit_appeal
from moderation.verification import verify_log
from reviews.models import Comment, Review, ReviewRevision
from reviews.retention import FORGOTTEN_HEADLINE, forget_refused
from reviews.services import publish_review, restore_response, restore_review
from tests.factories import ReviewFactory, UserFactory, VendorResponseFactory
from tests.moderation.restricted import (
    last_decision,
    rejected_edit,
    rejected_review,
    removed_review,
)
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def days_later(days: int):
    return time_machine.travel(NOW + datetime.timedelta(days=days), tick=False)


@pytest.mark.parametrize("refused", [rejected_review, removed_review])
def test_a_refused_review_is_kept_a_year_and_then_emptied(refused, moderator):
    with days_later(0):
        review = refused(moderator)
        kept = ReviewFactory(pros="Plantedkept text that stays public for all to read.")
        Review.objects.filter(pk=review.pk).update(cons="Plantedgone text")
    with days_later(364):
        assert forget_refused() == 0
    with days_later(366):
        assert forget_refused() == 1
        assert forget_refused() == 0
    review.refresh_from_db()
    assert review.status in ("rejected", "removed")
    assert (review.headline, review.pros, review.author) == (
        FORGOTTEN_HEADLINE,
        "",
        None,
    )
    record = DecisionRecord.objects.get()
    assert (record.statement, record.salt) == ("", "")
    assert len(record.content_hash) == 64
    assert record.decision.reason_code == ReasonCode.PRIVATE_DATA
    assert places_with("Plantedgone") == []
    kept.refresh_from_db()
    assert kept.pros.startswith("Plantedkept")
    report = verify_log()
    assert (report.erased, report.problem) == (1, None)


def test_the_year_counts_from_the_last_decision(moderator):
    with days_later(0):
        review = removed_review(moderator)
    with days_later(200):
        restore_review(review=review, moderator=moderator)
    with days_later(1000):
        assert forget_refused() == 0
    assert Review.objects.get().pros != ""


def test_while_an_appeal_waits_nothing_is_emptied(moderator):
    with days_later(0):
        review = rejected_review(moderator)
        submit_appeal(decision=last_decision(), author=review.author, text="Wrong.")
    with days_later(400):
        assert forget_refused() == 0
    review.refresh_from_db()
    assert review.pros != ""


def test_a_public_review_keeps_its_text_though_an_edit_was_refused(moderator):
    with days_later(0):
        rejected_edit(moderator)
    with days_later(400):
        assert forget_refused() == 0
    assert ReviewRevision.objects.count() == 1


def test_refused_comments_are_emptied_as_well(moderator):
    long_ago = timezone.now() - datetime.timedelta(days=400)
    comment = Comment.objects.create(
        review=ReviewFactory(),
        author=moderator,
        body="Plantedgone",
        display_name="Plantedgone",
        persona="Plantedgone",
        status="rejected",
        created_at=long_ago,
    )
    assert forget_refused() == 1
    comment.refresh_from_db()
    assert (comment.body, comment.author, comment.status) == ("", None, "rejected")
    assert places_with("Plantedgone") == []


def test_what_was_emptied_cannot_be_restored(moderator):
    with days_later(0):
        review = removed_review(moderator)
    with days_later(366):
        forget_refused()
        review.refresh_from_db()
        with pytest.raises(NotPossible, match="deleted"):
            restore_review(review=review, moderator=moderator)
    review.refresh_from_db()
    assert review.status == "removed"


def test_a_rejection_of_what_was_emptied_cannot_be_taken_back(moderator):
    with days_later(0):
        review = rejected_review(moderator)
    with days_later(366):
        forget_refused()
        with pytest.raises(NotPossible, match="deleted"):
            publish_review(review=review, moderator=moderator, from_="rejected")
    review.refresh_from_db()
    assert review.status == "rejected"


def test_a_vendors_answer_that_was_emptied_does_not_come_back(moderator):
    response = VendorResponseFactory(status="removed", body="")
    with pytest.raises(Conflict):
        restore_response(response=response, moderator=moderator)
    response.refresh_from_db()
    assert response.status == "removed"
