from django.db import transaction

from accounts.models import User
from reviews.discussion import lock_reviews, recount
from reviews.models import HelpfulVote, Review
from reviews.participation import PartRefusal, vote_refusal
from reviews.services.errors import PartRefused


@transaction.atomic
def vote_helpful(*, review: Review, voter: User) -> None:
    """A second vote changes nothing. Raises PartRefused."""
    review = _locked(review)
    if refusal := vote_refusal(voter, review):
        raise PartRefused(refusal)
    _, is_new = HelpfulVote.objects.get_or_create(review=review, user=voter)
    if is_new:
        recount([review.pk])


@transaction.atomic
def take_back_vote(*, review: Review, voter: User) -> None:
    """Whoever voted may always take it back. Raises PartRefused where the review is no longer public."""
    review = _locked(review)
    if review.status != Review.Status.PUBLISHED:
        raise PartRefused(PartRefusal.NOT_PUBLIC)
    deleted, _ = HelpfulVote.objects.filter(review=review, user=voter).delete()
    if deleted:
        recount([review.pk])


def _locked(review: Review) -> Review:
    """As it is now; whoever counts waits for whoever counts already."""
    lock_reviews([review.pk])
    return Review.objects.select_related("product").get(pk=review.pk)
