import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from messaging.services import MessageRefused, lock_members, start_conversation
from products.models import Product
from references.models import ReferenceConsent, ReferenceDraw
from references.permissions import (
    SMALLEST_POOL,
    Refusal,
    can_be_reference,
    can_draw,
)
from references.pool import pool_for
from references.selection import draw, new_seed, ordered_pool, pool_hash
from reviews.models import Review

# Somebody of the pool may have got their last question of the day while ours was drawn.
ATTEMPTS = 3


class DrawRefused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.label)
        self.refusal = refusal


class NotAReference(Exception):
    """Only a customer with a public, verified review can be drawn."""


@transaction.atomic
def agree_to_be_reference(*, review: Review, author: User) -> None:
    """Raises NotAReference."""
    review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    if not can_be_reference(author, review):
        raise NotAReference
    ReferenceConsent.objects.update_or_create(
        review=review, defaults={"given_at": timezone.now(), "ended_at": None}
    )


def take_back_agreement(*, review: Review, author: User) -> bool:
    """Draws that were made stay; returns whether there was an agreement."""
    standing = ReferenceConsent.objects.standing().filter(
        review=review, review__author=author
    )
    return bool(standing.update(ended_at=timezone.now()))


def draw_references(*, buyer: User, product: Product, question: str) -> ReferenceDraw:
    """Asks three drawn reviewers the same question. Raises DrawRefused; then nobody was asked."""
    for _ in range(ATTEMPTS - 1):
        try:
            return _draw_once(buyer, product, question)
        except MessageRefused:
            continue
    try:
        return _draw_once(buyer, product, question)
    except MessageRefused as error:
        raise DrawRefused(Refusal.POOL_TOO_SMALL) from error


@transaction.atomic
def _draw_once(buyer: User, product: Product, question: str) -> ReferenceDraw:
    # Two draws at once by one buyer: the second sees the first.
    User.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    if refusal := can_draw(buyer, product):
        raise DrawRefused(refusal)
    reviews = {review.public_id: review for review in pool_for(buyer, product)}
    if len(reviews) < SMALLEST_POOL:
        raise DrawRefused(Refusal.POOL_TOO_SMALL)
    seed, pool = new_seed(), ordered_pool(reviews)
    drawn = draw(seed, pool)
    # All at once: one after the other, two draws that meet in two reviewers would wait for one another.
    lock_members([buyer.pk, *(reviews[each].author_id for each in drawn)])
    for public_id in drawn:
        start_conversation(
            buyer=buyer,
            review=reviews[public_id],
            body=question,
            client_key=uuid.uuid4(),
        )
    return ReferenceDraw.objects.create(
        product=product,
        buyer=buyer,
        seed=seed,
        pool=pool,
        pool_hash=pool_hash(seed, pool),
        drawn=drawn,
    )
