"""Votes and comments. The cards know nothing of who looks: whatever does is on the review's own page."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from reviews import services
from reviews.discussion import (
    CommentPage,
    cursor_to,
    last_decisions,
    latest_comments,
    own_comments,
)
from reviews.forms import CommentForm
from reviews.models import Comment, Review
from reviews.participation import LIMITS, PartRefusal, withdrawal_refusal
from reviews.views.review import (
    answerable,
    comment_form,
    review_page,
    visible_review,
)
from reviews.views.write import UNPROCESSABLE, MemberRequest, get_or_post
from reviews_site.lib.paging import BrokenCursor


@require_POST
def helpful(request: HttpRequest, public_id: UUID) -> HttpResponse:
    published = Review.objects.published()
    review = get_object_or_404(published, public_id=public_id)
    address = f"{review.get_absolute_url()}#helpful"
    if not isinstance(request.user, User):
        return redirect_to_login(address)
    verbs = {"yes": services.vote_helpful, "no": services.take_back_vote}
    verb = verbs.get(request.POST.get("helpful", "yes"))
    if verb is None:
        raise BadRequest("A vote is given or taken back.")
    try:
        verb(review=review, voter=request.user)
    except services.PartRefused as error:
        raise PermissionDenied(error.reason.label) from error
    return redirect(address)


# --- Writing --------------------------------------------------------------------------------


@get_or_post
def comment_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    review = visible_review(request, public_id)
    address = f"{review.get_absolute_url()}#comments"
    if request.method != "POST":
        return redirect(address)
    if not isinstance(request.user, User):
        return redirect_to_login(address)
    form = comment_form(request.user, review, data=request.POST)
    if not form.is_valid():
        return review_page(request, review, form, UNPROCESSABLE)
    try:
        _write(request.user, review, form)
    except services.PartRefused as error:
        form.add_error(None, error.reason.label)
        return review_page(request, review, form, _status_of(error.reason))
    messages.success(request, "Thank you. A moderator reads your comment first.")
    return redirect(address)


def _write(author: User, review: Review, form: CommentForm) -> None:
    answered, parent = form.cleaned_data["parent"], None
    if answered is not None:
        parent = answerable(review).filter(public_id=answered).first()
        if parent is None:
            raise services.PartRefused(PartRefusal.NO_ANSWER_HERE)
    services.write_comment(
        review=review,
        author=author,
        body=form.cleaned_data["body"],
        parent=parent,
        shows_name=form.shows_name(),
    )


def _status_of(refusal: PartRefusal) -> int:
    if refusal in LIMITS:
        return 429
    return 409 if refusal == PartRefusal.NO_ANSWER_HERE else 403


@login_required
@get_or_post
def withdraw_comment(request: MemberRequest, public_id: UUID) -> HttpResponse:
    mine = Comment.objects.filter(author=request.user)
    found = mine.select_related("review__product")
    comment = get_object_or_404(found, public_id=public_id)
    if request.method != "POST":
        if withdrawal_refusal(request.user, comment):
            raise PermissionDenied
        return render(request, "reviews/comment_withdraw.html", {"comment": comment})
    try:
        services.withdraw_comment(comment=comment, author=request.user)
    except services.PartRefused as error:
        raise PermissionDenied(error.reason.label) from error
    messages.success(request, "Your comment is withdrawn.")
    return redirect("reviews:own_comments")


# --- Finding --------------------------------------------------------------------------------


@require_safe
def comment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leads to it on the review's page, wherever it is by now."""
    public = Comment.objects.published().select_related("review")
    found = get_object_or_404(public, public_id=public_id)
    cursor = cursor_to(found)
    query = f"?comments={cursor}" if cursor else ""
    address = f"{found.review.get_absolute_url()}{query}"
    return redirect(f"{address}#comment-{found.public_id}")


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    page, is_first = _page(latest_comments, request.GET.get("after", ""))
    context = {"page": page, **_ways(request, page, is_first)}
    return render(request, "reviews/comments_latest.html", context)


@login_required
@require_safe
def mine(request: MemberRequest) -> HttpResponse:
    page, is_first = _page(
        lambda cursor: own_comments(request.user, cursor), request.GET.get("after", "")
    )
    decisions = last_decisions(page.comments)
    shown = [
        {"comment": comment, "decision": decisions.get(comment.public_id)}
        for comment in page.comments
    ]
    context = {"comments": shown, **_ways(request, page, is_first)}
    return render(request, "reviews/comments_mine.html", context)


def _page(find: Callable[[str], CommentPage], cursor: str) -> tuple[CommentPage, bool]:
    """A broken address shows the first page."""
    try:
        return find(cursor), not cursor
    except BrokenCursor:
        return find(""), True


def _ways(request: HttpRequest, page: CommentPage, is_first: bool) -> dict[str, str]:
    return {
        "older": f"?after={page.later}" if page.later else "",
        "newest": "" if is_first else request.path,
    }
