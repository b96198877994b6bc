from django.core.cache import cache
from django.db import transaction

from reviews.models import RatingRefresh
from reviews.ratings import hint_key
from reviews.tasks import refresh_rating

# How long a lost hint can keep others back; the sweep comes every few seconds anyway.
HINT_SECONDS = 60
# A burst of posts on one product becomes one recomputation; still visible well within 2 seconds.
COALESCE_SECONDS = 0.5


def request_rating_refresh(product_id: int) -> None:
    """Call it in the transaction that changes a published review.

    The row is the promise: it commits with the change, and the sweep serves it even if Redis is away.
    The hint sent after the commit only makes it quick.
    """
    RatingRefresh.objects.create(product_id=product_id)
    transaction.on_commit(lambda: _send_rating_hint(product_id), robust=True)


def _send_rating_hint(product_id: int) -> None:
    """Many posts on one product in one breath send one hint.

    No post is missed: this runs after the post's commit. If the key is there, the task of an earlier hint has not
    begun, since it deletes the key before it reads, so it will read this post too. If that hint was lost, the key
    ends after HINT_SECONDS, and long before that the sweep finds the row.
    """
    if cache.add(hint_key(product_id), 1, HINT_SECONDS):
        refresh_rating.apply_async_on_commit((product_id,), countdown=COALESCE_SECONDS)
