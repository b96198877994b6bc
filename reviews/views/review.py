from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe

from accounts.models import User
from accounts.permissions import is_known
from moderation.models import Decision
from reviews.cards import structured_data, whole_card, with_parts
from reviews.discussion import comment_page
from reviews.forms import CommentForm
from reviews.models import Comment, HelpfulVote, Review, ReviewRevision
from reviews.participation import comment_refusal
from reviews.permissions import can_edit
from reviews.score_page import weighed_today
from reviews_site.lib.paging import BrokenCursor
from reviews_site.lib.visitor_pages import for_visitors

BROKEN_PAGE = "This page's address is incomplete, so here are the first comments."


@for_visitors()
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return review_page(request, visible_review(request, public_id))


def visible_review(request: HttpRequest, public_id: UUID) -> Review:
    """What is published, and one's own; with_parts()."""
    visible = Review.objects.visible_to(request.user)
    found = with_parts(visible.select_related("product"))
    return get_object_or_404(found, public_id=public_id)


def review_page(
    request: HttpRequest,
    review: Review,
    form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`form`: a comment that can't be taken as it is."""
    is_public = review.status == Review.Status.PUBLISHED
    is_own = review.author_id is not None and review.author_id == request.user.pk
    context = {
        "review": review,
        "product": review.product,
        "card": mark_safe(whole_card(review, level=2, is_preview=not is_public)),
        "is_public": is_public,
        "is_own": is_own,
        "can_edit": is_own and can_edit(request.user, review),
        "decision": None if is_public else last_decision(review),
        "has_waiting_edit": is_own and has_waiting_edit(review),
        "is_verified": isinstance(request.user, User) and is_known(request.user),
        "canonical": settings.SITE_URL + review.get_absolute_url(),
        "weighed": weighed_today(review) if is_public else None,
        "edit_days": edit_days(review) if is_public and review.edited_at else [],
    }
    if is_public:
        context |= _discussion(request, review, form)
    if context.get("problem"):
        status = 400
    return render(request, "reviews/review.html", context, status=status)


def has_waiting_edit(review: Review) -> bool:
    waiting = ReviewRevision.Status.PENDING
    return ReviewRevision.objects.filter(review=review, status=waiting).exists()


def edit_days(review: Review) -> list[date]:
    """Of each change that readers got to see, oldest first."""
    public = review.revisions.filter(status=ReviewRevision.Status.APPROVED)
    moments = public.order_by("decided_at").values_list("decided_at", flat=True)
    return [moment.date() for moment in moments if moment]


def last_decision(review: Review) -> Decision | None:
    about_it = Decision.objects.filter(
        target_kind="review", target_public_id=review.public_id
    )
    return about_it.select_related("record").order_by("-id").first()


# --- What others say about it ---------------------------------------------------------------


def _discussion(
    request: HttpRequest, review: Review, form: CommentForm | None
) -> dict[str, object]:
    cursor, problem = request.GET.get("comments", ""), ""
    try:
        page = comment_page(review, cursor)
    except BrokenCursor:
        page, cursor, problem = comment_page(review, ""), "", BROKEN_PAGE
    return {
        "page": page,
        "is_first_page": not cursor,
        "problem": problem,
        "structured_data": structured_data(review),
        **_members_part(request, review, form),
    }


def _members_part(
    request: HttpRequest, review: Review, form: CommentForm | None
) -> dict[str, object]:
    user = request.user
    if not isinstance(user, User):
        return {}
    mine = Comment.objects.filter(review=review, author=user)
    answered = _answered(request, review, form)
    return {
        "has_voted": HelpfulVote.objects.filter(review=review, user=user).exists(),
        "own_waiting": mine.filter(status=Comment.Status.PENDING).order_by("id"),
        "comment_refusal": comment_refusal(user, review),
        "answered": answered,
        "form": form or comment_form(user, review, answered),
    }


def _answered(
    request: HttpRequest, review: Review, form: CommentForm | None
) -> Comment | None:
    asked = form["parent"].value() if form else request.GET.get("answer", "")
    try:
        public_id = UUID(str(asked))
    except ValueError:
        return None
    return answerable(review).filter(public_id=public_id).first()


def answerable(review: Review) -> QuerySet[Comment]:
    return Comment.objects.published().filter(review=review, parent=None)


def comment_form(
    user: User,
    review: Review,
    answered: Comment | None = None,
    data: QueryDict | None = None,
) -> CommentForm:
    return CommentForm(
        data,
        initial={"parent": answered.public_id} if answered else {},
        display_name=user.profile.display_name,
        is_reviewer=review.author_id == user.pk,
    )
