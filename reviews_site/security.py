"""Headers that tell browsers what no page here does; Django's and django-csp's middleware send the others."""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class BrowserPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        # No other site shows a picture, a file or an answer of ours.
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, which builds each answer's policy anew; the one of nearly all answers is built once."""

    # The settings, and what they come to.
    _usual: tuple[Any, str] = (None, "")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if _is_special(request, response):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual_policy())
        # As django-csp does it: whoever takes a nonce now is too late for the header.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response

    def _usual_policy(self) -> str:
        if self._usual[0] is not settings.CONTENT_SECURITY_POLICY:
            self._usual = settings.CONTENT_SECURITY_POLICY, build_policy()
        return self._usual[1]


def _is_special(request: HttpRequest, response: HttpResponseBase) -> bool:
    return (
        # A nonce was taken.
        hasattr(request, "_csp_nonce")
        # The view wants another one or none.
        or any(name.startswith("_csp") for name in vars(response))
        # Some answers go without.
        or settings.DEBUG
        or set(settings.CONTENT_SECURITY_POLICY or ()) != {"DIRECTIVES"}
        or getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None) is not None
    )
