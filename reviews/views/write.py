from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import is_known
from products.models import Product
from reviews import services
from reviews.forms import SendForm, StepForm
from reviews.models import Review
from reviews.permissions import (
    Refusal,
    edit_refusal,
    live_review,
    review_refusal,
)
from reviews.wizard import (
    BY_KEY,
    STEPS,
    Step,
    Wizard,
    step_after,
    step_before,
    steps_with_state,
    with_choice,
)

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
UNPROCESSABLE = 422
TOO_LONG = "A text is longer than any field takes. Nothing was saved."


class MemberRequest(HttpRequest):
    """Behind login_required."""

    user: User


@login_required
@get_or_post
def write(request: MemberRequest, slug: str) -> HttpResponse:
    product = get_object_or_404(Product.objects.visible(), slug=slug)
    refusal = review_refusal(request.user, product)
    if refusal:
        return _refused(request, product, refusal)
    return _wizard(request, Wizard(request.user, product, invited_by=_inviter(request)))


def _inviter(request: HttpRequest) -> str:
    """The invitation they came by: in the address at first, in the form from then on."""
    return request.POST.get("invitation") or request.GET.get("invitation", "")


@login_required
@get_or_post
def edit(request: MemberRequest, public_id: UUID) -> HttpResponse:
    review = own_review(request.user, public_id)
    refusal = edit_refusal(request.user, review)
    if refusal:
        return _refused(request, review.product, refusal)
    return _wizard(request, Wizard(request.user, review.product, review))


def own_review(user: User, public_id: UUID) -> Review:
    """Somebody else's is as if it weren't there."""
    mine = Review.objects.filter(author=user).select_related("product", "invitation")
    return get_object_or_404(mine, public_id=public_id)


def _refused(
    request: MemberRequest, product: Product, refusal: Refusal
) -> HttpResponse:
    context = {
        "product": product,
        "refusal": refusal,
        "existing": live_review(request.user, product),
    }
    status = 409 if refusal == Refusal.ALREADY_REVIEWED else 403
    return render(request, "reviews/refused.html", context, status=status)


# --- The pages ------------------------------------------------------------------------------


def _wizard(request: MemberRequest, wizard: Wizard) -> HttpResponse:
    asked = request.POST.get("step") or request.GET.get("step")
    step = BY_KEY.get(asked) if asked else wizard.first_unfinished()
    if step is None:
        raise Http404
    if request.method == "POST":
        return _posted(request, wizard, step)
    return _page(request, wizard, step, wizard.form(step))


def _posted(request: MemberRequest, wizard: Wizard, step: Step) -> HttpResponse:
    go = request.POST.get("go", "next")
    if go == "discard":
        services.discard_draft(author=request.user, product=wizard.product)
        return redirect(request.path + _invited(wizard))
    try:
        _save(wizard, request)
    except ValueError:
        return HttpResponse(TOO_LONG, status=413, content_type="text/plain")
    if go == "later":
        messages.success(request, "Your draft is saved.")
        return redirect("reviews:mine")
    if "choose" in request.POST:
        return _to(request, step)
    if go == "back" or go in BY_KEY:
        return _to(request, BY_KEY.get(go) or step_before(step))
    form = wizard.posted(step, request.POST)
    if not form.is_valid():
        return _page(request, wizard, step, form, UNPROCESSABLE)
    if step == STEPS[-1]:
        return _send(request, wizard, form)
    return _to(request, step_after(step))


def _save(wizard: Wizard, request: MemberRequest) -> None:
    wizard.draft = services.save_draft(
        author=request.user,
        product=wizard.product,
        data=wizard.merged(with_choice(request.POST)),
    )
    wizard.forget()


def _invited(wizard: Wizard) -> str:
    if wizard.review is not None or wizard.invitation is None:
        return ""
    return f"?invitation={wizard.invitation.public_id}"


def _to(request: MemberRequest, step: Step) -> HttpResponse:
    return redirect(f"{request.path}?step={step.key}")


def _page(
    request: MemberRequest,
    wizard: Wizard,
    step: Step,
    form: StepForm,
    status: int = 200,
) -> HttpResponse:
    is_last = step == STEPS[-1]
    problems = wizard.problems() if is_last else []
    preview = mark_safe(wizard.preview()) if is_last and not problems else ""
    context = {
        "form": form,
        "step": step,
        "steps": steps_with_state(step, wizard.done()),
        "number": STEPS.index(step) + 1,
        "product": wizard.product,
        "review": wizard.review,
        "draft": wizard.draft,
        "is_restored": bool(wizard.draft) and "step" not in request.GET,
        "is_first": step == STEPS[0],
        "is_last": is_last,
        "problems": problems,
        "preview": preview,
        "coarsened": wizard.coarsened if preview else None,
        "invitation": wizard.invitation if wizard.review is None else None,
        "is_verified": not is_last or is_known(request.user),
        "autosave_url": _autosave_url(wizard),
    }
    return render(request, "reviews/write.html", context, status=status)


def _autosave_url(wizard: Wizard) -> str:
    if wizard.review is not None:
        return reverse("reviews:save_edit", args=[wizard.review.public_id])
    return reverse("reviews:save_draft", args=[wizard.product.slug])


# --- Sending --------------------------------------------------------------------------------


def _send(request: MemberRequest, wizard: Wizard, form: StepForm) -> HttpResponse:
    step = STEPS[-1]
    if wizard.problems():
        return _page(request, wizard, step, form, UNPROCESSABLE)
    try:
        review = _edited(wizard) if wizard.review else _submitted(wizard)
    except services.AlreadyReviewed:
        form.add_error(None, _link_to_existing(request.user, wizard.product))
        return _page(request, wizard, step, form, 409)
    except services.Refused as error:
        form.add_error(None, error.reason.label)
        return _page(request, wizard, step, form, 403)
    if isinstance(form, SendForm) and (wanted := form.accepted()):
        services.ask_for_emails(author=request.user, kinds=wanted)
    sent = "Your change is" if wizard.review else "Thank you. Your review is"
    messages.success(request, f"{sent} with the moderators now.")
    return redirect(review)


def _submitted(wizard: Wizard) -> Review:
    return services.submit_review(
        author=wizard.author,
        product=wizard.product,
        content=wizard.content(),
        answers=wizard.answers(),
        considered=wizard.considered(),
        source=wizard.source(),
        invitation=wizard.invitation,
    )


def _edited(wizard: Wizard) -> Review:
    assert wizard.review is not None
    services.propose_edit(
        review=wizard.review,
        author=wizard.author,
        content=wizard.content(),
        answers=wizard.answers(),
        considered=wizard.considered(),
    )
    services.discard_draft(author=wizard.author, product=wizard.product)
    return wizard.review


def _link_to_existing(user: User, product: Product) -> SafeString | str:
    existing = live_review(user, product)
    if existing is None:
        return Refusal.ALREADY_REVIEWED.label
    return format_html(
        '{} <a href="{}">Your review</a>',
        Refusal.ALREADY_REVIEWED.label,
        existing.get_absolute_url(),
    )


# --- Saving while typing --------------------------------------------------------------------


@require_POST
def save_draft(request: HttpRequest, slug: str) -> HttpResponse:
    product = get_object_or_404(Product.objects.visible(), slug=slug)
    refusal = review_refusal(request.user, product)
    if refusal or not isinstance(request.user, User):
        return _not_saved(refusal or Refusal.SIGN_IN)
    wizard = Wizard(request.user, product, invited_by=_inviter(request))
    return _autosaved(request, wizard)


@require_POST
def save_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    if not isinstance(request.user, User):
        return _not_saved(Refusal.SIGN_IN)
    review = own_review(request.user, public_id)
    refusal = edit_refusal(request.user, review)
    if refusal:
        return _not_saved(refusal)
    return _autosaved(request, Wizard(request.user, review.product, review))


def _not_saved(refusal: Refusal) -> JsonResponse:
    status = 401 if refusal == Refusal.SIGN_IN else 403
    return JsonResponse({"error": refusal.label}, status=status)


def _autosaved(request: HttpRequest, wizard: Wizard) -> JsonResponse:
    try:
        data = wizard.merged(request.POST)
    except ValueError:
        return JsonResponse({"error": TOO_LONG}, status=413)
    draft = services.save_draft(author=wizard.author, product=wizard.product, data=data)
    return JsonResponse({"saved_at": draft.saved_at.isoformat()})
