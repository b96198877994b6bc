import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from accounts import privacy
from accounts.services import erase_account
from moderation.models import ReasonCode
from reviews.models import Answer, Question, RatingRefresh, Review, ReviewRevision
from reviews.services import (
    answers_of,
    approve_edit,
    content_of,
    propose_edit,
    publish_review,
    reject_review,
    save_draft,
    submit_review,
)
from tests.factories import (
    ProductFactory,
    UserFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.reviews.content import review_content
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db

NAME, TEXT = "Plantedname", "plantedtext"
SIDE = f"{TEXT} " * 10


@pytest.fixture
def author():
    user = confirm_email(UserFactory())
    complete_profile(user, display_name=NAME)
    WorkEmailFactory(user=user)
    user.refresh_from_db()
    return user


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def submitted(author):
    return submit_review(
        author=author,
        product=ProductFactory(),
        content=review_content(
            headline=f"Of {TEXT}", pros=SIDE, cons=SIDE, is_anonymous=False
        ),
        answers={Question.objects.earliest("position").key: TEXT},
    )


def edited(review, author):
    return propose_edit(
        review=review,
        author=author,
        content=content_of(review),
        answers=answers_of(review),
    )


@pytest.fixture
def published(author, moderator):
    """Public, once edited, with another edit waiting."""
    review = submitted(author)
    publish_review(review=review, moderator=moderator)
    approve_edit(revision=edited(review, author), moderator=moderator)
    edited(review, author)
    RatingRefresh.objects.all().delete()
    review.refresh_from_db()
    return review


@pytest.fixture
def rejected(author, moderator):
    review = submitted(author)
    reject_review(
        review=review,
        moderator=moderator,
        reason_code=ReasonCode.COPIED,
        statement="",
    )
    return review


def test_export_has_reviews_answers_edits_and_drafts(author, published, rejected):
    other = submitted(confirm_email(UserFactory()))
    save_draft(author=author, product=other.product, data={"pros": "half a sen"})
    told = json.loads(json.dumps(privacy.export(author), cls=DjangoJSONEncoder))
    reviews = told["reviews"]
    assert [row["public_id"] for row in reviews["reviews"]] == [
        str(published.public_id),
        str(rejected.public_id),
    ]
    assert [row["status"] for row in reviews["reviews"]] == ["published", "rejected"]
    assert reviews["reviews"][0]["pros"] == published.pros
    assert [row["text"] for row in reviews["answers"]] == [TEXT, TEXT]
    assert [row["status"] for row in reviews["edits"]] == ["approved", "pending"]
    assert [row["data"] for row in reviews["drafts"]] == [{"pros": "half a sen"}]
    assert str(other.public_id) not in json.dumps(told)


def test_erasure_that_keeps_what_is_public_takes_only_the_name(
    author, published, rejected, moderator
):
    waiting = submitted(author)
    version = published.version
    erase_account(user=author, keep_published=True)
    published.refresh_from_db()
    assert (published.status, published.author) == (Review.Status.PUBLISHED, None)
    assert (published.display_name, published.is_anonymous) == ("", True)
    assert (published.pros, published.version) == (SIDE, version + 1)
    assert places_with(NAME) == []
    assert [answer.review for answer in Answer.objects.all()] == [published]
    assert ReviewRevision.objects.count() == RatingRefresh.objects.count() == 0
    for review, status in [(waiting, "withdrawn"), (rejected, "rejected")]:
        review.refresh_from_db()
        assert (review.status, review.pros) == (status, "")


def test_erasure_leaves_nothing_where_nothing_is_to_be_kept(
    author, published, rejected
):
    submitted(author)
    save_draft(author=author, product=ProductFactory(), data={"pros": TEXT})
    erase_account(user=author, keep_published=False)
    assert places_with(NAME) == places_with(TEXT) == []
    states = set(Review.objects.values_list("status", flat=True))
    assert states == {"withdrawn", "rejected"}
    assert RatingRefresh.objects.get().product == published.product


def test_erasure_touches_nobody_else(author, published):
    other = confirm_email(UserFactory())
    kept = submitted(other)
    erase_account(user=author, keep_published=False)
    kept.refresh_from_db()
    assert (kept.author, kept.status, kept.pros) == (other, "pending", SIDE)
