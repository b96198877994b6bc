import uuid
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from messaging import services
from messaging.forms import MessageForm
from messaging.models import Block, Conversation, Message
from messaging.pages import (
    TAB_OF_STATE,
    inbox_page,
    messages_after,
    thread_page,
    unread_by_tab,
)
from messaging.permissions import Refusal, can_accept, can_report, can_write
from messaging.retention import ending_context
from messaging.views.calls import calls_context
from messaging.views.contacts import contacts_context
from messaging.views.inbox import list_context
from messaging.views.pieces import (
    MemberRequest,
    empty,
    get_conversation,
    posted_id,
    private,
    query_id,
    with_new_key,
)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    if request.method == "POST":
        return _send(request, seen)
    return thread_answer(request, seen, empty(MessageForm))


def _send(request: MemberRequest, seen: Conversation) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return thread_answer(request, seen, form)
    try:
        message = services.send_message(
            conversation=seen, sender=request.user, **form.cleaned_data
        )
    except services.MessageRefused as error:
        return thread_answer(request, seen, form, error.refusal)
    except services.ClientKeyReused:
        return thread_answer(request, seen, with_new_key(form))
    return redirect(f"{seen.get_absolute_url()}#{message.public_id}")


def thread_answer(
    request: MemberRequest,
    seen: Conversation,
    form: MessageForm,
    refused: Refusal | None = None,
) -> HttpResponse:
    """`refused` is what was just tried and refused; what can't be done anyway the page finds out itself."""
    try:
        page = thread_page(seen, query_id(request, "before"))
    except Message.DoesNotExist as error:
        raise Http404 from error
    unread = unread_by_tab(request.user)
    tab = TAB_OF_STATE[seen.state]
    unread[tab] -= seen.me.unread_count
    context = {
        **list_context(tab, unread, inbox_page(request.user, tab).conversations),
        **_thread_context(seen),
        **contacts_context(seen),
        **calls_context(seen),
        **ending_context(seen),
        "page": page,
        "is_earlier": "before" in request.GET,
        "report_url": _report_url(seen, page.messages),
        "form": form,
        "refused": refused,
        "text": form["body"].value() if form.is_bound else "",
    }
    status = 403 if refused else 200
    return render(request, "messaging/thread.html", context, status=status)


def _report_url(seen: Conversation, shown: list[Message]) -> str:
    """Of the last message that can be reported; each one has its own link as well."""
    reportable = (message for message in reversed(shown) if can_report(seen, message))
    last = next(reportable, None) or _last_of_other(seen)
    if last is None:
        return ""
    return reverse("messaging:report", args=[seen.public_id, last.public_id])


def _last_of_other(seen: Conversation) -> Message | None:
    theirs = seen.messages.filter(sender_role=seen.other.role)
    return theirs.newest_first().first()


def _thread_context(seen: Conversation) -> dict[str, Any]:
    return {
        "conversation": seen,
        "refusal": can_write(seen),
        "may_accept": can_accept(seen) is None,
        "is_live": seen.state in Conversation.LIVE,
        "blocked_by_me": Block.objects.filter(
            blocker=seen.me.user, blocked=seen.other.user
        ).exists(),
    }


@private
@require_safe
def new_messages(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """What came since `after`, as a piece of the page; nothing to show is 204."""
    seen = get_conversation(request, public_id)
    after = query_id(request, "after")
    if after is None:
        raise BadRequest("Say after which message.")
    try:
        found = messages_after(seen, after)
    except Message.DoesNotExist as error:
        raise Http404 from error
    changed = request.GET.get("state", seen.shown_state) != seen.shown_state
    if not found and not changed:
        return HttpResponse(status=204)
    context = {"conversation": seen, "found": found, "after": after, "changed": changed}
    return render(request, "messaging/_new_messages.html", context)


@private
@require_POST
def read(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    message = get_object_or_404(seen.messages, public_id=posted_id(request, "up_to"))
    services.mark_read(conversation=seen, member=request.user, up_to=message)
    return HttpResponse() if request.htmx else redirect(seen)
