"""How much one member may keep here: each limit beside its number."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from following.models import DigestSubscription, Follow, Shortlist, ShortlistItem

# Far more than anybody looks through, and few enough for one page without paging.
MOST_SHORTLISTS = 20
MOST_ITEMS = 100
MOST_FOLLOWS = 200
# Each sends an e-mail.
DIGEST_REQUESTS_PER_DAY = 5


def may_make_shortlist(owner: User) -> bool:
    return Shortlist.objects.of(owner).count() < MOST_SHORTLISTS


def has_room(shortlist: Shortlist) -> bool:
    return ShortlistItem.objects.filter(shortlist=shortlist).count() < MOST_ITEMS


def may_follow_more(follower: User) -> bool:
    return Follow.objects.filter(follower=follower).count() < MOST_FOLLOWS


def may_request_digest(user: User) -> bool:
    sent = user.outgoing_emails.filter(
        kind="digest_confirmation", created_at__gt=timezone.now() - timedelta(days=1)
    )
    return sent.count() < DIGEST_REQUESTS_PER_DAY


def gets_digest(user: User) -> bool:
    return DigestSubscription.objects.live().filter(subscriber=user).exists()
