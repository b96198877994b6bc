from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.models import Cell
from outcomes.leaving import DELIVERY, RETENTION
from outcomes.serializers import DeliverySerializer, RetentionSerializer
from products.models import Product
from reviews_site.lib.api import ApiView


class ReleasedView(ApiView):
    topic: ClassVar[str]
    shape: ClassVar[type[serializers.Serializer]]

    def released(self, slug: str) -> dict[str, Any]:
        product = get_object_or_404(Product.objects.visible(), slug=slug)
        cells = Cell.objects.filter(product=product, topic=self.topic, band="")
        in_order = sorted(cells, key=lambda cell: int(cell.series or 0))
        return self.shape({"product": product.slug, "cells": in_order}).data


class RetentionOfProduct(ReleasedView):
    topic = RETENTION
    shape = RetentionSerializer

    @extend_schema(
        summary="Did they stay? By months after the review",
        tags=["outcomes"],
        responses=RetentionSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(self.released(slug))


class DeliveryOfProduct(ReleasedView):
    topic = DELIVERY
    shape = DeliverySerializer

    @extend_schema(
        summary="Sold and delivered: the distance from the promise",
        tags=["outcomes"],
        responses=DeliverySerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(self.released(slug))
