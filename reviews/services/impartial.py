from accounts.models import User
from reviews.models import Review
from reviews.permissions import Refusal, conflict_of_interest
from reviews.services.errors import Refused


def refuse_partial(moderator: User, review: Review) -> None:
    """Raises Refused for its author, and for somebody of its vendor or of a competitor."""
    if review.author_id == moderator.pk:
        raise Refused(Refusal.OWN_REVIEW)
    if conflict_of_interest(moderator, review.product):
        raise Refused(Refusal.NOT_IMPARTIAL)
