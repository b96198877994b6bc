from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import User
from outcomes import services
from outcomes.forms import CheckInForm, as_typed
from outcomes.links import find_check_in
from outcomes.models import CheckIn
from outcomes.pages import CheckIns, check_ins_of
from outcomes.permissions import Refusal, check_in_refusal
from reviews.models import Review
from reviews.views.write import UNPROCESSABLE, MemberRequest, get_or_post, own_review

STILL = {"yes", "no"}


# --- From the e-mail, without signing in ----------------------------------------------------


@cache_control(private=True, no_store=True)
@get_or_post
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing. Once answered it shows no answer: who has the link need not be who gave it."""
    check_in = find_check_in(token)
    if check_in is None or _is_gone(check_in):
        return render(request, "outcomes/check_in_gone.html", status=404)
    if check_in.answered_at is not None:
        return render(request, "outcomes/check_in_done.html", {"check_in": check_in})
    form = _form(request, check_in.review, {"still_using": _still(request)})
    if request.method == "POST" and _record(
        form, check_in.review, check_in.month, only_first=True
    ):
        return redirect("outcomes:answer", token)
    return _page(request, form, check_in.review, check_in.month, check_in)


def _is_gone(check_in: CheckIn) -> bool:
    review = check_in.review
    return (
        review.author is None
        or check_in_refusal(review.author, review, check_in.month, check_in) is not None
    )


def _still(request: HttpRequest) -> str:
    """Which of the two links of the e-mail was pressed."""
    asked = request.GET.get("still", "")
    return asked if asked in STILL else ""


# --- Signed in ------------------------------------------------------------------------------


@login_required
@require_safe
def mine(request: MemberRequest) -> HttpResponse:
    found: CheckIns = check_ins_of(request.user)
    return render(request, "outcomes/check_ins.html", {"found": found})


@login_required
@get_or_post
def own_answer(request: MemberRequest, public_id: UUID, month: int) -> HttpResponse:
    review, check_in = _own(request.user, public_id, month)
    form = _form(request, review, as_typed(check_in) if check_in else {})
    if request.method == "POST" and _record(form, review, month):
        messages.success(
            request, f"Thank you. What you said of {review.product.name} is kept."
        )
        return redirect("outcomes:check_ins")
    return _page(request, form, review, month, check_in)


@login_required
@get_or_post
def take_back(request: MemberRequest, public_id: UUID, month: int) -> HttpResponse:
    review = own_review(request.user, public_id)
    answered = CheckIn.objects.answered().filter(review=review, month=month)
    check_in = get_object_or_404(answered)
    if request.method != "POST":
        context = {"review": review, "check_in": check_in}
        return render(request, "outcomes/check_in_take_back.html", context)
    services.take_back_answer(review=review, month=month)
    messages.success(
        request,
        "Your answer is deleted, and the figures that it stood behind are gone.",
    )
    return redirect("outcomes:check_ins")


def _own(user: User, public_id: UUID, month: int) -> tuple[Review, CheckIn | None]:
    if month not in CheckIn.Month:
        raise Http404
    review = own_review(user, public_id)
    check_in = CheckIn.objects.filter(review=review, month=month).first()
    refusal = check_in_refusal(user, review, month, check_in)
    if refusal:
        raise PermissionDenied(refusal.label)
    return review, check_in


# --- Both -----------------------------------------------------------------------------------


def _form(request: HttpRequest, review: Review, typed: dict[str, Any]) -> CheckInForm:
    data: QueryDict | None = request.POST if request.method == "POST" else None
    return CheckInForm(data, initial=typed, product=review.product)


def _record(
    form: CheckInForm, review: Review, month: int, *, only_first: bool = False
) -> bool:
    if not form.is_valid():
        return False
    try:
        services.answer_check_in(
            review=review, month=month, answer=form.answer(), only_first=only_first
        )
    except services.Refused as error:
        if error.reason == Refusal.ANSWERED:
            return True
        form.add_error(None, error.reason.label)
        return False
    return True


def _page(
    request: HttpRequest,
    form: CheckInForm,
    review: Review,
    month: int,
    check_in: CheckIn | None,
) -> HttpResponse:
    context = {
        "form": form,
        "review": review,
        "product": review.product,
        "month": CheckIn.Month(month),
        "check_in": check_in,
        "is_member": request.user.is_authenticated,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "outcomes/check_in.html", context, status=status)
