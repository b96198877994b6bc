"""What a vendor can do here. For everybody who doesn't speak for it today, these pages don't exist."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from moderation.models import Decision, ReasonCode
from moderation.services import NotPossible
from products.forms import InvitationForm
from products.models import Invitation, Vendor
from products.permissions import represented_vendors
from products.services import end_invitation, invite
from reviews import services
from reviews.cards import whole_card, with_parts
from reviews.forms import DisputeForm, ResponseForm
from reviews.kinds import RESPONSE
from reviews.models import Dispute, Review, VendorResponse
from reviews.services.disputes import WORKING_DAYS_TO_DECIDE
from reviews.vendor_desk import SMALLEST_COUNT, desk_page, desk_row, invitations
from reviews.views.write import MemberRequest, get_or_post
from reviews_site.lib.paging import BrokenCursor

get_only = require_http_methods(["GET", "HEAD"])
BROKEN_PAGE = "This page's address is incomplete, so here are the newest reviews."
UNPROCESSABLE = 422


# --- The desk -------------------------------------------------------------------------------


@login_required
@get_only
def desk(request: MemberRequest, slug: str) -> HttpResponse:
    vendor = _spoken_for(request.user, slug)
    cursor, problem = request.GET.get("after", ""), ""
    try:
        page = desk_page(vendor, cursor)
    except BrokenCursor:
        page, cursor, problem = desk_page(vendor, ""), "", BROKEN_PAGE
    context = {
        "vendor": vendor,
        "rows": page.rows,
        "problem": problem,
        "older": f"?after={page.older}" if page.older else "",
        "newest": request.path if cursor else "",
        "tab": "reviews",
    }
    status = 400 if problem else 200
    return render(request, "reviews/vendor_desk.html", context, status=status)


def _spoken_for(user: User, slug: str) -> Vendor:
    return get_object_or_404(represented_vendors(user), slug=slug)


def _reviewed(user: User, public_id: UUID) -> Review:
    """A public review of a product of a vendor for whom they speak; anything else isn't there."""
    reviews = Review.objects.published().filter(
        product__vendor__in=represented_vendors(user)
    )
    return get_object_or_404(
        with_parts(reviews).select_related("product__vendor"), public_id=public_id
    )


def _back(vendor: Vendor, review: Review) -> HttpResponse:
    desk_url = reverse("reviews:vendor_desk", args=[vendor.slug])
    return redirect(f"{desk_url}#review-{review.public_id}")


# --- Answers --------------------------------------------------------------------------------


@login_required
@get_or_post
def respond(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = _reviewed(request.user, public_id)
    vendor = review.product.vendor
    response = desk_row(vendor, review).response
    live = response if response and response.status in VendorResponse.LIVE else None
    first = {
        "body": response.body if response else "",
        "replaces": live and live.public_id,
    }
    form = ResponseForm(_posted(request), initial=first)
    if _done(request, form, lambda: _respond(request.user, review, form)):
        messages.success(
            request,
            "Your answer is with the moderators; they read it within three working days.",
        )
        return _back(vendor, review)
    context = _about(review, form) | {
        "response": response,
        "is_live": live is not None,
        "decision": _last_decision(response),
    }
    return _page(request, "reviews/respond.html", context, form)


def _respond(user: User, review: Review, form: ResponseForm) -> object:
    return services.respond(review=review, user=user, **form.cleaned_data)


@login_required
@require_POST
def withdraw_response(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """By the review, so that nobody withdraws an answer that they haven't seen replaced."""
    review = _reviewed(request.user, public_id)
    live = review.responses.filter(status__in=VendorResponse.LIVE)
    response = get_object_or_404(live.select_related("review__product__vendor"))
    try:
        services.withdraw_response(response=response, user=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The answer is withdrawn. Readers no longer see it.")
    return _back(review.product.vendor, review)


def _last_decision(response: VendorResponse | None) -> Decision | None:
    if response is None or response.status in VendorResponse.LIVE:
        return None
    about_it = Decision.objects.filter(
        target_kind=RESPONSE, target_public_id=response.public_id
    )
    return about_it.select_related("record").order_by("-id").first()


# --- Disputes -------------------------------------------------------------------------------


@login_required
@get_or_post
def dispute(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = _reviewed(request.user, public_id)
    vendor = review.product.vendor
    form = DisputeForm(_posted(request))
    if _done(request, form, lambda: _dispute(request.user, review, form)):
        messages.success(
            request,
            f"A moderator decides within {WORKING_DAYS_TO_DECIDE} working days. Until then the review stays.",
        )
        return _back(vendor, review)
    context = _about(review, form) | {
        "dispute": desk_row(vendor, review).dispute,
        "working_days": WORKING_DAYS_TO_DECIDE,
    }
    return _page(request, "reviews/dispute.html", context, form)


def _dispute(user: User, review: Review, form: DisputeForm) -> object:
    return services.open_dispute(
        review=review,
        user=user,
        ground=ReasonCode(form.cleaned_data["ground"]),
        statement=form.cleaned_data["statement"],
    )


@login_required
@require_POST
def withdraw_dispute(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = _reviewed(request.user, public_id)
    vendor = review.product.vendor
    found = get_object_or_404(
        Dispute.objects.select_related("vendor", "review__product__vendor"),
        review=review,
        vendor=vendor,
    )
    try:
        services.withdraw_dispute(dispute=found, user=request.user)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The dispute is taken back and the label is gone.")
    return _back(vendor, review)


# --- Invitations ----------------------------------------------------------------------------


@login_required
@get_or_post
def vendor_invitations(request: MemberRequest, slug: str) -> HttpResponse:
    vendor = _spoken_for(request.user, slug)
    form = InvitationForm(_posted(request), vendor=vendor)
    if _done(request, form, lambda: _invite(request.user, form)):
        messages.success(request, "The link is made: send it to all customers.")
        return redirect("reviews:vendor_invitations", slug)
    links = list(invitations(vendor))
    context = {
        "vendor": vendor,
        "form": form,
        "invitations": links,
        "newest": next((link for link in links if not link.ended_at), None),
        "smallest_count": SMALLEST_COUNT,
        "site_url": settings.SITE_URL,
        "tab": "invitations",
    }
    return _page(request, "reviews/vendor_invitations.html", context, form)


def _invite(user: User, form: InvitationForm) -> object:
    said = form.cleaned_data
    return invite(user=user, product=said["product"], incentive=said["incentive"])


@login_required
@require_POST
def end_vendor_invitation(
    request: MemberRequest, slug: str, public_id: UUID
) -> HttpResponse:
    vendor = _spoken_for(request.user, slug)
    invitation = get_object_or_404(
        Invitation.objects.select_related("product__vendor"),
        public_id=public_id,
        product__vendor=vendor,
        inviter=Invitation.Inviter.VENDOR,
    )
    try:
        end_invitation(user=request.user, invitation=invitation)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The link is ended. What came through it stays.")
    return redirect("reviews:vendor_invitations", slug)


# --- The pages ------------------------------------------------------------------------------


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _done(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], object],
) -> bool:
    """False: nothing was sent, or the form says why it wasn't possible."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except NotPossible as error:
        form.add_error(None, str(error))
        return False
    return True


def _about(review: Review, form: object) -> dict[str, object]:
    return {
        "review": review,
        "product": review.product,
        "vendor": review.product.vendor,
        "card": mark_safe(whole_card(review, level=2, is_preview=True)),
        "form": form,
    }


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form
) -> HttpResponse:
    return render(
        request, template, context, status=UNPROCESSABLE if form.errors else 200
    )
