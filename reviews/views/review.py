from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe

from accounts.models import User
from accounts.permissions import has_current_work_email
from moderation.models import Decision
from reviews.cards import whole_card, with_parts
from reviews.models import Review, ReviewRevision
from reviews.permissions import can_edit


def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    visible = Review.objects.visible_to(request.user)
    review = get_object_or_404(
        with_parts(visible.select_related("product")), public_id=public_id
    )
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
        "is_verified": isinstance(request.user, User)
        and has_current_work_email(request.user),
        "canonical": settings.SITE_URL + request.path,
    }
    return render(request, "reviews/review.html", context)


def has_waiting_edit(review: Review) -> bool:
    waiting = ReviewRevision.Status.PENDING
    return ReviewRevision.objects.filter(review=review, status=waiting).exists()


def last_decision(review: Review) -> Decision | None:
    about_it = Decision.objects.filter(
        target_kind="review", target_public_id=review.public_id
    )
    return about_it.order_by("-id").first()
