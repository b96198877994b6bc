from typing import ClassVar

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.models import Cell
from disclosure.serializers import FiguresSerializer
from outcomes.leaving import DELIVERY, RETENTION
from products.models import Product
from reviews_site.lib.api import ApiView


class ReleasedView(ApiView):
    topic: ClassVar[str]

    def released(self, slug: str) -> Response:
        product = get_object_or_404(Product.objects.visible(), slug=slug)
        cells = Cell.objects.filter(product=product, topic=self.topic)
        found = {
            "product": product.slug,
            "method": f"{settings.SITE_URL}{reverse('about_figures')}#{self.topic}",
            "cells": sorted(cells, key=lambda cell: int(cell.series or 0)),
        }
        return Response(FiguresSerializer(found).data)


class RetentionOfProduct(ReleasedView):
    topic = RETENTION

    @extend_schema(
        summary="Did they stay? By months after the review",
        tags=["figures"],
        responses=FiguresSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.released(slug)


class DeliveryOfProduct(ReleasedView):
    topic = DELIVERY

    @extend_schema(
        summary="Sold and delivered: the distance from the promise",
        tags=["figures"],
        responses=FiguresSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.released(slug)
