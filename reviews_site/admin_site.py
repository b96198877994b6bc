"""The moderation panel's own policy, front page and menu."""

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse

from moderation.permissions import can_moderate
from reviews.queue import queue_figures

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
    figures = queue_figures() if can_moderate(request.user) else None
    return context | {"queue": figures}


def stylesheet(request: HttpRequest) -> str:
    return static("css/admin.css")


def script(request: HttpRequest) -> str:
    return static("js/admin.js")
