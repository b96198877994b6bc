"""The moderation panel's own policy, front page and menu."""

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from moderation.figures import decided_today, queue_figures
from moderation.permissions import can_moderate
from moderation.queue import lines_of, waiting, waiting_count

GetResponse = Callable[[HttpRequest], HttpResponse]


class AdminPolicyMiddleware:
    """Unfold's Alpine evaluates its attributes and sets styles; nowhere but under /admin/ may a page do so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.root = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(self.root):
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": [UNSAFE_EVAL],
                "style-src": [UNSAFE_INLINE],
            }
        return response


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    if not can_moderate(request.user):
        return context
    return context | {
        "title": "Moderation",
        "figures": queue_figures(),
        "today": decided_today(),
        "longest": lines_of(list(waiting()[:8])),
        "now": timezone.now(),
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The queue with how many wait, lists to search in, and the log; a superuser has all applications below."""
    queue = {
        "title": "Queue",
        "icon": "inbox",
        "link": reverse("moderation_queue"),
        "badge": str(waiting_count()),
    }
    return [
        {"title": "Waiting", "items": [queue]},
        {
            "title": "Search",
            "items": [
                _item("Reviews", "reviews_review", "rate_review"),
                _item("Edits", "reviews_reviewrevision", "edit_note"),
                _item("Reported messages", "messaging_messagereport", "flag"),
            ],
        },
        {
            "title": "Record",
            "items": [
                _item("Decisions", "moderation_decision", "gavel"),
                {
                    "title": "Private prices",
                    "icon": "lock",
                    "link": reverse("prices:read"),
                },
            ],
        },
    ]


def _item(title: str, model: str, icon: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{model}_changelist"),
    }


def sees_all_applications(request: HttpRequest) -> bool:
    return request.user.is_superuser


def icon(request: HttpRequest) -> str:
    return static("icons/favicon.svg")


def stylesheet(request: HttpRequest) -> str:
    return static("css/admin.css")


def script(request: HttpRequest) -> str:
    return static("js/admin.js")
