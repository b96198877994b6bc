from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from outcomes import services
from outcomes.forms import DeliveryForm, delivery_as_typed
from outcomes.models import Delivery
from outcomes.permissions import Refusal, delivery_refusal
from reviews.models import Review
from reviews.views.write import UNPROCESSABLE, MemberRequest, get_or_post, own_review


@login_required
@get_or_post
def delivery(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = own_review(request.user, public_id)
    refusal = delivery_refusal(request.user, review)
    if refusal:
        return _refused(request, review, refusal)
    stored = Delivery.objects.filter(review=review).first()
    if request.method != "POST":
        form = DeliveryForm(initial=delivery_as_typed(stored) if stored else {})
        return _page(request, form, review, stored)
    form = DeliveryForm(request.POST)
    if not form.is_valid():
        return _page(request, form, review, stored, UNPROCESSABLE)
    try:
        services.state_delivery(review=review, stated=form.stated())
    except services.Refused as error:
        return _refused(request, review, error.reason)
    messages.success(request, "Thank you. It is kept, and nobody but you can read it.")
    return redirect("outcomes:delivery", review.public_id)


@login_required
@get_or_post
def take_back(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Open to the author whatever became of the review."""
    review = own_review(request.user, public_id)
    get_object_or_404(Delivery, review=review)
    if request.method != "POST":
        return render(request, "outcomes/delivery_take_back.html", {"review": review})
    services.take_back_delivery(review=review)
    messages.success(
        request, "It is deleted, and the figures that it stood behind are gone."
    )
    return redirect("reviews:mine")


def _page(
    request: MemberRequest,
    form: DeliveryForm,
    review: Review,
    stored: Delivery | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "review": review,
        "product": review.product,
        "delivery": stored,
    }
    return render(request, "outcomes/delivery.html", context, status=status)


def _refused(request: MemberRequest, review: Review, refusal: Refusal) -> HttpResponse:
    context = {"review": review, "product": review.product, "refusal": refusal}
    return render(request, "outcomes/delivery_refused.html", context, status=403)
