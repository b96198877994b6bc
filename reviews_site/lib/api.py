from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler


class CursorPages(CursorPagination):
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


def problem_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API as application/problem+json (RFC 9457)."""
    response = exception_handler(error, context)
    if response is None:
        return None
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": response.status_text,
        "status": response.status_code,
        "detail": getattr(error, "detail", None)
        if isinstance(getattr(error, "detail", None), str)
        else str(error),
    }
    if isinstance(error, ValidationError):
        problem["detail"] = "Some fields can't be accepted."
        problem["errors"] = response.data
    response.data = problem
    response.content_type = "application/problem+json"
    return response
