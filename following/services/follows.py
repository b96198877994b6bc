from typing import Any

from django.db import transaction

from accounts.models import User
from following.models import Follow
from following.permissions import MOST_FOLLOWS, may_follow_more
from following.services.errors import Refused
from following.services.shortlists import lock_member
from products.models import Category, Product, Vendor
from reviews.models import ProductRating

Followable = Product | Category | Vendor


@transaction.atomic
def follow(*, follower: User, target: Followable) -> Follow:
    """The same again changes nothing. Raises Refused."""
    lock_member(follower)
    found = Follow.objects.filter(follower=follower, **named(target)).first()
    if found is not None:
        return found
    if not may_follow_more(follower):
        raise Refused(
            f"You follow {MOST_FOLLOWS} things, which is the limit. Stop following one first."
        )
    return Follow.objects.create(
        follower=follower, seen_score=_score(target), **named(target)
    )


def unfollow(*, follower: User, target: Followable) -> None:
    Follow.objects.filter(follower=follower, **named(target)).delete()


def named(target: Followable) -> dict[str, Any]:
    """The column that names it."""
    return {target._meta.model_name or "": target}


def _score(target: Followable) -> float | None:
    if not isinstance(target, Product):
        return None
    rated = ProductRating.objects.filter(product=target)
    return rated.values_list("score", flat=True).first()
