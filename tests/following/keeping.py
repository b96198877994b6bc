"""What members keep, for the tests of shortlists, follows and the weekly e-mail."""

import datetime

from django.utils import timezone

from following.models import (
    DIGEST,
    DigestSubscription,
    Follow,
    Shortlist,
    ShortlistItem,
)
from notifications.services import set_preferences
from tests.factories import ProductFactory

DAY = datetime.timedelta(days=1)


def ago(days: float) -> datetime.datetime:
    return timezone.now() - days * DAY


def shortlist(owner, *products, name="For spring") -> Shortlist:
    made = Shortlist.objects.create(owner=owner, name=name)
    for place, product in enumerate(products):
        ShortlistItem.objects.create(
            shortlist=made, product=product, added_at=ago(30 - place)
        )
    return made


def put(shortlist, note="", **fields) -> ShortlistItem:
    product = fields.pop("product", None) or ProductFactory(**fields)
    return ShortlistItem.objects.create(shortlist=shortlist, product=product, note=note)


def follows(member, target, **fields) -> Follow:
    kind = target._meta.model_name
    return Follow.objects.create(follower=member, **{kind: target}, **fields)


def subscribe(member, covered_days_ago: float = 7.5) -> DigestSubscription:
    """Confirmed long ago."""
    set_preferences(user=member, enabled={DIGEST: True})
    return DigestSubscription.objects.create(
        subscriber=member,
        requested_at=ago(60),
        confirmed_at=ago(60),
        covered_until=ago(covered_days_ago),
    )
