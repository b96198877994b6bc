from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from products.serializers import NamedSerializer
from research.comparing.choosing import FEWEST, MOST, Chosen, choose
from research.comparing.page import Comparison, compare
from research.comparing.tables import Entry, Group, Row
from reviews_site.lib.api import ApiView

PARAMETER = "product"


class LineSerializer(serializers.Serializer):
    text = serializers.CharField()
    note = serializers.CharField(help_text="Who says it, or how many.")
    values = serializers.DictField()


class EntrySerializer(serializers.Serializer):
    """Of one product in one row: as the page words it, and the figures behind it."""

    missing = serializers.CharField(
        allow_blank=True, help_text="What is missing for a figure; empty where one is."
    )
    text = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    lines = LineSerializer(many=True)
    values = serializers.DictField(help_text="Not rounded, where the page rounds.")
    is_better = serializers.BooleanField(
        help_text="Higher than another's, and no interval lies above its own."
    )


class RowSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    difference = serializers.CharField(
        allow_blank=True, help_text="Empty where nothing is known to differ."
    )
    entries = EntrySerializer(many=True, help_text="In the order of the products.")


class GroupSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    rows = RowSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    products = NamedSerializer(many=True)
    groups = GroupSerializer(many=True)


class CompareProducts(ApiView):
    @extend_schema(
        summary="Two to four products side by side",
        tags=["catalogue"],
        parameters=[
            OpenApiParameter(
                PARAMETER,
                str,
                required=True,
                many=True,
                description="Slug; two to four of them, in the order wanted.",
            )
        ],
        responses=ComparisonSerializer,
    )
    def get(self, request: Request) -> Response:
        chosen = choose(request.query_params.getlist(PARAMETER))
        if chosen.is_renamed:
            return Response(status=301, headers={"Location": _address(request, chosen)})
        _refuse(chosen)
        found = compare([key.id for key in chosen.keys])
        return Response(as_data(found))

    def query_fields(self) -> dict[str, Any]:
        return {PARAMETER: serializers.SlugField()}


def _refuse(chosen: Chosen) -> None:
    if chosen.unknown:
        raise NotFound(f"There is no product “{chosen.unknown[0][:60]}”.")
    given = len(chosen.keys) + len(chosen.left_over) + chosen.unread
    if chosen.twice or not FEWEST <= given <= MOST:
        raise ValidationError({PARAMETER: [f"{FEWEST} to {MOST} products, each once."]})


def _address(request: Request, chosen: Chosen) -> str:
    query = request.query_params.copy()
    query.setlist(PARAMETER, chosen.current_slugs)
    return f"{settings.SITE_URL}{request.path}?{query.urlencode()}"


def as_data(comparison: Comparison) -> dict[str, Any]:
    return {
        "products": [
            {"slug": product.slug, "name": product.name}
            for product in comparison.products
        ],
        "groups": [_group(group) for group in comparison.groups],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "title": group.title,
        "note": group.note,
        "rows": [_row(row) for row in group.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "label": row.label,
        "difference": row.difference,
        "entries": [_entry(entry) for entry in row.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "missing": entry.missing,
        "text": entry.text,
        "note": entry.note,
        "lines": [
            {"text": line.text, "note": line.note, "values": dict(line.values)}
            for line in entry.lines
        ],
        "values": dict(entry.values),
        "is_better": entry.is_better,
    }
