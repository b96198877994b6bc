from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from products.categories import category_tree
from products.features import features_of
from products.filters import ProductFilters
from products.models import Category, Product, ProductAlias, Vendor
from products.rows import category_names
from products.serializers import (
    CategorySerializer,
    FeatureSerializer,
    ProductQuery,
    ProductSerializer,
    VendorSerializer,
)
from reviews_site.lib.api import ApiView, SortKey

BY_SLUG = [SortKey("slug")]


@extend_schema_view(
    get=extend_schema(summary="Categories, by slug", tags=["catalogue"])
)
class CategoryList(ApiView, ListAPIView):
    serializer_class = CategorySerializer
    queryset = Category.objects.select_related("parent")
    page_order = BY_SLUG


@extend_schema_view(get=extend_schema(summary="One category", tags=["catalogue"]))
class CategoryDetail(ApiView, RetrieveAPIView):
    serializer_class = CategorySerializer
    queryset = Category.objects.select_related("parent")
    lookup_field = "slug"


@extend_schema_view(get=extend_schema(summary="Vendors, by slug", tags=["catalogue"]))
class VendorList(ApiView, ListAPIView):
    serializer_class = VendorSerializer
    queryset = Vendor.objects.all()
    page_order = BY_SLUG


@extend_schema_view(get=extend_schema(summary="One vendor", tags=["catalogue"]))
class VendorDetail(ApiView, RetrieveAPIView):
    serializer_class = VendorSerializer
    queryset = Vendor.objects.all()
    lookup_field = "slug"


def products() -> QuerySet[Product]:
    return (
        Product.objects.visible()
        .select_related("vendor", "rating")
        .annotate(category_names=category_names())
        .defer("search_vector", "keywords", "facts")
    )


@extend_schema_view(
    get=extend_schema(
        summary="Products, by slug", tags=["catalogue"], parameters=[ProductQuery]
    )
)
class ProductList(ApiView, ListAPIView):
    serializer_class = ProductSerializer
    query_serializer = ProductQuery
    queryset = Product.objects.none()
    page_order = BY_SLUG

    def get_queryset(self) -> QuerySet[Product]:
        asked = QueryDict(mutable=True)
        asked.update(self.query())
        filters = ProductFilters(asked)
        if not filters.is_valid():
            raise ValidationError(
                {
                    name: [str(e) for e in errors]
                    for name, errors in filters.errors.items()
                }
            )
        return filters.narrow(products())


@extend_schema_view(get=extend_schema(summary="One product", tags=["catalogue"]))
class ProductDetail(ApiView, RetrieveAPIView):
    """A merged or renamed product's slug redirects to the product it is now."""

    serializer_class = ProductSerializer
    queryset = Product.objects.none()
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Product]:
        return products()

    def retrieve(self, request: Request, slug: str) -> Response:
        product = products().filter(slug=slug).first()
        if product is not None:
            return Response(self.get_serializer(product).data)
        aliases = ProductAlias.objects.filter(product__in=Product.objects.visible())
        alias = get_object_or_404(aliases.select_related("product"), slug=slug)
        address = reverse("api:product", args=[alias.product.slug])
        return Response(status=301, headers={"Location": address})


class ProductFeatures(ApiView):
    """Those asked of the product's categories and those that some source speaks of."""

    @extend_schema(
        summary="A product's features, by source",
        tags=["catalogue"],
        responses=FeatureSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        product = get_object_or_404(products(), slug=slug)
        return Response(
            FeatureSerializer(features_of(product, category_tree()), many=True).data
        )
