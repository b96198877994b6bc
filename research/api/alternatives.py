from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.measures import FEWEST
from products.models import Product
from reviews.alternatives import Alternative, alternatives_of
from reviews_site.lib.api import ApiView

_ORGANISATIONS = f"Organisations, rounded down to a multiple of {FEWEST}; null where fewer than {FEWEST} "


class AlternativeSerializer(serializers.Serializer):
    product = serializers.SlugField()
    name = serializers.CharField()
    score = serializers.FloatField(allow_null=True, help_text="In stars.")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Low and high."
    )
    compared = serializers.IntegerField(
        allow_null=True, help_text=f"{_ORGANISATIONS}looked at both."
    )
    came_from = serializers.IntegerField(
        allow_null=True, help_text=f"{_ORGANISATIONS}used it before this product."
    )
    moved_on = serializers.IntegerField(
        allow_null=True, help_text=f"{_ORGANISATIONS}use it now in its place."
    )
    comparison = serializers.URLField(help_text="The page that compares the two.")


class AlternativesSerializer(serializers.Serializer):
    product = serializers.SlugField()
    missing = serializers.CharField(
        help_text="Why there are no results; empty where there are."
    )
    results = AlternativeSerializer(many=True)


class AlternativeList(ApiView):
    @extend_schema(
        summary="What reviewers compared a product with, came from and moved on to",
        tags=["products"],
        responses=AlternativesSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        product = get_object_or_404(Product.objects.visible(), slug=slug)
        found = alternatives_of(product.pk)
        missing = f"No other product is named by {FEWEST} organisations yet."
        return Response(
            {
                "product": product.slug,
                "missing": "" if found else missing,
                "results": [_row(product, other) for other in found],
            }
        )


def _row(product: Product, other: Alternative) -> dict[str, Any]:
    return {
        "product": other.slug,
        "name": other.name,
        "score": other.score,
        "interval": other.interval and list(other.interval),
        "compared": other.compared,
        "came_from": other.came_from,
        "moved_on": other.moved_on,
        "comparison": f"{settings.SITE_URL}/compare/?p={product.slug}&p={other.slug}",
    }
