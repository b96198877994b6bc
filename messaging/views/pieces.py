import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from messaging.forms import TextForm
from messaging.models import Conversation
from messaging.rows import conversation_of

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


def get_conversation(request: MemberRequest, public_id: uuid.UUID) -> Conversation:
    """Not theirs and not there are the same 404."""
    seen = conversation_of(request.user, public_id)
    if seen is None:
        raise Http404
    return seen


def empty(form_class: type[TextForm], **initial: Any) -> Any:
    return form_class(initial={"client_key": uuid.uuid4()} | initial)


def with_new_key(form: Any) -> Any:
    data = {name: form.data.get(name, "") for name in form.fields}
    data["client_key"] = str(uuid.uuid4())
    again = type(form)(data)
    again.add_error(None, ALREADY_SENT)
    return again


def query_id(request: MemberRequest, name: str) -> uuid.UUID | None:
    return _as_id(request.GET[name], name) if name in request.GET else None


def opened_at(request: MemberRequest) -> datetime:
    """Since when a page that asks for news is open, as it says itself; at most until now."""
    now = timezone.now()
    try:
        return min(now, datetime.fromtimestamp(int(request.GET["opened"]), UTC))
    except (KeyError, ValueError, OverflowError, OSError):
        return now


def posted_id(request: MemberRequest, name: str) -> uuid.UUID:
    return _as_id(request.POST.get(name, ""), name)


def _as_id(text: str, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise BadRequest(f"“{name}” doesn't name a message.") from error
