from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from following.models import NAME_LENGTH, NOTE_LENGTH, Shortlist, ShortlistItem
from products.models import Product
from reviews_site.lib.api import StrictSerializer


class ItemSerializer(serializers.ModelSerializer):
    product = serializers.SlugField(source="product.slug")
    name = serializers.CharField(source="product.name")
    is_listed = serializers.SerializerMethodField()

    class Meta:
        model = ShortlistItem
        fields = ["product", "name", "is_listed", "note", "added_at"]

    def get_is_listed(self, item: ShortlistItem) -> bool:
        return item.product.status == Product.Status.ACTIVE


class ShortlistSerializer(serializers.ModelSerializer):
    item_count = serializers.IntegerField()

    class Meta:
        model = Shortlist
        fields = ["public_id", "name", "item_count", "created_at"]


class MakeShortlistSerializer(StrictSerializer):
    name = serializers.CharField(max_length=NAME_LENGTH)


class AddItemSerializer(StrictSerializer):
    product = serializers.SlugField(max_length=120)
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, allow_blank=True, default=""
    )

    def validate_product(self, slug: str) -> Product:
        found = Product.objects.visible().filter(slug=slug).first()
        if found is None:
            raise ValidationError("There is no such product.")
        return found
