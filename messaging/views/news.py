"""What an open page asks for every few seconds, and what it says when something was read."""

import uuid
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from messaging import services
from messaging.forms import MessageForm
from messaging.models import Conversation, Participant
from messaging.pages import interval, messages_after, news, unread_by_tab
from messaging.rows import MessageRow
from messaging.views.pieces import (
    MemberRequest,
    empty,
    get_conversation,
    opened_at,
    posted_id,
    private,
    query_id,
)
from messaging.views.thread import (
    panels_context,
    report_url,
    state_context,
    write_context,
)
from reviews_site.lib.compiled import render_piece


@private
@require_safe
def new_messages(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """What came since `after`, as a piece of the page. Nothing to show is 204, for which one query is enough."""
    after = query_id(request, "after")
    if after is None:
        raise BadRequest("Say after which message.")
    found = news(request.user, public_id, after)
    if found is None:
        raise Http404
    opened = opened_at(request)
    every = interval(opened, found.last_message_at)
    before = request.GET.get("state", found.state)
    is_same = not found.is_newer and before == found.state
    if is_same and request.GET.get("every", str(every)) == str(every):
        return HttpResponse(status=204)
    context = {
        **_news_context(get_conversation(request, public_id), after, before),
        "every": every,
        "opened": int(opened.timestamp()),
    }
    return render_piece(request, "messaging/new_messages.html", context)


def _news_context(seen: Conversation, after: uuid.UUID, before: str) -> dict[str, Any]:
    found = messages_after(seen, after)
    changed = before != seen.shown_state
    return {
        **state_context(seen),
        **(_changed_context(seen, found) if changed else {}),
        "shown": found,
        "after": found[-1].public_id if found else after,
        "changed": changed,
        # Who waited for this has no field yet, so nothing typed is lost by giving them one.
        "gets_field": seen.me.role == Participant.Role.BUYER
        and before == Conversation.State.REQUESTED,
    }


def _changed_context(seen: Conversation, found: list[MessageRow]) -> dict[str, Any]:
    """What ended shows no contact details and no agreed call any more, and can be reported all the same."""
    return {
        **write_context(seen, empty(MessageForm)),
        **panels_context(seen),
        "report_url": report_url(seen, found),
    }


@private
@require_POST
def read(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    message = get_object_or_404(seen.messages, public_id=posted_id(request, "up_to"))
    services.mark_read(conversation=seen, member=request.user, up_to=message)
    if not request.htmx:
        return redirect(seen)
    unread = sum(unread_by_tab(request.user).values())
    return render_piece(request, "messaging/badge.html", {"unread_messages": unread})
