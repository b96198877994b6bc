from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.permissions import is_known
from moderation.models import Decision
from reviews import services
from reviews.kinds import REVIEW, REVISION
from reviews.models import Review, ReviewDraft, ReviewRevision
from reviews.permissions import can_edit
from reviews.views.write import MemberRequest, get_or_post, own_review
from reviews_site.lib.paging import BrokenCursor, decode_cursor, encode_cursor

PAGE_SIZE = 20


@login_required
def mine(request: MemberRequest) -> HttpResponse:
    found = _own_reviews(request.user, request.GET.get("after", ""))
    shown = found[:PAGE_SIZE]
    context = {
        "reviews": _rows(request.user, shown),
        "drafts": _drafts(request.user),
        "is_verified": is_known(request.user),
        "older": f"?after={encode_cursor(shown[-1].pk)}"
        if len(found) > PAGE_SIZE
        else "",
        "newest": request.path if request.GET.get("after") else "",
    }
    return render(request, "reviews/mine.html", context)


def _rows(user: User, reviews: list[Review]) -> list[dict[str, Any]]:
    decisions = _last_decisions(REVIEW, [review.public_id for review in reviews])
    refused_edits = _refused_edits(reviews)
    return [
        {
            "review": review,
            "decision": decisions.get(review.public_id),
            "refused_edit": refused_edits.get(review.pk),
            "can_edit": can_edit(user, review),
        }
        for review in reviews
    ]


def _drafts(user: User) -> QuerySet[ReviewDraft]:
    """Of a new review; that of an edit is reached from the review."""
    written = Review.objects.live().filter(author=user, product=OuterRef("product"))
    drafts = ReviewDraft.objects.filter(author=user).select_related("product")
    return drafts.exclude(Exists(written)).order_by("-saved_at")[:PAGE_SIZE]


def _own_reviews(user: User, cursor: str) -> list[Review]:
    """One more than a page, newest first; a broken address shows the first page."""
    waiting = ReviewRevision.objects.filter(
        review=OuterRef("pk"), status=ReviewRevision.Status.PENDING
    )
    reviews = Review.objects.filter(author=user).annotate(
        has_waiting_edit=Exists(waiting)
    )
    try:
        if cursor:
            reviews = reviews.filter(id__lt=decode_cursor(cursor, int)[0])
    except BrokenCursor:
        pass
    return list(reviews.select_related("product").order_by("-id")[: PAGE_SIZE + 1])


def _last_decisions(kind: str, public_ids: Iterable[UUID]) -> dict[UUID, Decision]:
    about_them = Decision.objects.filter(
        target_kind=kind, target_public_id__in=list(public_ids)
    ).select_related("record", "appeal")
    return {
        decision.target_public_id: decision for decision in about_them.order_by("id")
    }


def _refused_edits(reviews: list[Review]) -> dict[int, Decision]:
    """Of each public review whose latest edit was refused, why."""
    latest = ReviewRevision.objects.filter(
        review__in=reviews, review__status=Review.Status.PUBLISHED
    ).order_by("review", "-id")
    refused = {
        revision.public_id: revision.review_id
        for revision in latest.distinct("review")
        if revision.status == ReviewRevision.Status.REJECTED
    }
    decisions = _last_decisions(REVISION, refused)
    return {refused[public_id]: decision for public_id, decision in decisions.items()}


@login_required
@get_or_post
def withdraw(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = own_review(request.user, public_id)
    if request.method != "POST":
        if not can_edit(request.user, review):
            raise PermissionDenied
        return render(request, "reviews/withdraw.html", {"review": review})
    try:
        services.withdraw_review(review=review, author=request.user)
    except services.Refused as error:
        raise PermissionDenied(error.reason.label) from error
    messages.success(request, "Your review is withdrawn. Nobody else can read it now.")
    return redirect("reviews:mine")
