from typing import Any

from rest_framework import serializers

from products.filters import RATINGS
from products.models import (
    Category,
    Deployment,
    PricingModel,
    Product,
    ProductFeature,
    Vendor,
)


class CategorySerializer(serializers.ModelSerializer):
    parent = serializers.SlugRelatedField[Category](  # type: ignore[assignment]
        slug_field="slug", read_only=True, allow_null=True
    )

    class Meta:
        model = Category
        fields = ["slug", "name", "description", "parent", "product_count"]


class VendorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Vendor
        fields = ["slug", "name", "website", "description"]


class NamedSerializer(serializers.Serializer):
    """What something is called, and its place in the addresses."""

    slug = serializers.SlugField()
    name = serializers.CharField()


class PerspectiveMeanSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)


class RatingSerializer(serializers.Serializer):
    """Means, score and interval in stars, 0.5 to 5; no score under 3 reviews."""

    count = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    interval_low = serializers.FloatField(allow_null=True)
    interval_high = serializers.FloatField(allow_null=True)
    effective_n = serializers.FloatField()
    half_star_counts = serializers.ListField(
        child=serializers.IntegerField(), min_length=10, max_length=10
    )
    perspectives = serializers.DictField(child=PerspectiveMeanSerializer())
    sub_ratings = serializers.DictField(child=PerspectiveMeanSerializer())
    recommend_mean = serializers.FloatField(allow_null=True)
    as_of = serializers.DateField()


class ProductSerializer(serializers.ModelSerializer):
    vendor = NamedSerializer()
    categories = NamedSerializer(many=True, source="category_names")
    rating = RatingSerializer(allow_null=True)
    deployment = serializers.ListField(
        child=serializers.ChoiceField(choices=Deployment.choices)
    )

    class Meta:
        model = Product
        fields = [
            "slug",
            "name",
            "vendor",
            "categories",
            "summary",
            "description",
            "website",
            "repository",
            "licence",
            "is_open_source",
            "pricing_model",
            "deployment",
            "rating",
            "updated_at",
        ]


class StatementSerializer(serializers.ModelSerializer):
    """What one source says; sources that disagree both stand there."""

    class Meta:
        model = ProductFeature
        fields = ["support", "note", "source", "source_url", "stated_on"]


class FeatureSerializer(serializers.Serializer):
    """Without statements nothing is known of it: that is no "no"."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.SlugField(
        allow_null=True, help_text="Asked of the products in it; null: of all products."
    )
    statements = StatementSerializer(many=True)


class ProductQuery(serializers.Serializer[Any]):
    """What the list can be narrowed by, as on the page /products/."""

    q = serializers.CharField(required=False, max_length=100, help_text="Words.")
    category = serializers.CharField(
        required=False, max_length=100, help_text="Slug; includes what is below it."
    )
    vendor = serializers.CharField(required=False, max_length=160, help_text="Slug.")
    deployment = serializers.ChoiceField(required=False, choices=Deployment.choices)
    pricing_model = serializers.ChoiceField(
        required=False, choices=[pair for pair in PricingModel.choices if pair[0]]
    )
    licence = serializers.CharField(required=False, max_length=100)
    min_rating = serializers.ChoiceField(required=False, choices=RATINGS)
