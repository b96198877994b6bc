from uuid import UUID

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from moderation.models import Decision
from moderation.permissions import can_moderate
from reviews import proofs, services
from reviews.forms import ProofForm
from reviews.kinds import PROOF
from reviews.models import Review, Verification
from reviews.permissions import can_edit
from reviews.views.write import (
    UNPROCESSABLE,
    MemberRequest,
    get_or_post,
    own_review,
)


@login_required
@get_or_post
@rate_limit(action="send_proof")
def proof(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = _live_review(request.user, public_id)
    if request.method != "POST":
        return _page(request, review, ProofForm())
    form = ProofForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.send_proof(
                review=review,
                author=request.user,
                data=form.cleaned_data["file"].read(),
            )
        except proofs.UnusableFile as error:
            form.add_error("file", str(error))
        except services.Refused as error:
            messages.error(request, error.reason.label)
            return redirect("reviews:proof", review.public_id)
        else:
            messages.success(request, "Your proof is here. A moderator looks at it.")
            return redirect("reviews:proof", review.public_id)
    return _page(request, review, form, status=UNPROCESSABLE)


@login_required
@require_POST
def take_back(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = _live_review(request.user, public_id)
    try:
        services.take_back_proof(review=review, author=request.user)
    except services.Conflict:
        messages.info(request, "It was decided on meanwhile, and the file is deleted.")
    else:
        messages.success(request, "The file is deleted.")
    return redirect("reviews:proof", review.public_id)


@require_safe
def page(request: HttpRequest, public_id: UUID, position: int) -> HttpResponse:
    """One picture, for the moderator who asked to see it, as long as it waits; for everybody else it isn't there."""
    user = request.user
    if not isinstance(user, User) or not can_moderate(user):
        raise Http404
    waiting = proofs.waiting_proofs().exclude(review__author=user)
    verification = get_object_or_404(waiting, public_id=public_id)
    if not proofs.was_looked_at(verification, user):
        raise Http404
    found = get_object_or_404(verification.pages, position=position)
    return HttpResponse(bytes(found.image), headers=_PICTURE)


_PICTURE = {
    "Content-Type": "image/png",
    "Content-Disposition": 'inline; filename="proof.png"',
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def _live_review(user: User, public_id: UUID) -> Review:
    review = own_review(user, public_id)
    if not can_edit(user, review):
        raise PermissionDenied
    return review


def _page(
    request: HttpRequest, review: Review, form: ProofForm, status: int = 200
) -> HttpResponse:
    verification = proofs.proof_of(review)
    uploaded_at = verification and proofs.uploaded_at(verification)
    decision = verification and _last_refusal(verification)
    context = {
        "review": review,
        "product": review.product,
        "form": form,
        "proof": verification,
        "decision": decision,
        "appeal_url": decision
        and reverse("moderation:new_appeal", args=[decision.public_id]),
        "uploaded_at": uploaded_at,
        "delete_at": uploaded_at and uploaded_at + proofs.KEPT_FOR,
        "days": proofs.KEPT_FOR.days,
    }
    return render(request, "reviews/proof.html", context, status=status)


def _last_refusal(verification: Verification) -> Decision | None:
    about_it = Decision.objects.filter(
        target_kind=PROOF,
        target_public_id=verification.public_id,
        action=Decision.Action.REJECT_PROOF,
    )
    return about_it.select_related("record").order_by("-id").first()
