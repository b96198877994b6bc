from django.utils import timezone

from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import queue_email
from outcomes.links import answer_url
from outcomes.models import CheckIn
from outcomes.permissions import OPEN_FOR
from reviews.models import Review
from reviews.services import Offer, register_offer


def _still_open(mail: OutgoingEmail) -> str | None:
    asked = CheckIn.objects.filter(public_id=mail.about["check_in"])
    if not asked.filter(review__status=Review.Status.PUBLISHED).exists():
        return "The review is no longer public."
    if asked.filter(answered_at__isnull=False).exists():
        return "It was answered already."
    if asked.filter(asked_at__lte=timezone.now() - OPEN_FOR).exists():
        return "It was asked too long ago."
    return None


CHECK_IN = kinds.register(
    "check_in",
    label="6, 12 and 24 months after a review: do you still use the product?",
    why="You get this e-mail because you asked for these questions, 6, 12 and 24 months after a review.",
    transactional=False,
    # Writing a review agrees to no e-mail: its last page asks, with an empty box.
    on_by_default=False,
    # Its links answer without signing in.
    secret=True,
    still_wanted=_still_open,
)

register_offer(
    Offer(
        CHECK_IN,
        "Ask me by e-mail, 6, 12 and 24 months after publication, whether we still use it.",
        "Three e-mails, answered with one press of a button. Nobody reads your answer by itself: readers see how many "
        "of at least five organisations stayed. Each e-mail has a link to stop them.",
        customers_only=True,
    )
)


def send_check_in(check_in: CheckIn) -> None:
    review = check_in.review
    if review.author is None:
        return
    queue_email(
        kind=CHECK_IN.name,
        recipient=review.author,
        dedupe_key=f"{CHECK_IN.name}:{check_in.public_id}",
        about={"check_in": str(check_in.public_id)},
        context={
            "check_in": check_in,
            "product": review.product,
            "reviewed_on": review.published_at,
            "stayed_url": answer_url(check_in, still_using=True),
            "left_url": answer_url(check_in, still_using=False),
            "open_until": check_in.asked_at + OPEN_FOR,
        },
    )
