import uuid
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from messaging import services
from messaging.forms import SearchForm
from messaging.models import Message, Participant
from messaging.pages import (
    TABS,
    inbox_page,
    interval,
    newest_in_tab,
    unread_by_tab,
)
from messaging.rows import ConversationRow
from messaging.search import search
from messaging.views.pieces import (
    MemberRequest,
    get_conversation,
    opened_at,
    private,
    query_id,
)
from reviews_site.lib.compiled import render_page, render_piece

SHORTEST_LIST_INTERVAL = 15


@private
@require_safe
def inbox(request: MemberRequest) -> HttpResponse:
    form = SearchForm(request.GET if "q" in request.GET else None)
    unread = unread_by_tab(request.user)
    tab = _tab(request, unread)
    before = "" if form.is_bound else request.GET.get("before", "")
    page = inbox_page(request.user, tab, before)
    context = {
        **list_context(tab, unread, page.conversations),
        **_search_context(request, form),
        "older": page.older,
        "is_first_page": not before,
        "is_old_page": bool(before),
        "member": request.user,
    }
    return render_page(
        request,
        "messaging/inbox.html",
        context,
        title=f"“{context['asked']}” in your messages" if context["found"] else "Inbox",
        unread=sum(unread.values()),
        place=request.path,
        status=400 if context["search_errors"] else 200,
    )


def _search_context(request: MemberRequest, form: SearchForm) -> dict[str, Any]:
    context = {
        "asked": form["q"].value() or "",
        "search_errors": form["q"].errors,
        "found": None,
    }
    if not form.is_bound or not form.is_valid() or not form.cleaned_data["q"]:
        return context
    try:
        found = search(
            request.user, form.cleaned_data["q"], query_id(request, "before")
        )
    except Message.DoesNotExist as error:
        raise Http404 from error
    return context | {
        "found": found,
        "is_first_page_found": "before" not in request.GET,
    }


def _tab(request: MemberRequest, unread: dict[str, int]) -> str:
    tab = request.GET.get("tab") or _first_tab(unread)
    if tab not in TABS:
        raise BadRequest("There is no such part of the inbox.")
    return tab


def _first_tab(unread: dict[str, int]) -> str:
    return "requests" if unread["requests"] and not unread["open"] else "open"


def list_context(
    tab: str, unread: dict[str, int], conversations: list[ConversationRow]
) -> dict[str, Any]:
    newest = conversations[0].last_message_at if conversations else None
    return {
        "tab": tab,
        "tabs": [
            (name, label, unread[name]) for name, label in Participant.Folder.choices
        ],
        "conversations": conversations,
        "list_mark": _mark(unread, newest),
        "list_every": SHORTEST_LIST_INTERVAL,
        "opened": int(timezone.now().timestamp()),
        "open_id": None,
        "is_old_page": False,
    }


def _mark(unread: dict[str, int], newest: datetime | None) -> str:
    """Another mark says that the list has changed."""
    said = f"{sorted(unread.items())} {newest}"
    return blake2b(said.encode(), digest_size=8).hexdigest()


@private
@require_safe
def inbox_news(request: MemberRequest) -> HttpResponse:
    """The list as it is now, as a piece of the page; the same as before is 204."""
    unread = unread_by_tab(request.user)
    tab = _tab(request, unread)
    newest = newest_in_tab(request.user, tab)
    opened = opened_at(request)
    every = list_interval(opened, newest)
    if (request.GET.get("mark"), request.GET.get("every")) == (
        _mark(unread, newest),
        str(every),
    ):
        return HttpResponse(status=204)
    page = inbox_page(request.user, tab)
    context = {
        **list_context(tab, unread, page.conversations),
        "open_id": query_id(request, "open"),
        "list_every": every,
        "opened": int(opened.timestamp()),
        "unread_messages": sum(unread.values()),
    }
    return render_piece(request, "messaging/list_news.html", context)


def list_interval(opened: datetime, newest: datetime | None) -> int:
    return max(SHORTEST_LIST_INTERVAL, interval(opened, newest or opened))


@private
@require_POST
def archive(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    archived = request.POST.get("archived") == "on"
    services.set_archived(conversation=seen, member=request.user, archived=archived)
    if not archived:
        messages.success(request, "It is back in your inbox.")
        return redirect(seen)
    messages.success(request, "Archived, for you alone. A new message brings it back.")
    return redirect(f"{reverse('messaging:inbox')}?tab={seen.me.folder}")
