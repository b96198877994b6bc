import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from messaging import services
from messaging.forms import DraftForm, MessageForm, QuestionForm
from messaging.views.asking import ask_answer
from messaging.views.pieces import MemberRequest, get_conversation, private
from messaging.views.thread import thread_answer
from reviews.models import Review


@private
@require_POST
def draft(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    form = _form(request)
    if form.is_valid():
        services.save_draft(user=request.user, conversation=seen, **form.cleaned_data)
        return _saved(request, form, f"{seen.get_absolute_url()}#write")
    if _is_fetch(request):
        return HttpResponse(status=422)
    return thread_answer(request, seen, MessageForm(request.POST))


@private
@require_POST
def question_draft(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    published = Review.objects.published().select_related("product")
    review = get_object_or_404(published, public_id=public_id)
    form = _form(request)
    if form.is_valid():
        services.save_draft(user=request.user, review=review, **form.cleaned_data)
        return _saved(request, form, reverse("messaging:ask", args=[public_id]))
    if _is_fetch(request):
        return HttpResponse(status=422)
    return ask_answer(request, review, QuestionForm(request.POST), None)


def _form(request: MemberRequest) -> DraftForm:
    """The script sends what changed alone; the key of the form stands in its address."""
    data = request.POST.copy()
    data.setdefault("client_key", request.GET.get("client_key", ""))
    return DraftForm(data)


def _saved(request: MemberRequest, form: DraftForm, address: str) -> HttpResponse:
    if _is_fetch(request):
        return HttpResponse(status=204)
    kept = form.cleaned_data["body"].strip()
    messages.success(request, "Draft saved." if kept else "Draft deleted.")
    return redirect(address)


def _is_fetch(request: MemberRequest) -> bool:
    """By the script of the page, which stays where it is."""
    return request.headers.get("X-Requested-With") == "fetch"
