from django.utils import timezone

from accounts.models import WorkEmail
from reviews.models import Review, Verification


def is_verified(review: Review) -> bool:
    return bool(review.verification_method) or review.source == Review.Source.IMPORTED


def verify_by_work_email(review: Review) -> bool:
    """Dated by the day the address was confirmed, which is what the badge says. False: there is none."""
    if review.author is None:
        return False
    current = WorkEmail.objects.current().filter(user=review.author)
    work_email = current.order_by("-verified_at").first()
    if work_email is None or work_email.verified_at is None:
        return False
    Verification.objects.create(
        review=review,
        method=Review.Method.WORK_EMAIL,
        status=Verification.Status.PASSED,
        checked_at=timezone.now(),
    )
    review.verification_method = Review.Method.WORK_EMAIL
    review.verified_on = work_email.verified_at.date()
    review.save(update_fields=["verification_method", "verified_on"])
    return True
