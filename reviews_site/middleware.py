from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from reviews_site.lib import visitor_pages
from reviews_site.lib.api import problem_response
from reviews_site.lib.metrics import count_page_cache

GetResponse = Callable[[HttpRequest], HttpResponse]


class VisitorPagesMiddleware:
    """Answers visitors with whole pages from the cache where it can: docs/performance.md.

    It stands before all that adds headers, so that what it keeps is the final answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not visitor_pages.is_asked_by_visitor(request):
            return self.get_response(request)
        place = visitor_pages.Place(request)
        kept = place.find()
        response = visitor_pages.answer(request, kept) if kept else None
        count_page_cache(response is not None)
        return self._make(request, place) if response is None else response

    def _make(self, request: HttpRequest, place: visitor_pages.Place) -> HttpResponse:
        request.notes_of_change = place.changes  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not visitor_pages.is_for_all(request, response):
            return response
        digest = visitor_pages.prepare(response)
        if request.method == "GET":
            place.keep(response, digest)
        return visitor_pages.unless_known(request, response)


class RefuseUnreadableInputMiddleware:
    """A NUL in the address or in a cookie would reach Postgres, which can't store it: 400 here, once for all views."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "%00" in query or "\x00" in query:
            return _unreadable(request, "The address")
        if any("\x00" in value for value in request.COOKIES.values()):
            return _unreadable(request, "A cookie")
        return self.get_response(request)


def _unreadable(request: HttpRequest, what: str) -> HttpResponse:
    said = f"{what} contains a character that can't be used."
    if request.path.startswith("/api/"):
        return problem_response(400, said)
    return HttpResponseBadRequest(f"{said}\n", "text/plain")


class RefuseTooMuchInputMiddleware:
    """Nothing here takes more than a picture of 5 MB; what is far beyond that isn't even read, let alone stored."""

    MOST_BYTES = 20_000_000

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a length Django reads no body at all.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:12]) > self.MOST_BYTES:
            return _too_much(request)
        return self.get_response(request)


def _too_much(request: HttpRequest) -> HttpResponse:
    said = "This is more than any form here takes."
    if request.path.startswith("/api/"):
        return problem_response(413, said)
    return HttpResponse(f"{said}\n", "text/plain", status=413)


class PrivatePagesMiddleware:
    """A page made for a signed-in member is kept by no cache, shared or the browser's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            request.session.accessed
            and not request.session.is_empty()
            and "Cache-Control" not in response
        ):
            response["Cache-Control"] = "private, no-store"
        return response
