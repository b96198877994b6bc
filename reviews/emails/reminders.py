from django.conf import settings
from django.urls import reverse

from notifications import kinds
from notifications.models import OutgoingEmail
from notifications.services import queue_email
from reviews.models import Review


def _still_public(mail: OutgoingEmail) -> str | None:
    published = Review.objects.published().filter(public_id=mail.about["review"])
    return None if published.exists() else "The review is no longer public."


UPDATE_REMINDER = kinds.register(
    "review_update_reminder",
    label="Once a year: does your review still hold?",
    why="You get this e-mail because you asked to be reminded of your reviews once a year.",
    transactional=False,
    on_by_default=False,
    still_wanted=_still_public,
)


def send_update_reminder(review: Review) -> None:
    if review.author is None or review.reminded_at is None:
        return
    edit_path = reverse("reviews:edit", args=[review.public_id])
    queue_email(
        kind=UPDATE_REMINDER.name,
        recipient=review.author,
        dedupe_key=f"{UPDATE_REMINDER.name}:{review.public_id}:{review.reminded_at.date()}",
        about={"review": str(review.public_id)},
        context={
            "review": review,
            "product": review.product,
            "review_url": settings.SITE_URL + review.get_absolute_url(),
            "edit_url": settings.SITE_URL + edit_path,
        },
    )
