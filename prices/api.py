from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from prices.cells import released
from prices.serializers import PricesSerializer
from products.models import Product
from reviews_site.lib.api import ApiView


class ProductPrices(ApiView):
    @extend_schema(
        summary="What a product costs, as released",
        description=(
            "The figures of the page /products/<slug>/prices/: of at least 5 organisations each, rounded, released on "
            "the first day of a quarter. No cells: too few have told us."
        ),
        tags=["prices"],
        responses=PricesSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        product = get_object_or_404(Product.objects.visible(), slug=slug)
        cells = [
            {
                "unit": series.unit,
                "currency": series.currency,
                "band": cell.band,
                "organisations": cell.organisations,
                "released_on": cell.released_on,
                "figures": cell.figures,
            }
            for series in released(product)
            for cell in series.cells
        ]
        return Response(
            PricesSerializer({"product": product.slug, "cells": cells}).data
        )
