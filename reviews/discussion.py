"""What is said under a review: read by pages, counted under a lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from moderation.models import Decision
from reviews.freshness import review_pages_changed
from reviews.kinds import COMMENT
from reviews.models import Comment, HelpfulVote, Review
from reviews_site.lib.paging import decode_cursor, encode_cursor, moment_of

PAGE_SIZE = 20


# --- Counts ---------------------------------------------------------------------------------


def lock_reviews(ids: Collection[int]) -> None:
    """In the order of the keys, so that two who lock several don't wait for one another."""
    locked = Review.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(locked.order_by("pk").values_list("pk"))


def recount(ids: Collection[int]) -> None:
    """Votes and public comments, from the rows. Call it under lock_reviews()."""
    public = Comment.objects.filter(status=Comment.Status.PUBLISHED)
    Review.objects.filter(pk__in=ids).update(
        helpful_count=_number_of(HelpfulVote.objects.all()),
        comment_count=_number_of(public),
        # Both stand on the card.
        version=F("version") + 1,
    )
    review_pages_changed(ids)


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    of_it = rows.filter(review=OuterRef("pk")).order_by().values("review")
    return Coalesce(Subquery(of_it.values(number=Count("*"))), 0)


# --- Pages ----------------------------------------------------------------------------------


@dataclass
class CommentPage:
    comments: list[Comment]
    # The cursor of the next page; empty on the last one.
    later: str
    # Answers above which, on this page, what they answer doesn't stand.
    apart: frozenset[int] = frozenset()


def comment_page(review: Review, cursor: str) -> CommentPage:
    """Oldest first, each answer after what it answers. Raises BrokenCursor."""
    found = list(_threads(review).filter(_after(cursor))[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    later = encode_cursor(*_place(shown[-1])) if len(found) > PAGE_SIZE else ""
    return CommentPage(shown, later, _apart(shown))


def _apart(comments: Sequence[Comment]) -> frozenset[int]:
    threads = [None, *(comment.thread_id for comment in comments)]  # type: ignore[attr-defined]
    return frozenset(
        comment.pk
        for comment, before in zip(comments, threads, strict=False)
        if comment.parent_id and comment.parent_id != before
    )


def cursor_to(comment: Comment) -> str:
    """Of a page that shows this public comment: the first one, or the one that begins with it."""
    threads = _threads(comment.review)
    placed = threads.get(pk=comment.pk)
    thread_at, thread_id, published_at, pk = _place(placed)
    before = threads.exclude(_after(encode_cursor(*_place(placed))))[: PAGE_SIZE + 1]
    if len(before) <= PAGE_SIZE:
        return ""
    return encode_cursor(thread_at, thread_id, published_at, pk - 1)


def latest_comments(cursor: str) -> CommentPage:
    """Of the whole site, newest first."""
    newest = Comment.objects.published().select_related("review__product")
    rows = newest.order_by("-published_at", "-id")
    if cursor:
        published_at, pk = decode_cursor(cursor, str, int)
        moment = moment_of(published_at)
        rows = rows.filter(
            Q(published_at__lt=moment) | Q(published_at=moment, id__lt=pk),
            published_at__lte=moment,
        )
    found = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    if len(found) <= PAGE_SIZE:
        return CommentPage(shown, "")
    return CommentPage(shown, encode_cursor(_text(shown[-1]), shown[-1].pk))


def own_comments(author: User, cursor: str) -> CommentPage:
    """In every state, newest first."""
    rows = Comment.objects.filter(author=author).select_related("review__product")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, int)[0])
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return CommentPage(shown, encode_cursor(shown[-1].pk) if more else "")


def last_decisions(comments: Collection[Comment]) -> dict[UUID, Decision]:
    """What restricts some of them, as their author may read it."""
    restricted = (Comment.Status.REJECTED, Comment.Status.REMOVED)
    found = Decision.objects.filter(
        target_kind=COMMENT,
        target_public_id__in=[c.public_id for c in comments if c.status in restricted],
    )
    rows = found.select_related("record").order_by("id")
    return {decision.target_public_id: decision for decision in rows}


def _threads(review: Review) -> QuerySet[Comment]:
    """A comment's answers were published after it, so they follow it."""
    public = Comment.objects.published().filter(review=review)
    return (
        public.select_related("parent")
        .annotate(
            thread_at=Coalesce("parent__published_at", "published_at"),
            thread_id=Coalesce("parent_id", "id"),
        )
        .order_by("thread_at", "thread_id", "published_at", "id")
    )


def _place(comment: Comment) -> tuple[str, int, str, int]:
    thread_at: datetime = comment.thread_at  # type: ignore[attr-defined]
    thread_id: int = comment.thread_id  # type: ignore[attr-defined]
    return thread_at.isoformat(), thread_id, _text(comment), comment.pk


def _text(comment: Comment) -> str:
    assert comment.published_at is not None
    return comment.published_at.isoformat()


def _after(cursor: str) -> Q:
    if not cursor:
        return Q()
    thread_at, thread_id, published_at, pk = decode_cursor(cursor, str, int, str, int)
    begun, moment = moment_of(thread_at), moment_of(published_at)
    in_thread = Q(published_at__gt=moment) | Q(published_at=moment, id__gt=pk)
    return Q(thread_at__gte=begun) & (
        Q(thread_at__gt=begun)
        | Q(thread_id__gt=thread_id)
        | Q(thread_id=thread_id) & in_thread
    )
