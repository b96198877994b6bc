import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from messaging import services
from messaging.forms import QuestionForm
from messaging.models import Conversation
from messaging.pages import draft_of
from messaging.permissions import LIMITS, Refusal, can_message
from messaging.views.pieces import MemberRequest, empty, private, with_new_key
from reviews.models import Review


@private
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    published = Review.objects.published().select_related("product")
    review = get_object_or_404(published, public_id=public_id)
    begun = Conversation.objects.for_user(request.user).filter(
        review=review, buyer=request.user
    )
    if request.method == "POST":
        return _start(request, review)
    if (conversation := begun.first()) is not None:
        return redirect(conversation)
    return ask_answer(
        request, review, empty(QuestionForm), can_message(request.user, review)
    )


def _start(request: MemberRequest, review: Review) -> HttpResponse:
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return ask_answer(request, review, form, None)
    try:
        conversation = services.start_conversation(
            buyer=request.user, review=review, **form.cleaned_data
        )
    except services.MessageRefused as error:
        return ask_answer(request, review, form, error.refusal)
    except services.ClientKeyReused:
        return ask_answer(request, review, with_new_key(form), None)
    messages.success(request, "Your question was sent.")
    return redirect(conversation)


def ask_answer(
    request: MemberRequest, review: Review, form: QuestionForm, refusal: Refusal | None
) -> HttpResponse:
    status = 200
    if refusal is not None:
        status = 429 if refusal in LIMITS else 403
    draft = draft_of(request.user, review)
    if draft and not form.is_bound:
        form.initial["body"] = draft.body
    context = {
        "review": review,
        "form": form,
        "refusal": refusal,
        "text": form["body"].value() or "",
        "draft": None if form.is_bound else draft,
        "your_persona": services.buyer_persona(request.user),
        "reviewer_persona": services.reviewer_persona(review),
    }
    return render(request, "messaging/ask.html", context, status=status)
