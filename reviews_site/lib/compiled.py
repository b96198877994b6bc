"""Pages of a member by compiled templates (jinja/), in the frame of templates/base.html.

The frame is drawn once per process for a stand-in, never for a member; marks stand where each member's own goes.
Nothing of what is filled in is kept (docs/decisions/0007-compiled-templates.md).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template, render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

MARK = re.compile("\x02([a-z_]+)\x03")


def _mark(name: str) -> SafeString:
    return mark_safe(f"\x02{name}\x03")


@dataclass(frozen=True)
class _StandIn:
    """What the frame asks of whoever is signed in."""

    is_staff: bool
    is_authenticated: bool = True
    email: str = _mark("email")


@dataclass(frozen=True)
class _Frame:
    """What makes one frame differ from another. `place`: the address in the page's head that is this page."""

    is_staff: bool
    has_unread: bool
    place: str
    settings: tuple[str, str, bool]

    def parts(self) -> list[str]:
        """Text and names of marks, in turn."""
        stand_in = HttpRequest()
        stand_in.path = self.place
        context = {
            "user": _StandIn(self.is_staff),
            "unread_messages": _mark("unread") if self.has_unread else 0,
            "csrf_token": _mark("csrf_token"),
            "title": _mark("title"),
            "content": _mark("content"),
        }
        return MARK.split(render_to_string("includes/frame.html", context, stand_in))


_frames: dict[_Frame, list[str]] = {}


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    unread: int,
    place: str = "",
    status: int = 200,
) -> HttpResponse:
    """`template` draws what stands between the page's head and foot; `unread`: messages, for the head."""
    fields = {
        "title": conditional_escape(title),
        "csrf_token": get_token(request),
        "email": conditional_escape(request.user.email),  # type: ignore[union-attr]
        "unread": str(unread),
        "content": _notices(request) + draw(request, template, context),
    }
    parts = list(_parts_for(request, bool(unread), place))
    parts[1::2] = [fields[name] for name in parts[1::2]]
    return HttpResponse("".join(parts), status=status)


def render_piece(
    request: HttpRequest, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    return HttpResponse(draw(request, template, context))


def draw(request: HttpRequest, template: str, context: Mapping[str, Any]) -> SafeString:
    """One token serves all forms of a page."""
    csrf_input = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">',
        get_token(request),
    )
    compiled = get_template(template, using="compiled")
    return mark_safe(compiled.render({**context, "csrf_input": csrf_input}))


def _parts_for(request: HttpRequest, has_unread: bool, place: str) -> list[str]:
    of_site = (settings.SITE_NAME, settings.SITE_URL, settings.DEMO)
    is_staff = request.user.is_staff
    frame = _Frame(is_staff, has_unread, place, of_site)
    if settings.DEBUG:
        return frame.parts()
    if frame not in _frames:
        _frames[frame] = frame.parts()
    return _frames[frame]


def _notices(request: HttpRequest) -> str:
    notices = list(get_messages(request))
    if not notices:
        return ""
    return render_to_string("includes/messages.html", {"messages": notices})
