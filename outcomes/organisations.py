from accounts.models import User
from reviews.models import Review


def organisation_of(author: User, review: Review) -> str:
    """The registrable domain of their work e-mail today; empty where it can't speak for this review.

    Who had shown another employer when they wrote has changed jobs: of the one that they wrote about they know no
    more than anybody.
    """
    today = author.work_emails.current().order_by("-verified_at", "-pk")
    then = set(
        author.work_emails.filter(
            verified_at__isnull=False, created_at__lte=review.submitted_at
        ).values_list("domain", flat=True)
    )
    domains = today.values_list("domain", flat=True)
    return next((each for each in domains if not then or each in then), "")
