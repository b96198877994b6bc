"""What tests of comments and reports have in common."""

from accounts.models import User
from moderation.models import QueueItem, Report
from notifications.models import OutgoingEmail
from reviews import services
from reviews.models import Comment, Review
from tests.factories import UserFactory, complete_profile, confirm_email


def member(**facets: str) -> User:
    user = confirm_email(UserFactory())
    if facets:
        complete_profile(user, **facets)
        user.refresh_from_db()
    return user


def write(
    review: Review, author: User, body: str = "How long did it take?", **kwargs
) -> Comment:
    return services.write_comment(review=review, author=author, body=body, **kwargs)


def published(comment: Comment, moderator: User) -> Comment:
    services.publish_comment(comment=comment, moderator=moderator)
    comment.refresh_from_db()
    return comment


def report(target, reporter: User | None = None, email: str = "", **kwargs) -> Report:
    said = {"reason": "abuse", "details": "Second line."} | kwargs
    return services.report_content(
        target=target, reporter=reporter, email=email, **said
    )


def mails(kind: str) -> list[OutgoingEmail]:
    return list(OutgoingEmail.objects.filter(kind=kind).order_by("id"))


def waiting() -> list[tuple[str, str]]:
    items = QueueItem.objects.waiting()
    return [(item.kind, str(item.target_public_id)) for item in items]


def comment_count(review: Review) -> int:
    review.refresh_from_db()
    return review.comment_count
