"""Who may vote, comment and report."""

import datetime

from django.db import models
from django.utils import timezone

from accounts.models import User
from products.models import VendorRepresentative
from reviews.models import (
    Comment,
    CommentReport,
    ResponseReport,
    Review,
    ReviewReport,
)
from reviews.permissions import Visitor, conflict_of_interest, has_confirmed_email
from reviews.standing import is_impartial

# Named limits: what a person needs, and far below what a script wants. That of visitors' reports, by network, stands
# in the settings with the others of its kind.
COMMENTS_PER_MEMBER_AND_DAY = 20
REPORTS_PER_MEMBER_AND_DAY = 30
RECEIPTS_PER_ADDRESS_AND_DAY = 5


class PartRefusal(models.TextChoices):
    """Why somebody may not; the label is the sentence for them."""

    SIGN_IN = "sign_in", "Sign in first."
    CONFIRM_EMAIL = "confirm_email", "Confirm your e-mail address first."
    NOT_PUBLIC = "not_public", "This isn't public at the moment."
    OWN_REVIEW = (
        "own_review",
        "This is your own review; whether it helps is for others to say.",
    )
    OWN_TEXT = (
        "own_text",
        "You wrote this yourself. You can withdraw it at any time, without a report.",
    )
    NOT_TO_DECIDE = (
        "not_to_decide",
        "You wrote this or the review, reported it, or work for the vendor or a competitor: another moderator decides.",
    )
    VOTE_OF_VENDOR = (
        "vote_of_vendor",
        "You work for this vendor or for one of its competitors, so you can't vote on its reviews.",
    )
    REPRESENTATIVE = (
        "representative",
        "Vendor representatives don't comment: what a vendor has to say about a review, it says in its public response.",
    )
    INSIDER = (
        "insider",
        "Your e-mail address is the vendor's own. The vendor answers a review in its public response, not in comments.",
    )
    COMPETITOR = (
        "competitor",
        "You work for a vendor of competing products, so you can't comment on reviews of this one.",
    )
    NO_ANSWER_HERE = (
        "no_answer_here",
        "What you answer is no longer here, or is an answer itself.",
    )
    COMMENT_LIMIT = (
        "comment_limit",
        f"You have written {COMMENTS_PER_MEMBER_AND_DAY} comments within 24 hours, which is the limit. "
        "You can go on tomorrow.",
    )
    REPORT_LIMIT = (
        "report_limit",
        f"You have sent {REPORTS_PER_MEMBER_AND_DAY} reports within 24 hours, which is the limit. "
        "You can go on tomorrow.",
    )
    NOT_YOURS = "not_yours", "This is somebody else's comment."
    NOT_LIVE = "not_live", "This comment was refused, removed or withdrawn already."


LIMITS = (PartRefusal.COMMENT_LIMIT, PartRefusal.REPORT_LIMIT)


def vote_refusal(user: Visitor, review: Review) -> PartRefusal | None:
    """None: they may say that it helped."""
    if refusal := _refusal(user, review):
        return refusal
    if review.author_id == user.pk:
        return PartRefusal.OWN_REVIEW
    conflict = conflict_of_interest(_member(user), review.product)
    return PartRefusal.VOTE_OF_VENDOR if conflict else None


def comment_refusal(user: Visitor, review: Review) -> PartRefusal | None:
    """None: they may write under it."""
    if refusal := _refusal(user, review):
        return refusal
    member = _member(user)
    if is_representative(member):
        return PartRefusal.REPRESENTATIVE
    if conflict := conflict_of_interest(member, review.product):
        return PartRefusal(conflict.value)
    written = Comment.objects.filter(author=member, created_at__gt=_a_day_ago())
    if written.count() >= COMMENTS_PER_MEMBER_AND_DAY:
        return PartRefusal.COMMENT_LIMIT
    return None


def withdrawal_refusal(user: Visitor, comment: Comment) -> PartRefusal | None:
    """None: the comment is theirs, and waits or is public."""
    if not user.is_authenticated or comment.author_id != user.pk:
        return PartRefusal.NOT_YOURS
    return None if comment.status in Comment.LIVE else PartRefusal.NOT_LIVE


def report_refusal(user: Visitor, author_id: int | None) -> PartRefusal | None:
    """None: they may report what this author published. Nobody has to sign in for that."""
    if not isinstance(user, User):
        return None
    if author_id == user.pk:
        return PartRefusal.OWN_TEXT
    sent = sum(
        reports.objects.filter(reporter=user, created_at__gt=_a_day_ago()).count()
        for reports in (ReviewReport, CommentReport, ResponseReport)
    )
    return PartRefusal.REPORT_LIMIT if sent >= REPORTS_PER_MEMBER_AND_DAY else None


def may_decide_comment(moderator: User, comment: Comment) -> bool:
    return comment.author_id != moderator.pk and is_impartial(moderator, comment.review)


def is_representative(user: User) -> bool:
    return VendorRepresentative.objects.current().filter(user=user).exists()


def _refusal(user: Visitor, review: Review) -> PartRefusal | None:
    if not user.is_authenticated or not user.is_active:
        return PartRefusal.SIGN_IN
    if not has_confirmed_email(_member(user)):
        return PartRefusal.CONFIRM_EMAIL
    is_public = review.status == Review.Status.PUBLISHED
    return None if is_public else PartRefusal.NOT_PUBLIC


def _member(user: Visitor) -> User:
    assert isinstance(user, User)
    return user


def _a_day_ago() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(hours=24)
