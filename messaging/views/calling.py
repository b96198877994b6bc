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
    View,
    empty,
    get_conversation,
    private,
)
from messaging.views.thread import named, thread_answer
from reviews_site.lib.compiled import render_piece


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
    context |= {**named(seen), "refusal": can_write(seen)}
    return render_piece(request, "messaging/call.html", context)


def _answering(
    answer: Callable[[MemberRequest, CallProposal], None], said: str
) -> View:
    """A view that answers what is proposed or agreed; `said`: what its reader is told then."""

    @private
    @require_POST
    def view(
        request: MemberRequest, public_id: uuid.UUID, call_id: uuid.UUID
    ) -> HttpResponse:
        seen = get_conversation(request, public_id)
        try:
            answer(request, _get_call(seen, call_id))
        except services.MessageRefused as error:
            return thread_answer(request, seen, empty(MessageForm), error.refusal)
        messages.success(request, said)
        return _to_call(seen)

    return view


def _accept(request: MemberRequest, call: CallProposal) -> None:
    slot = _posted_slot(request, call)
    services.accept_call(proposal=call, member=request.user, slot=slot)


def _decline(request: MemberRequest, call: CallProposal) -> None:
    services.decline_call(proposal=call, member=request.user)


def _cancel(request: MemberRequest, call: CallProposal) -> None:
    services.cancel_call(proposal=call, member=request.user)


accept_call = _answering(_accept, "Agreed. You can add it to your calendar.")
decline_call = _answering(_decline, "Declined.")
cancel_call = _answering(_cancel, "Called off.")


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


def _to_call(seen: Conversation) -> HttpResponse:
    return redirect(f"{seen.get_absolute_url()}#call")
