from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from messaging.models import Conversation
from messaging.pages import TABS, inbox_page, unread_by_tab
from messaging.views.pieces import MemberRequest, private


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
        **list_context(tab, unread, page.conversations),
        "older": page.older,
        "is_first_page": not before,
    }
    return render(request, "messaging/inbox.html", context)


def _first_tab(unread: dict[str, int]) -> str:
    return "requests" if unread["requests"] and not unread["open"] else "open"


def list_context(
    tab: str, unread: dict[str, int], conversations: list[Conversation]
) -> dict[str, Any]:
    return {
        "tab": tab,
        "tabs": [(name, name.capitalize(), unread[name]) for name in TABS],
        "conversations": conversations,
        "unread_messages": sum(unread.values()),
    }
