import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from messaging import services
from messaging.forms import MessageForm, ReportForm
from messaging.models import Conversation, Message, MessageReport
from messaging.permissions import can_report
from messaging.views.pieces import MemberRequest, empty, get_conversation, private
from messaging.views.thread import thread_answer


@private
@require_POST
def accept(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    try:
        services.accept_request(conversation=seen, reviewer=request.user)
    except services.MessageRefused as error:
        return thread_answer(request, seen, empty(MessageForm), error.refusal)
    messages.success(request, "Accepted. You can both write now.")
    return redirect(seen)


@private
@require_POST
def decline(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    try:
        services.decline_request(conversation=seen, reviewer=request.user)
    except services.MessageRefused as error:
        return thread_answer(request, seen, empty(MessageForm), error.refusal)
    messages.success(
        request, "Declined. They can't write to you about this review again."
    )
    return redirect("messaging:inbox")


@private
@require_POST
def leave(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    services.leave_conversation(conversation=seen, member=request.user)
    messages.success(
        request, "You have left the conversation. It is closed for both of you."
    )
    return redirect("messaging:inbox")


@private
@require_POST
def block(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    services.block_member(blocker=request.user, conversation=seen)
    messages.success(
        request, "Blocked. Neither of you can write to the other any more."
    )
    return redirect(seen)


@private
@require_POST
def unblock(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    services.unblock_member(blocker=request.user, conversation=seen)
    messages.success(request, "You have taken your block back.")
    return redirect(seen)


@private
@require_POST
def mute(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    muted = request.POST.get("muted") == "on"
    services.set_muted(conversation=seen, member=request.user, muted=muted)
    said = "No more e-mails" if muted else "E-mails again"
    messages.success(request, f"{said} about this conversation.")
    return redirect(seen)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def report(
    request: MemberRequest, public_id: uuid.UUID, message_id: uuid.UUID
) -> HttpResponse:
    seen = get_conversation(request, public_id)
    message = get_object_or_404(seen.messages, public_id=message_id)
    if not can_report(seen, message):
        raise Http404
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _report(request, seen, message, form)
    context = {"conversation": seen, "message": message, "form": form}
    return render(request, "messaging/report.html", context)


def _report(
    request: MemberRequest, seen: Conversation, message: Message, form: ReportForm
) -> HttpResponse:
    try:
        services.report_message(
            message=message, reporter=request.user, **form.cleaned_data
        )
    except MessageReport.DoesNotExist as error:
        raise Http404 from error
    messages.success(
        request, "Thank you. A moderator will read it; you get the decision by e-mail."
    )
    return redirect(seen)
