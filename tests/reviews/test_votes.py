import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from reviews.models import HelpfulVote, Review
from reviews.participation import PartRefusal
from reviews.services import PartRefused, take_back_vote, vote_helpful
from tests.factories import (
    PendingReviewFactory,
    ReviewFactory,
    UserFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    confirm_email,
)

pytestmark = pytest.mark.django_db


def voter() -> User:
    return confirm_email(UserFactory())


def helpful_count(review: Review) -> int:
    review.refresh_from_db()
    return review.helpful_count


# --- The verbs ------------------------------------------------------------------------------


def test_vote_counts_once_and_can_be_taken_back():
    review, member = ReviewFactory(), voter()
    for _ in range(2):
        vote_helpful(review=review, voter=member)
        assert helpful_count(review) == 1
    vote_helpful(review=review, voter=voter())
    assert helpful_count(review) == 2
    for _ in range(2):
        take_back_vote(review=review, voter=member)
        assert helpful_count(review) == 1


def test_vote_makes_a_new_card_and_nothing_else_new():
    review = ReviewFactory()
    before = Review.objects.values().get(pk=review.pk)
    vote_helpful(review=review, voter=voter())
    after = Review.objects.values().get(pk=review.pk)
    assert {name for name in before if before[name] != after[name]} == {
        "helpful_count",
        "version",
    }


def refused(review: Review, member: User) -> PartRefusal:
    with pytest.raises(PartRefused) as caught:
        vote_helpful(review=review, voter=member)
    assert not HelpfulVote.objects.exists()
    assert helpful_count(review) == 0
    return caught.value.reason


def test_own_review_takes_no_vote():
    review = ReviewFactory(author=voter())
    assert refused(review, review.author) == PartRefusal.OWN_REVIEW


def test_vote_needs_a_confirmed_address():
    assert refused(ReviewFactory(), UserFactory()) == PartRefusal.CONFIRM_EMAIL


def test_review_that_is_not_public_takes_no_vote():
    assert refused(PendingReviewFactory(), voter()) == PartRefusal.NOT_PUBLIC


def test_vendor_does_not_vote_on_its_reviews():
    review = ReviewFactory(product__vendor__email_domains=["acme.example"])
    representative, employee = voter(), voter()
    VendorRepresentativeFactory(vendor=review.product.vendor, user=representative)
    WorkEmailFactory(
        user=employee, domain="acme.example", address="somebody@acme.example"
    )
    for member in (representative, employee):
        assert refused(review, member) == PartRefusal.VOTE_OF_VENDOR


# --- The pages ------------------------------------------------------------------------------


def address(review: Review) -> str:
    return f"/reviews/{review.public_id}/helpful/"


def test_member_votes_by_a_form_on_the_page_of_the_review(client):
    review = ReviewFactory()
    client.force_login(voter())
    assert b"It helped me" in client.get(review.get_absolute_url()).content
    response = client.post(address(review), {"helpful": "yes"})
    assert response["Location"] == f"{review.get_absolute_url()}#helpful"
    page = client.get(review.get_absolute_url()).content.decode()
    assert "found this review helpful, you among them" in page
    client.post(address(review), {"helpful": "no"})
    assert helpful_count(review) == 0


def test_visitor_is_sent_to_sign_in_and_nothing_is_counted(client):
    review = ReviewFactory()
    response = client.post(address(review))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/reviews/")
    assert helpful_count(review) == 0


@pytest.mark.parametrize("method", ["get", "head", "put"])
def test_only_a_post_votes(client, method):
    review = ReviewFactory()
    client.force_login(voter())
    assert getattr(client, method)(address(review)).status_code == 405
    assert helpful_count(review) == 0


def test_author_gets_403_and_a_hidden_review_404(client):
    review = ReviewFactory(author=voter())
    client.force_login(review.author)
    assert client.post(address(review)).status_code == 403
    assert b"It helped me" not in client.get(review.get_absolute_url()).content
    hidden = PendingReviewFactory(author=review.author)
    assert client.post(address(hidden)).status_code == 404
    assert not HelpfulVote.objects.exists()


def test_vote_of_no_meaning_is_refused(client):
    review = ReviewFactory()
    client.force_login(voter())
    assert client.post(address(review), {"helpful": "maybe"}).status_code == 400


def test_vote_needs_the_token():
    review = ReviewFactory()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(voter())
    assert strict.post(address(review)).status_code == 403
    assert helpful_count(review) == 0


def test_pages_show_the_count_and_nobodys_name(client):
    review, member = ReviewFactory(product__slug="same"), voter()
    member.profile.display_name = "Anna Known"
    member.profile.save(update_fields=["display_name"])
    vote_helpful(review=review, voter=member)
    pages = [
        client.get(path).content.decode()
        for path in ("/products/same/", review.get_absolute_url())
    ]
    for page in pages:
        assert 'Helpful <span class="num">(1)</span>' in page
        assert "Anna Known" not in page
        assert str(member.public_id) not in page


# --- At the same time -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sixteen_votes_at_once_are_all_counted():
    review, members = ReviewFactory(), [voter() for _ in range(16)]
    ready = threading.Barrier(16)

    def act(n: int) -> None:
        ready.wait()
        try:
            vote_helpful(review=review, voter=members[n])
            # Every third changes their mind, every fourth presses twice.
            if n % 3 == 0:
                take_back_vote(review=review, voter=members[n])
            if n % 4 == 0:
                vote_helpful(review=review, voter=members[n])
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(act, range(16)))
    kept = [n for n in range(16) if n % 3 or n % 4 == 0]
    assert HelpfulVote.objects.filter(review=review).count() == len(kept)
    assert helpful_count(review) == len(kept)
