"""What all parts of the API share: pages by key, allowed parameters, errors as problem+json, limits."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import (
    APIException,
    NotFound,
    ParseError,
    PermissionDenied,
    ValidationError,
)
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from reviews_site.lib.paging import BrokenCursor, decode_cursor, encode_cursor

PROBLEM = "application/problem+json"
LONGEST_BODY = 1_000_000
LONGEST_KEY = 200
# Names of the pages' own parameters.
CURSOR, PAGE_SIZE = "cursor", "page_size"
_KEY_NAMESPACE = uuid.UUID("5c8f0b6e-5b0c-4bb5-9a3e-0a4a2a1f5a11")


# --- Errors ---------------------------------------------------------------------------------


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"A request has at most {LONGEST_BODY:,} bytes."


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "Something else is there already."


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"
    default_detail = "This Idempotency-Key was used for another request."


def problem(status_code: int, detail: str) -> dict[str, Any]:
    """RFC 9457."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "detail": detail,
    }


def problem_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of REST framework: every error it knows as application/problem+json."""
    response = exception_handler(error, context)
    if response is None:
        return None
    detail = getattr(error, "detail", None)
    if isinstance(error, ValidationError):
        said = problem(response.status_code, "Some values can't be accepted.")
        said["errors"] = _errors(response.data)
    else:
        said = problem(response.status_code, str(detail or error))
    response.data = said | {"code": _code(error)} | getattr(error, "more", {})
    response.content_type = PROBLEM
    return response


def _code(error: Exception) -> str:
    """For programs: one word that stays, while the detail is for people and may be put better."""
    if isinstance(error, Http404):
        return str(NotFound.default_code)
    return str(getattr(error, "default_code", PermissionDenied.default_code))


def _errors(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {"non_field_errors": data}


def problem_response(status_code: int, detail: str) -> HttpResponse:
    """For what is refused before any view of the API is reached."""
    body = json.dumps(problem(status_code, detail))
    return HttpResponse(body, content_type=PROBLEM, status=status_code)


def not_found(request: HttpRequest, **named: str) -> HttpResponse:
    return problem_response(404, "There is nothing at this address.")


def documented_problem(description: str) -> OpenApiResponse:
    """For `responses` of extend_schema, under (status, PROBLEM)."""
    return OpenApiResponse(_PROBLEM_REF, description)


def document_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """A hook of drf-spectacular: each operation may answer with a problem."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM_SCHEMA
    answer = {
        "description": "Anything that went wrong (RFC 9457)",
        "content": {PROBLEM: {"schema": _PROBLEM_REF}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", answer)
    return result


_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "One word for programs."},
        "errors": {
            "type": "object",
            "additionalProperties": {},
            "description": "By the name of the field or parameter.",
        },
    },
}


# --- What comes in --------------------------------------------------------------------------


class BoundedJSONParser(JSONParser):
    """JSON that can be answered: not nested deeper than Python's stack, no halves of characters."""

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            data = super().parse(stream, *args, **kwargs)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except UnicodeEncodeError as error:
            raise ParseError("JSON parse error - half of a character") from error
        return data


class StrictSerializer(serializers.Serializer):
    """Refuses what it doesn't know: a misspelt name must not be ignored in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            raise ValidationError(
                {str(name): ["There is no such field."] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


class ApiView(APIView):
    # The parameters of a view are listed; any other is refused. (A docstring would show up in the schema.)

    parser_classes = [BoundedJSONParser]
    # Where the address itself is one member's own.
    keeps_out_of_caches = False
    # The parameters of a GET besides those of the pages.
    query_serializer: ClassVar[type[serializers.Serializer] | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
            raise TooLarge
        self._refuse_unknown(request)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(*args, **kwargs)
        # Signed in by session, the site's middleware says the same.
        if self.keeps_out_of_caches or "Authorization" in self.request.headers:
            response["Cache-Control"] = "private, no-store"
        return response

    def _refuse_unknown(self, request: Request) -> None:
        known = set(self.query_fields())
        if getattr(self, "paginator", None) is not None:
            known |= {CURSOR, PAGE_SIZE}
        if unknown := set(request.query_params) - known:
            raise ValidationError(
                {name: ["There is no such parameter."] for name in sorted(unknown)}
            )

    @cached_property
    def _asked(self) -> serializers.Serializer | None:
        """The parameters that were not left empty, to be checked."""
        if self.query_serializer is None or self.request.method not in SAFE_METHODS:
            return None
        asked = {k: v for k, v in self.request.query_params.items() if v}
        return self.query_serializer(data=asked)

    def query_fields(self) -> Mapping[str, Any]:
        return {} if self._asked is None else self._asked.fields

    def query(self) -> dict[str, Any]:
        """The checked parameters; those left empty are left out."""
        if self._asked is None:
            return {}
        self._asked.is_valid(raise_exception=True)
        return dict(self._asked.validated_data)


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Repeat a request with the same key, and it is done once.",
)


def idempotency_key(request: Request) -> str | None:
    """What the client calls this request, at most 200 printable characters."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ValidationError(
            {"Idempotency-Key": [f"1 to {LONGEST_KEY} printable ASCII characters."]}
        )
    return key


def client_key(request: Request) -> uuid.UUID:
    """The same for the same Idempotency-Key; without one, a new one."""
    key = idempotency_key(request)
    return uuid.uuid4() if key is None else uuid.uuid5(_KEY_NAMESPACE, key)


def fingerprint(request: Request) -> str:
    """SHA-256 in hex of what a request asks for, whatever the order of its fields."""
    asked = [request.method, request.path, request.data]
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# --- Pages by key ---------------------------------------------------------------------------


@dataclass(frozen=True)
class SortKey:
    """One column of an order. `parse` turns the cursor's text back; it raises ValueError for what it can't read."""

    name: str
    parse: Callable[[str], Any] = str
    descending: bool = False

    @property
    def order(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def text(self, row: Any) -> str:
        value = getattr(row, self.name)
        return value.isoformat() if isinstance(value, datetime) else str(value)


class CursorPages(BasePagination):
    """Pages by key. The view names its order, of one or two SortKeys, as `page_order`; the last must be unique."""

    page_size = 20
    max_page_size = 100

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        self.request = request
        self.order: Sequence[SortKey] = view.page_order
        size = self._size(request.query_params.get(PAGE_SIZE))
        rows = queryset.order_by(*self.ordering())
        if cursor := request.query_params.get(CURSOR, ""):
            rows = rows.filter(self._after(cursor))
        return self._take(list(rows[: size + 1]), size)

    def first_page(self, found: list[Any], request: Request, view: Any) -> list[Any]:
        """Of rows in the view's order, one more than a page has, if there are so many."""
        self.request, self.order = request, view.page_order
        return self._take(found, self.page_size)

    def _take(self, found: list[Any], size: int) -> list[Any]:
        self.page = found[:size]
        self.has_next = len(found) > size
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_address(), "results": data})

    def _size(self, text: str | None) -> int:
        if text is None:
            return self.page_size
        is_number = text.isascii() and text.isdigit() and len(text) < 4
        if is_number and 1 <= int(text) <= self.max_page_size:
            return int(text)
        raise ValidationError(
            {PAGE_SIZE: [f"A number from 1 to {self.max_page_size}."]}
        )

    def _after(self, cursor: str) -> Q:
        try:
            texts = decode_cursor(cursor, *[str] * len(self.order))
            values = [
                key.parse(text) for key, text in zip(self.order, texts, strict=True)
            ]
        except (BrokenCursor, ValueError, OverflowError) as error:
            raise ValidationError(
                {CURSOR: ["This is not a cursor of this list."]}
            ) from error
        return self.beyond(self.order, values)

    def ordering(self) -> list[str]:
        return [key.order for key in self.order]

    def beyond(self, order: Sequence[SortKey], values: Sequence[Any]) -> Q:
        """Rows after these values. The first column is bounded as well: its index can be walked from there."""
        first, value = order[0], values[0]
        sign = "lt" if first.descending else "gt"
        if len(order) == 1:
            return Q(**{f"{first.name}__{sign}": value})
        rest = self.beyond(order[1:], values[1:])
        return Q(**{f"{first.name}__{sign}e": value}) & (
            Q(**{f"{first.name}__{sign}": value}) | rest
        )

    def next_address(self) -> str | None:
        if not self.has_next:
            return None
        query = self.request.query_params.copy()
        query[CURSOR] = encode_cursor(*(key.text(self.page[-1]) for key in self.order))
        return f"{settings.SITE_URL}{self.request.path}?{query.urlencode()}"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(CURSOR, {"type": "string"}, "From the `next` of a page before."),
            _parameter(
                PAGE_SIZE,
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                },
                "Rows a page.",
            ),
        ]


def _parameter(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    where = {"name": name, "in": "query", "required": False}
    return {**where, "schema": schema, "description": text}
