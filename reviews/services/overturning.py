"""What an appeal that was granted takes back. The author of the appeal is told by the e-mails of these decisions too."""

from django.db import transaction

from accounts.models import User
from moderation.models import Decision
from moderation.services import NotPossible
from reviews.models import Review, ReviewRevision
from reviews.services.moderating import approve_edit, publish_review, restore_review


@transaction.atomic
def overturn_refusal(
    *, review: Review, moderator: User, statement: str = ""
) -> Decision:
    """What was rejected is published, what was removed comes back. Raises Conflict or NotPossible."""
    if review.status == Review.Status.REMOVED:
        return restore_review(review=review, moderator=moderator, statement=statement)
    return publish_review(
        review=review,
        moderator=moderator,
        statement=statement,
        from_=Review.Status.REJECTED,
    )


@transaction.atomic
def overturn_rejected_edit(
    *, revision: ReviewRevision, moderator: User, statement: str = ""
) -> Decision:
    """The edit is published after all, unless a later one was. Raises Conflict or NotPossible."""
    later = ReviewRevision.objects.filter(
        review=revision.review_id,
        id__gt=revision.pk,
        status=ReviewRevision.Status.APPROVED,
    )
    if later.exists():
        raise NotPossible("A later edit of this review was published since.")
    return approve_edit(
        revision=revision,
        moderator=moderator,
        statement=statement,
        from_=ReviewRevision.Status.REJECTED,
    )
