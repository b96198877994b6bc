import uuid
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from messaging import services
from messaging.forms import MessageForm
from messaging.models import Conversation, Message
from messaging.pages import (
    ThreadPage,
    draft_of,
    inbox_page,
    thread_page,
    unread_by_tab,
)
from messaging.permissions import Refusal, can_accept, can_write
from messaging.retention import ending_context
from messaging.rows import MessageRow
from messaging.views.calls import calls_context
from messaging.views.contacts import contacts_context
from messaging.views.inbox import list_context
from messaging.views.pieces import (
    MemberRequest,
    empty,
    get_conversation,
    private,
    query_id,
    with_new_key,
)
from reviews_site.lib.compiled import render_page, render_piece

PAGE_KEYS = ("before", "after", "around")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    if request.method == "POST":
        return _send(request, seen)
    form = empty(MessageForm, reply_to=query_id(request, "reply_to"))
    if request.htmx.target == "write-quote":
        context = {**named(seen), "form": form, "quoted": _quoted(seen, form)}
        return render_piece(request, "messaging/quote.html", context)
    return thread_answer(request, seen, form)


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
    except Message.DoesNotExist as error:
        raise Http404 from error
    return redirect(f"{seen.get_absolute_url()}#{message.public_id}")


def thread_answer(
    request: MemberRequest,
    seen: Conversation,
    form: MessageForm,
    refused: Refusal | None = None,
) -> HttpResponse:
    """`refused` is what was just tried and refused; what can't be done anyway the page finds out itself."""
    page = _page(request, seen)
    unread = unread_by_tab(request.user)
    tab = seen.me.folder
    unread[tab] -= seen.me.unread_count
    context = {
        **list_context(tab, unread, inbox_page(request.user, tab).conversations),
        **state_context(seen),
        **write_context(seen, form),
        **panels_context(seen),
        "page": page,
        "report_url": report_url(seen, page.messages),
        "open_id": seen.public_id,
        "refused": refused,
        "every": 5,
        "asked": "",
        "search_errors": [],
    }
    return render_page(
        request,
        "messaging/thread.html",
        context,
        title=f"{seen.other.alias} about {seen.review.product.name}",
        unread=sum(unread.values()),
        status=403 if refused else 200,
    )


def _page(request: MemberRequest, seen: Conversation) -> ThreadPage:
    given = [key for key in PAGE_KEYS if key in request.GET]
    if len(given) > 1:
        raise BadRequest("Say before, after or around which message.")
    where = given[0] if given else ""
    try:
        return thread_page(seen, where, query_id(request, where))
    except Message.DoesNotExist as error:
        raise Http404 from error


def write_context(seen: Conversation, form: MessageForm) -> dict[str, Any]:
    """The field with what stands in it: what was just typed, or what was kept."""
    me = seen.me.user
    draft = draft_of(me, seen) if me and seen.holds.own_draft else None
    if draft and not form.is_bound:
        form.initial["body"] = draft.body
    return {
        "form": form,
        "text": form["body"].value() or "",
        "draft": None if form.is_bound else draft,
        "quoted": _quoted(seen, form),
    }


def _quoted(seen: Conversation, form: MessageForm) -> Message | None:
    """Named by an address or by what was posted; what isn't of this thread is 404 in both."""
    given = form["reply_to"].value()
    if not given:
        return None
    try:
        return seen.messages.get(public_id=uuid.UUID(str(given)))
    except (ValueError, Message.DoesNotExist) as error:
        raise Http404 from error


def panels_context(seen: Conversation) -> dict[str, Any]:
    return contacts_context(seen) | calls_context(seen) | ending_context(seen)


def report_url(seen: Conversation, shown: list[MessageRow]) -> str:
    """Of the last message of the other side; each one has its own link as well."""
    theirs = (m.public_id for m in reversed(shown) if m.sender_role == seen.other.role)
    last = next(theirs, None) or _last_of_other(seen)
    return reverse("messaging:report", args=[seen.public_id, last]) if last else ""


def _last_of_other(seen: Conversation) -> uuid.UUID | None:
    theirs = seen.messages.filter(sender_role=seen.other.role)
    return theirs.newest_first().values_list("public_id", flat=True).first()


def named(seen: Conversation) -> dict[str, Any]:
    return {"conversation": seen, "address": seen.get_absolute_url()}


def state_context(seen: Conversation) -> dict[str, Any]:
    return {
        **named(seen),
        "refusal": can_write(seen),
        "may_accept": can_accept(seen) is None,
        "is_live": seen.state in Conversation.LIVE,
        "blocked_by_me": seen.is_blocked_by_me,
    }
