from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.models import Cell
from disclosure.serializers import FiguresSerializer
from products.models import Product, ProductAlias
from reviews_site.lib.api import ApiView


class ProductFigures(ApiView):
    @extend_schema(
        summary="What organisations pay and whether they stayed: released figures of one product",
        tags=["figures"],
        responses=FiguresSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        product = Product.objects.visible().filter(slug=slug).only("slug").first()
        if product is None:
            return _moved(slug)
        cells = Cell.objects.filter(product=product)
        return Response(
            FiguresSerializer(
                {
                    "product": product.slug,
                    "method": f"{settings.SITE_URL}{reverse('about_figures')}",
                    "cells": cells.order_by("topic", "series", "band"),
                }
            ).data
        )


def _moved(slug: str) -> Response:
    """404 where no product was ever called so."""
    aliases = ProductAlias.objects.filter(product__in=Product.objects.visible())
    alias = get_object_or_404(aliases.select_related("product"), slug=slug)
    address = reverse("api:product_figures", args=[alias.product.slug])
    return Response(status=301, headers={"Location": address})
