"""Headers that tell browsers what no page here does; Django's and django-csp's middleware send the others."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class BrowserPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        # No other site shows a picture, a file or an answer of ours.
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
