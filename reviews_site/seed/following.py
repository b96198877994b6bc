"""What the demo's buyer has on a shortlist and follows, and their weekly e-mail."""

import datetime
from collections import defaultdict
from random import Random

from django.db.models import Count

from accounts.models import User
from following.models import (
    DIGEST,
    DigestSubscription,
    Follow,
    Shortlist,
    ShortlistItem,
)
from following.services.digest import send_portion
from notifications.services import set_preferences
from products.models import ProductCategory, Vendor
from reviews.models import ProductRating
from reviews_site.seed.reviews import random_uuid

COMPARED = 4
NOTES = (
    "The one to beat. Ask a reference how long the move of the old data took.",
    "Finance likes the price, the administrators don't like the upgrades.\nCheck: single sign-on in the small plan?",
    "Out unless the contract has an exit format. Legal reads it until Thursday.",
    "",
)
DAY = datetime.timedelta(days=1)


def write(buyer: User, now: datetime.datetime, rng: Random) -> None:
    """Once the ratings are computed; nothing where no category has enough rated products."""
    category_id, ratings = _most_reviewed()
    if len(ratings) < COMPARED:
        return
    _shortlists(buyer, ratings, now, rng)
    _follows(buyer, ratings, category_id, now)
    _digest(buyer, now)


def _most_reviewed() -> tuple[int, list[ProductRating]]:
    """The category whose fourth product has the most reviews, and its first four."""
    category_of = dict(
        ProductCategory.objects.filter(position=0).values_list("product", "category")
    )
    rated: dict[int, list[ProductRating]] = defaultdict(list)
    rows = ProductRating.objects.filter(score__isnull=False).select_related("product")
    for each in rows.order_by("-count", "product__slug"):
        if each.product_id in category_of:
            rated[category_of[each.product_id]].append(each)
    enough = {pk: found for pk, found in rated.items() if len(found) >= COMPARED}
    if not enough:
        return 0, []
    best = max(enough, key=lambda pk: (enough[pk][COMPARED - 1].count, -pk))
    return best, enough[best][:COMPARED]


def _shortlists(
    buyer: User, ratings: list[ProductRating], now: datetime.datetime, rng: Random
) -> None:
    shortlist = Shortlist.objects.create(
        public_id=random_uuid(rng),
        owner=buyer,
        name="Shortlist for spring",
        created_at=now - 16 * DAY,
    )
    ShortlistItem.objects.bulk_create(
        ShortlistItem(
            shortlist=shortlist,
            product=rating.product,
            note=note,
            added_at=now - (16 - 2 * place) * DAY,
        )
        for place, (rating, note) in enumerate(zip(ratings, NOTES, strict=True))
    )


def _follows(
    buyer: User,
    ratings: list[ProductRating],
    category_id: int,
    now: datetime.datetime,
) -> None:
    first, *others = ratings
    since = {"follower": buyer, "created_at": now - 15 * DAY}
    # So that the weekly e-mail has a moved score to tell of.
    moved = min((first.interval_high or 0) + 0.2, 5.0)
    Follow.objects.bulk_create(
        [
            Follow(product=first.product, seen_score=moved, **since),
            *(Follow(product=r.product, seen_score=r.score, **since) for r in others),
            Follow(category_id=category_id, **since),
            Follow(vendor_id=_smallest_vendor(ratings), **since),
        ]
    )


def _smallest_vendor(ratings: list[ProductRating]) -> int:
    """Not a foundation of two hundred projects."""
    theirs = Vendor.objects.filter(products__in=[each.product_id for each in ratings])
    counted = Vendor.objects.filter(pk__in=theirs).annotate(made=Count("products"))
    return counted.order_by("made", "slug").values_list("pk", flat=True)[0]


def _digest(buyer: User, now: datetime.datetime) -> None:
    """Confirmed two weeks ago and due: the first one lies among the demo's e-mails."""
    DigestSubscription.objects.create(
        subscriber=buyer,
        requested_at=now - 15 * DAY,
        confirmed_at=now - 15 * DAY,
        covered_until=now - 8 * DAY,
    )
    set_preferences(user=buyer, enabled={DIGEST: True})
    send_portion(now)
