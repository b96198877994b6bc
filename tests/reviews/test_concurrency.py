"""Real threads, real transactions: whatever happens at the same time, the stored rating equals the rows."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from accounts.models import Profile, User, WorkEmail
from moderation.models import Decision, ReasonCode
from moderation.verification import verify_log
from reviews.models import ProductRating, RatingRefresh, Review
from reviews.ratings import check_ratings, serve_left_over_refreshes, serve_refreshes
from reviews.services import (
    AlreadyReviewed,
    Conflict,
    approve_edit,
    propose_edit,
    publish_review,
    reject_review,
    remove_review,
    restore_review,
    submit_review,
    withdraw_review,
)
from tests.conftest import test_database_url
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, REVIEWS = 16, 25


def members(count: int) -> list[User]:
    """Confirmed, with a work e-mail; made in bulk, for there are many."""
    users = User.objects.bulk_create(
        User(email=f"member{n}@firm{n}.example") for n in range(count)
    )
    now = timezone.now()
    Profile.objects.bulk_create(Profile(user=user) for user in users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True) for user in users
    )
    WorkEmail.objects.bulk_create(
        WorkEmail(
            user=user, address=user.email, domain=f"firm{n}.example", verified_at=now
        )
        for n, user in enumerate(users)
    )
    return users


def with_own_connection(work: Callable[..., object]) -> Callable[..., object]:
    def run(*args):
        try:
            return work(*args)
        finally:
            connection.close()

    return run


def live_one_review(n: int, author: User, product, moderator: User) -> None:
    """Post and publish; then, by turns, nothing, an edit, a removal, a removal taken back, a withdrawal."""
    review = submit_review(
        author=author,
        product=product,
        content=review_content(half_stars=1 + n % 10),
        answers={},
    )
    publish_review(review=review, moderator=moderator)
    if n % 5 == 1:
        content = review_content(half_stars=10 - n % 10)
        revision = propose_edit(
            review=review, author=author, content=content, answers={}
        )
        assert revision is not None
        approve_edit(revision=revision, moderator=moderator)
    if n % 5 in (2, 3):
        remove_review(
            review=review,
            moderator=moderator,
            reason_code=ReasonCode.COPIED,
            statement="",
        )
    if n % 5 == 3:
        restore_review(review=review, moderator=moderator)
    if n % 5 == 4:
        withdraw_review(review=review, author=author)


@pytest.mark.slow
def test_ratings_equal_the_rows_after_sixteen_threads_of_posts_edits_and_removals(
    empty_broker,
):
    product = ProductFactory()
    moderator = UserFactory(is_staff=True)
    authors = members(THREADS * REVIEWS)
    posting_is_over = threading.Event()

    @with_own_connection
    def post(thread: int) -> None:
        for n in range(REVIEWS):
            live_one_review(n, authors[thread * REVIEWS + n], product, moderator)

    @with_own_connection
    def serve(work: Callable[[], object]) -> None:
        while not posting_is_over.wait(0.05):
            work()

    with ThreadPoolExecutor(THREADS + 3) as pool:
        workers = [
            pool.submit(serve, lambda: serve_refreshes(product.pk)),
            pool.submit(serve, lambda: serve_refreshes(product.pk)),
            pool.submit(serve, serve_left_over_refreshes),
        ]
        try:
            for posted in [pool.submit(post, thread) for thread in range(THREADS)]:
                posted.result()
        finally:
            posting_is_over.set()
        for worker in workers:
            worker.result()
    serve_left_over_refreshes()

    published = Review.objects.published().filter(product=product)
    rating = ProductRating.objects.get(product=product)
    # Of five reviews in a row one is removed and one withdrawn.
    assert published.count() == THREADS * REVIEWS * 3 // 5
    assert rating.count == published.count()
    assert rating.half_star_counts == [
        published.filter(half_stars=n).count() for n in range(1, 11)
    ]
    assert check_ratings([product.pk]).differences == []
    assert not RatingRefresh.objects.exists()
    assert Decision.objects.count() == THREADS * REVIEWS * (5 + 1 + 2 + 1) // 5
    assert verify_log().problem is None


def all_at_once(*work: Callable[[], object]) -> list[object]:
    """What each returned or raised."""
    barrier = threading.Barrier(len(work))

    @with_own_connection
    def run(one: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return one()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def kinds_of(results: list[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_of_many_moderators_at_once_one_decides():
    review = PendingReviewFactory(author=WorkEmailFactory().user)
    moderators = [UserFactory(is_staff=True) for _ in range(4)]

    def publish(moderator):
        mine = Review.objects.get()
        return lambda: publish_review(review=mine, moderator=moderator)

    def reject(moderator):
        mine = Review.objects.get()
        return lambda: reject_review(
            review=mine,
            moderator=moderator,
            reason_code=ReasonCode.COPIED,
            statement="",
        )

    results = all_at_once(
        publish(moderators[0]),
        reject(moderators[1]),
        publish(moderators[2]),
        reject(moderators[3]),
    )
    assert kinds_of(results) == ["Conflict", "Conflict", "Conflict", "Decision"]
    (decision,) = Decision.objects.all()
    review.refresh_from_db()
    assert (
        review.status == {"publish": "published", "reject": "rejected"}[decision.action]
    )


def test_of_a_double_submit_one_review_is_kept():
    (author,) = members(1)
    product = ProductFactory()

    def submit() -> object:
        return submit_review(
            author=author, product=product, content=review_content(), answers={}
        )

    results = all_at_once(submit, submit, submit)
    assert kinds_of(results) == ["AlreadyReviewed", "AlreadyReviewed", "Review"]
    assert all(
        isinstance(result, Review | AlreadyReviewed | Conflict) for result in results
    )
    assert Review.objects.count() == 1


def test_an_edit_and_its_approval_at_once_leave_one_of_the_two():
    review = ReviewFactory(author=confirm_email(UserFactory()))
    author, moderator = review.author, UserFactory(is_staff=True)

    def edit(headline: str):
        return propose_edit(
            review=review,
            author=author,
            content=review_content(headline=headline),
            answers={},
        )

    first = edit("First")
    results = all_at_once(
        lambda: approve_edit(revision=first, moderator=moderator),
        lambda: edit("Second"),
    )
    first.refresh_from_db()
    review.refresh_from_db()
    approved = not isinstance(results[0], Conflict)
    assert first.status == ("approved" if approved else "superseded")
    assert (review.headline == "First") == approved
    assert review.revisions.get(status="pending").content["headline"] == "Second"


PUBLISH_WITHOUT_REDIS = """
import django
django.setup()
from accounts.models import User
from reviews.models import Review
from reviews.services import publish_review
publish_review(review=Review.objects.get(), moderator=User.objects.get(is_staff=True))
print(Review.objects.get().status)
"""


def test_with_redis_down_a_decision_commits_and_the_sweep_moves_the_rating():
    review = PendingReviewFactory(author=WorkEmailFactory().user)
    UserFactory(is_staff=True)
    # Port 9 is closed: each hint fails, and the rows are all there is.
    without_redis = os.environ | {
        "DATABASE_URL": test_database_url(),
        "REDIS_URL": "redis://127.0.0.1:9/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH_WITHOUT_REDIS],
        env=without_redis,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "published\n"), done.stderr
    assert RatingRefresh.objects.filter(product=review.product).count() == 1
    assert serve_left_over_refreshes() == 1
    assert ProductRating.objects.get(product=review.product).count == 1
