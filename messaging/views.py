import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from messaging import services
from messaging.forms import MessageForm, QuestionForm, ReportForm
from messaging.models import Block, Conversation, Message, MessageReport
from messaging.pages import (
    TAB_OF_STATE,
    TABS,
    inbox_page,
    messages_after,
    thread_page,
    unread_by_tab,
)
from messaging.permissions import (
    LIMITS,
    Refusal,
    can_accept,
    can_message,
    can_report,
    can_write,
)
from reviews.models import Review

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """What login_required lets through."""

    user: User
    htmx: HtmxDetails


ALREADY_SENT = (
    "This was sent already with other words. Send again if this is one more message."
)


def private(view: View) -> View:
    return cache_control(private=True, no_store=True)(_for_members(view))


def _for_members(view: View) -> View:
    members_only = login_required(view)

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # htmx would follow the way to the log-in and put that page into this one.
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=401)
        return members_only(request, *args, **kwargs)

    return guarded


# --- Asking ---------------------------------------------------------------------------------


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
    return _ask_page(
        request, review, _empty(QuestionForm), can_message(request.user, review)
    )


def _start(request: MemberRequest, review: Review) -> HttpResponse:
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, review, form, None)
    try:
        conversation = services.start_conversation(
            buyer=request.user, review=review, **form.cleaned_data
        )
    except services.MessageRefused as error:
        return _ask_page(request, review, form, error.refusal)
    except services.ClientKeyReused:
        return _ask_page(request, review, _with_new_key(form), None)
    messages.success(request, "Your question was sent.")
    return redirect(conversation)


def _ask_page(
    request: MemberRequest, review: Review, form: QuestionForm, refusal: Refusal | None
) -> HttpResponse:
    status = 200
    if refusal is not None:
        status = 429 if refusal in LIMITS else 403
    context = {
        "review": review,
        "form": form,
        "refusal": refusal,
        "text": form["body"].value() if form.is_bound else "",
        "your_persona": services.buyer_persona(request.user),
        "reviewer_persona": services.reviewer_persona(review),
    }
    return render(request, "messaging/ask.html", context, status=status)


# --- Inbox and thread -----------------------------------------------------------------------


@private
@require_safe
def inbox(request: MemberRequest) -> HttpResponse:
    unread = unread_by_tab(request.user)
    tab = request.GET.get("tab") or _first_tab(unread)
    if tab not in TABS:
        raise BadRequest("There is no such part of the inbox.")
    before = request.GET.get("before", "")
    page = inbox_page(request.user, tab, before)
    context = {
        **_list_context(tab, unread, page.conversations),
        "older": page.older,
        "is_first_page": not before,
    }
    return render(request, "messaging/inbox.html", context)


def _first_tab(unread: dict[str, int]) -> str:
    return "requests" if unread["requests"] and not unread["open"] else "open"


def _list_context(
    tab: str, unread: dict[str, int], conversations: list[Conversation]
) -> dict[str, Any]:
    return {
        "tab": tab,
        "tabs": [(name, name.capitalize(), unread[name]) for name in TABS],
        "conversations": conversations,
        "unread_messages": sum(unread.values()),
    }


@private
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
    if request.method == "POST":
        return _send(request, seen)
    return _thread(request, seen, _empty(MessageForm))


def _send(request: MemberRequest, seen: Conversation) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _thread(request, seen, form)
    try:
        message = services.send_message(
            conversation=seen, sender=request.user, **form.cleaned_data
        )
    except services.MessageRefused as error:
        return _thread(request, seen, form, error.refusal)
    except services.ClientKeyReused:
        return _thread(request, seen, _with_new_key(form))
    return redirect(f"{seen.get_absolute_url()}#{message.public_id}")


def _thread(
    request: MemberRequest,
    seen: Conversation,
    form: MessageForm,
    refused: Refusal | None = None,
) -> HttpResponse:
    """`refused` is what was just tried and refused; what can't be done anyway the page finds out itself."""
    try:
        page = thread_page(seen, _public_id(request, "before"))
    except Message.DoesNotExist as error:
        raise Http404 from error
    unread = unread_by_tab(request.user)
    tab = TAB_OF_STATE[seen.state]
    unread[tab] -= seen.me.unread_count
    context = {
        **_list_context(tab, unread, inbox_page(request.user, tab).conversations),
        **_thread_context(seen),
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
    seen = _get_conversation(request, public_id)
    after = _public_id(request, "after")
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
    seen = _get_conversation(request, public_id)
    message = get_object_or_404(seen.messages, public_id=_posted_id(request, "up_to"))
    services.mark_read(conversation=seen, member=request.user, up_to=message)
    return HttpResponse() if request.htmx else redirect(seen)


# --- Answering a request, getting out -------------------------------------------------------


@private
@require_POST
def accept(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
    try:
        services.accept_request(conversation=seen, reviewer=request.user)
    except services.MessageRefused as error:
        return _thread(request, seen, _empty(MessageForm), error.refusal)
    messages.success(request, "Accepted. You can both write now.")
    return redirect(seen)


@private
@require_POST
def decline(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
    try:
        services.decline_request(conversation=seen, reviewer=request.user)
    except services.MessageRefused as error:
        return _thread(request, seen, _empty(MessageForm), error.refusal)
    messages.success(
        request, "Declined. They can't write to you about this review again."
    )
    return redirect("messaging:inbox")


@private
@require_POST
def leave(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
    services.leave_conversation(conversation=seen, member=request.user)
    messages.success(
        request, "You have left the conversation. It is closed for both of you."
    )
    return redirect("messaging:inbox")


@private
@require_POST
def block(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
    services.block_member(blocker=request.user, conversation=seen)
    messages.success(
        request, "Blocked. Neither of you can write to the other any more."
    )
    return redirect(seen)


@private
@require_POST
def unblock(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
    services.unblock_member(blocker=request.user, conversation=seen)
    messages.success(request, "You have taken your block back.")
    return redirect(seen)


@private
@require_POST
def mute(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = _get_conversation(request, public_id)
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
    seen = _get_conversation(request, public_id)
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


# --- Pieces ---------------------------------------------------------------------------------


def _get_conversation(request: MemberRequest, public_id: uuid.UUID) -> Conversation:
    """Not theirs and not there are the same 404."""
    rows = Conversation.objects.for_user(request.user)
    seen = get_object_or_404(rows, public_id=public_id)
    # Who that is, is known: no query for it.
    seen.me.user = request.user
    return seen


def _empty(form_class: type[MessageForm]) -> Any:
    return form_class(initial={"client_key": uuid.uuid4()})


def _with_new_key(form: Any) -> Any:
    data = {"body": form.data.get("body", ""), "client_key": str(uuid.uuid4())}
    again = type(form)(data)
    again.add_error(None, ALREADY_SENT)
    return again


def _public_id(request: MemberRequest, name: str) -> uuid.UUID | None:
    return _as_id(request.GET[name], name) if name in request.GET else None


def _posted_id(request: MemberRequest, name: str) -> uuid.UUID:
    return _as_id(request.POST.get(name, ""), name)


def _as_id(text: str, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise BadRequest(f"“{name}” doesn't name a message.") from error
