from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import queue_email
from outcomes.links import answer_url
from outcomes.models import CheckIn
from outcomes.permissions import OPEN_FOR, check_in_refusal
from reviews.services import Offer, register_offer


def _still_open(mail: OutgoingEmail) -> str | None:
    asked = CheckIn.objects.select_related("review__author", "review__product")
    known = asked.filter(review__author__isnull=False)
    check_in = known.filter(public_id=mail.about["check_in"]).first()
    if check_in is None:
        return "Nobody is left to answer it."
    if check_in.answered_at is not None:
        return "It was answered already."
    review = check_in.review
    assert review.author is not None
    refusal = check_in_refusal(review.author, review, check_in.month, check_in)
    return refusal.label if refusal else None


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
