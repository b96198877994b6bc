import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from messaging.models import Conversation
from products.models import Product
from products.pages import moved
from references import services
from references.forms import DrawForm
from references.models import ReferenceConsent, ReferenceDraw
from references.permissions import (
    LIMITS,
    SMALLEST_POOL,
    Refusal,
    can_be_reference,
    can_draw,
    last_draw,
)
from references.pool import consenting
from references.selection import REFERENCES
from reviews.models import Review

LOG_LENGTH = 50
SUGGESTED = (
    "You were drawn at random as one of three references for {product}.\n\n"
    "What would you want to have known before you signed?\n"
)


class MemberRequest(HttpRequest):
    """What login_required lets through."""

    user: User


# --- Drawing --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """How it works and the log, for everybody; the form for who may draw."""
    product = Product.objects.visible().filter(slug=slug).first()
    if product is None:
        return moved("references:product", slug)
    if request.method == "POST":
        return _draw(request, product)
    form = DrawForm(initial={"question": SUGGESTED.format(product=product.name)})
    return _product_page(request, product, form, can_draw(request.user, product))


@login_required
def _draw(request: Any, product: Product) -> HttpResponse:
    form = DrawForm(request.POST)
    if not form.is_valid():
        return _product_page(request, product, form, None, status=422)
    try:
        made = services.draw_references(
            buyer=request.user, product=product, **form.cleaned_data
        )
    except services.DrawRefused as error:
        status = 429 if error.refusal in LIMITS else 403
        return _product_page(request, product, form, error.refusal, status)
    messages.success(request, "Three references are drawn, and each has your question.")
    return redirect("references:draw", made.public_id)


def _product_page(
    request: HttpRequest,
    product: Product,
    form: DrawForm,
    refusal: Refusal | None,
    status: int = 200,
) -> HttpResponse:
    agreed = consenting(product)[:SMALLEST_POOL].count()
    if refusal is None and agreed < SMALLEST_POOL:
        refusal = Refusal.POOL_TOO_SMALL
    context = {
        "product": product,
        "form": form,
        "refusal": refusal,
        "text": form["question"].value() if form.is_bound else "",
        "has_pool": agreed == SMALLEST_POOL,
        "smallest_pool": SMALLEST_POOL,
        "references": REFERENCES,
        "own_draw": last_draw(request.user, product)
        if request.user.is_authenticated
        else None,
        "log": _log(product),
        "log_length": LOG_LENGTH,
    }
    return render(request, "references/product.html", context, status=status)


def _log(product: Product) -> list[ReferenceDraw]:
    draws = ReferenceDraw.objects.filter(product=product).order_by("-created_at")
    return list(draws[:LOG_LENGTH])


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def draw(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    own = ReferenceDraw.objects.filter(buyer=request.user).select_related("product")
    found = get_object_or_404(own, public_id=public_id)
    context = {"draw": found, "references": _drawn(request.user, found)}
    return render(request, "references/draw.html", context)


def _drawn(
    buyer: User, made: ReferenceDraw
) -> list[tuple[uuid.UUID, Conversation | None]]:
    """In the order of the draw; a review may have gone since, the conversation stays."""
    begun = Conversation.objects.for_user(buyer).filter(
        buyer=buyer, review__public_id__in=made.drawn
    )
    by_review = {each.review.public_id: each for each in begun}
    return [(public_id, by_review.get(public_id)) for public_id in made.drawn]


# --- Being drawn ----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def consent(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    own = Review.objects.filter(author=request.user).select_related("product")
    review = get_object_or_404(own, public_id=public_id)
    agreed = ReferenceConsent.objects.standing().filter(review=review).first()
    if request.method == "POST":
        return _answer(request, review)
    context = {
        "review": review,
        "consent": agreed,
        "can_agree": can_be_reference(request.user, review),
        "references": REFERENCES,
    }
    return render(request, "references/consent.html", context)


def _answer(request: MemberRequest, review: Review) -> HttpResponse:
    answer = request.POST.get("answer")
    if answer not in ("yes", "no"):
        raise BadRequest("Say yes or no.")
    if answer == "no":
        services.take_back_agreement(review=review, author=request.user)
        messages.success(request, "Nobody can draw you any more.")
        return redirect("reviews:mine")
    try:
        services.agree_to_be_reference(review=review, author=request.user)
    except services.NotAReference as error:
        raise PermissionDenied(
            "Only customers with a public, verified review can be drawn, and nobody of the vendor or of a competitor."
        ) from error
    messages.success(request, "Thank you. You can be drawn as a reference from now on.")
    return redirect("reviews:mine")
