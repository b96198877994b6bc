"""Publishes and withdraws reviews of one product until its input ends, and sends every task twice.

    python -m benchmarks.faults.moderators SLUG DECISIONS < pipe        so many at most

Several may run at once: whoever comes second gets a conflict.
"""

import select
import sys

import django
from django.db import OperationalError

django.setup()

# The models need the set-up above.
from accounts.models import User  # noqa: E402
from moderation.services import Conflict  # noqa: E402
from notifications.models import OutgoingEmail  # noqa: E402
from notifications.tasks import deliver_email  # noqa: E402
from reviews.models import Review  # noqa: E402
from reviews.services import publish_review, withdraw_review  # noqa: E402
from reviews.tasks import refresh_rating  # noqa: E402

TWICE = range(2)


def main(slug: str, decisions: int) -> None:
    moderator = User.objects.get(email="moderator@faults.example")
    pending = Review.objects.filter(product__slug=slug, status=Review.Status.PENDING)
    over = False
    # What waits when the input ends is done as well.
    while not over or (decisions > 0 and pending.exists()):
        for review in pending.select_related("author").order_by("pk")[
            : min(5, decisions)
        ]:
            decide(review, moderator)
            decisions -= 1
        over = over or bool(select.select([sys.stdin], [], [], 0.05)[0])


def decide(review: Review, moderator: User) -> None:
    try:
        publish_review(review=review, moderator=moderator)
    except (Conflict, OperationalError):
        # Decided by the other one, or the statement took too long beside it: what still waits comes again.
        return
    if review.pk % 4 == 0:
        assert review.author is not None
        withdraw_review(review=review, author=review.author)
    for _ in TWICE:
        refresh_rating.delay_on_commit(review.product_id)
    waiting = OutgoingEmail.objects.filter(status=OutgoingEmail.Status.QUEUED)
    for mail_id in waiting.order_by("-pk").values_list("pk", flat=True)[:3]:
        for _ in TWICE:
            deliver_email.delay_on_commit(mail_id)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
