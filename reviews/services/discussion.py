"""Comments under reviews: their authors' verbs and the moderators'."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.coarsening import coarsen
from accounts.models import Profile, User
from accounts.personas import persona_of
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from moderation.services import Conflict, close_item, open_item, record_decision
from reviews import emails
from reviews.discussion import lock_reviews, recount
from reviews.kinds import COMMENT
from reviews.models import Comment, Review
from reviews.participation import (
    PartRefusal,
    comment_refusal,
    may_decide_comment,
    withdrawal_refusal,
)
from reviews.services.errors import PartRefused

Status = Comment.Status


# --- The author's verbs ---------------------------------------------------------------------


@transaction.atomic
def write_comment(
    *,
    review: Review,
    author: User,
    body: str,
    parent: Comment | None = None,
    shows_name: bool = False,
) -> Comment:
    """Waits for a moderator. The same words sent twice are one comment. Raises PartRefused.

    The review's own author is called the reviewer, whatever `shows_name` says: no name, no persona of another day.
    """
    lock_member(author)
    review = Review.objects.select_related("product").get(pk=review.pk)
    sent = Comment.objects.filter(
        review=review, author=author, parent=parent, body=body, status__in=Comment.LIVE
    ).first()
    if sent is not None:
        return sent
    if refusal := comment_refusal(author, review) or _answer_refusal(parent, review):
        raise PartRefused(refusal)
    comment = Comment.objects.create(
        review=review,
        parent=parent,
        author=author,
        body=body,
        **_signature(author, review, shows_name),
    )
    open_item(
        kind=COMMENT,
        target_public_id=comment.public_id,
        opened_at=comment.created_at,
    )
    return comment


@transaction.atomic
def withdraw_comment(*, comment: Comment, author: User) -> None:
    """Raises PartRefused when it isn't theirs, or neither waits nor is public."""
    comment = _locked(comment)
    if refusal := withdrawal_refusal(author, comment):
        raise PartRefused(refusal)
    _move(comment, from_=comment.status, to=Status.WITHDRAWN)
    close_item(kind=COMMENT, target_public_id=comment.public_id)


# --- The moderator's verbs ------------------------------------------------------------------


@transaction.atomic
def publish_comment(
    *, comment: Comment, moderator: User, statement: str = ""
) -> Decision:
    """Raises Conflict, or PartRefused for a moderator who wrote it or the review."""
    comment = _locked(comment)
    _refuse_own(comment, moderator)
    _move(
        comment,
        from_=Status.PENDING,
        to=Status.PUBLISHED,
        published_at=timezone.now(),
    )
    decision = _decide(
        comment,
        moderator,
        Decision.Action.PUBLISH,
        ReasonCode.MEETS_GUIDELINES,
        statement,
    )
    emails.send_comment_published(comment, decision)
    emails.tell_of_comment(comment)
    return decision


@transaction.atomic
def reject_comment(
    *, comment: Comment, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """Raises Conflict, or PartRefused."""
    comment = _locked(comment)
    _refuse_own(comment, moderator)
    _move(comment, from_=Status.PENDING, to=Status.REJECTED)
    decision = _decide(
        comment, moderator, Decision.Action.REJECT, reason_code, statement
    )
    emails.send_comment_rejected(comment, decision)
    return decision


@transaction.atomic
def remove_comment(
    *, comment: Comment, moderator: User, reason_code: ReasonCode, statement: str
) -> Decision:
    """Raises Conflict, or PartRefused."""
    comment = _locked(comment)
    _refuse_own(comment, moderator)
    _move(comment, from_=Status.PUBLISHED, to=Status.REMOVED)
    decision = _decide(
        comment, moderator, Decision.Action.REMOVE, reason_code, statement
    )
    emails.send_comment_removed(comment, decision)
    return decision


@transaction.atomic
def restore_comment(
    *, comment: Comment, moderator: User, statement: str = ""
) -> Decision:
    """A removed one comes back with the day it was first published on; a refused one appears now.

    Raises Conflict, or PartRefused.
    """
    comment = _locked(comment)
    _refuse_own(comment, moderator)
    # One that was emptied, by erasure or by time, has nothing to come back with.
    if comment.status not in (Status.REMOVED, Status.REJECTED) or not comment.body:
        raise Conflict
    _move(
        comment,
        from_=comment.status,
        to=Status.PUBLISHED,
        published_at=comment.published_at or timezone.now(),
    )
    decision = _decide(
        comment,
        moderator,
        Decision.Action.RESTORE,
        ReasonCode.NO_VIOLATION,
        statement,
    )
    emails.send_comment_restored(comment, decision)
    return decision


# --- The work behind ------------------------------------------------------------------------


def lock_member(user: User) -> None:
    """What one member sends at the same moment is taken one by one, so that limits are exact."""
    Profile.objects.select_for_update(no_key=True).get(pk=user.pk)


def _answer_refusal(parent: Comment | None, review: Review) -> PartRefusal | None:
    """One level: a public comment of the same review that is itself no answer."""
    if parent is None:
        return None
    public = Comment.objects.published().filter(parent=None, review=review)
    is_there = public.filter(pk=parent.pk).exists()
    return None if is_there else PartRefusal.NO_ANSWER_HERE


def _signature(author: User, review: Review, shows_name: bool) -> dict[str, Any]:
    if review.author_id == author.pk:
        return {"is_by_reviewer": True}
    profile = Profile.objects.get(pk=author.pk)
    if shows_name and profile.display_name:
        return {"display_name": profile.display_name, "persona": persona_of(profile)}
    return {"persona": coarsen(profile).persona}


def _locked(comment: Comment) -> Comment:
    """As it is now, under the lock of its review, whose counts may change."""
    lock_reviews([comment.review_id])
    found = Comment.objects.select_related("review__product", "author", "parent")
    return found.get(pk=comment.pk)


def _move(comment: Comment, *, from_: str, to: Comment.Status, **columns: Any) -> None:
    waiting = Comment.objects.filter(pk=comment.pk, status=from_)
    if not waiting.update(status=to, **columns):
        raise Conflict
    comment.refresh_from_db(fields=["status", "published_at"])
    if Status.PUBLISHED in (from_, to):
        recount([comment.review_id])


def _refuse_own(comment: Comment, moderator: User) -> None:
    if not may_decide_comment(moderator, comment):
        raise PartRefused(PartRefusal.NOT_TO_DECIDE)


def _decide(
    comment: Comment,
    moderator: User,
    action: Decision.Action,
    reason_code: ReasonCode,
    statement: str,
) -> Decision:
    close_item(kind=COMMENT, target_public_id=comment.public_id, outcome=action)
    return record_decision(
        moderator=moderator,
        action=action,
        target_kind=COMMENT,
        target_public_id=comment.public_id,
        reason_code=reason_code,
        statement=statement.strip() or STATEMENTS[reason_code],
        content=comment.body,
    )
