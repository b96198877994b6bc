"""Proposing a call or a meeting, and answering."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import Profile
from messaging import services
from messaging.calendars import calendar_file, has_calendar
from messaging.call_forms import USUAL_MINUTES, CallForm, empty_call_form
from messaging.forms import MessageForm
from messaging.models import CallProposal, CallSlot, Conversation
from messaging.permissions import Refusal, can_propose_call, can_write
from messaging.times import known_or_utc
from messaging.views.calls import calls_context
from messaging.views.pieces import (
    ALREADY_SENT,
    MemberRequest,
    empty,
    get_conversation,
    private,
)
from messaging.views.thread import thread_answer


@private
@require_http_methods(["GET", "HEAD", "POST"])
def propose_call(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    if request.method == "POST":
        return _propose(request, seen)
    said = Profile.objects.filter(user=request.user).values_list("time_zone", flat=True)
    zone = said.first()
    form = empty_call_form(known_or_utc(zone), is_guess=not zone)
    return _call_page(request, seen, form, can_propose_call(seen))


def _propose(request: MemberRequest, seen: Conversation) -> HttpResponse:
    form = CallForm(request.POST)
    if not form.is_valid():
        return _call_page(request, seen, form, None)
    try:
        services.propose_call(conversation=seen, member=request.user, **form.proposal)
    except services.MessageRefused as error:
        return _call_page(request, seen, form, error.refusal)
    except services.ClientKeyReused:
        return _call_page(request, seen, _with_new_key(form), None)
    messages.success(request, "Proposed. They see the times on their own clock.")
    return _to_call(seen)


def _with_new_key(form: CallForm) -> CallForm:
    typed = {name: form.data.get(name) for name in form.fields}
    again = CallForm({**typed, "client_key": str(uuid.uuid4())})
    again.add_error(None, ALREADY_SENT)
    return again


def _call_page(
    request: MemberRequest,
    seen: Conversation,
    form: CallForm,
    refusal: Refusal | None,
) -> HttpResponse:
    context = {
        "conversation": seen,
        "form": form,
        "refusal": refusal,
        "usual_minutes": USUAL_MINUTES,
        **calls_context(seen),
    }
    status = 403 if refusal else 200
    return render(request, "messaging/call.html", context, status=status)


@private
@require_safe
def calls(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The panel, for an open page; nothing new since `seen` is 204."""
    seen = get_conversation(request, public_id)
    context = calls_context(seen)
    if request.GET.get("seen") == context["calls"].marker:
        return HttpResponse(status=204)
    context |= {"conversation": seen, "refusal": can_write(seen)}
    return render(request, "messaging/_call.html", context)


@private
@require_POST
def accept_call(
    request: MemberRequest, public_id: uuid.UUID, call_id: uuid.UUID
) -> HttpResponse:
    seen = get_conversation(request, public_id)
    call = _get_call(seen, call_id)
    slot = _posted_slot(request, call)
    return _answer(
        request,
        seen,
        lambda: services.accept_call(proposal=call, member=request.user, slot=slot),
        "Agreed. You can add it to your calendar.",
    )


@private
@require_POST
def decline_call(
    request: MemberRequest, public_id: uuid.UUID, call_id: uuid.UUID
) -> HttpResponse:
    seen = get_conversation(request, public_id)
    call = _get_call(seen, call_id)
    return _answer(
        request,
        seen,
        lambda: services.decline_call(proposal=call, member=request.user),
        "Declined.",
    )


@private
@require_POST
def cancel_call(
    request: MemberRequest, public_id: uuid.UUID, call_id: uuid.UUID
) -> HttpResponse:
    seen = get_conversation(request, public_id)
    call = _get_call(seen, call_id)
    return _answer(
        request,
        seen,
        lambda: services.cancel_call(proposal=call, member=request.user),
        "Called off.",
    )


@private
@require_safe
def calendar(
    request: MemberRequest, public_id: uuid.UUID, call_id: uuid.UUID
) -> HttpResponse:
    seen = get_conversation(request, public_id)
    call = _get_call(seen, call_id)
    if not has_calendar(call):
        raise Http404
    return HttpResponse(
        calendar_file(call, seen),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="call.ics"'},
    )


def _get_call(seen: Conversation, call_id: uuid.UUID) -> CallProposal:
    return get_object_or_404(seen.calls, public_id=call_id)


def _posted_slot(request: MemberRequest, call: CallProposal) -> CallSlot:
    try:
        position = int(request.POST.get("slot", ""))
    except ValueError as error:
        raise BadRequest("Say which of the times.") from error
    return get_object_or_404(call.slots, position=position)


def _answer(
    request: MemberRequest, seen: Conversation, answer: Callable[[], None], said: str
) -> HttpResponse:
    try:
        answer()
    except services.MessageRefused as error:
        return thread_answer(request, seen, empty(MessageForm), error.refusal)
    messages.success(request, said)
    return _to_call(seen)


def _to_call(seen: Conversation) -> HttpResponse:
    return redirect(f"{seen.get_absolute_url()}#call")
