from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from products.models import Product, Vendor
from reviews.models import Review
from reviews.voice import SIDES
from reviews_site.lib.api import ApiView


class ShareSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    share = serializers.FloatField()


class ExampleSerializer(serializers.Serializer):
    review = serializers.UUIDField()
    url = serializers.URLField()
    sentence = serializers.CharField()
    words = serializers.CharField(help_text="The phrase as it stands in the sentence.")
    perspective = serializers.ChoiceField(choices=Review.Perspective.choices)


class PhraseSerializer(serializers.Serializer):
    text = serializers.CharField(help_text="In the wording that is used most.")
    count = serializers.IntegerField(help_text="Reviews that say it.")
    share = serializers.FloatField()
    salience = serializers.FloatField(
        help_text="Standard errors of the log-odds above the background."
    )
    perspectives = serializers.DictField(child=ShareSerializer())
    quarters = serializers.DictField(child=serializers.IntegerField())
    examples = ExampleSerializer(many=True)


class DifferenceSerializer(serializers.Serializer):
    side = serializers.ChoiceField(choices=SIDES)
    text = serializers.CharField()
    more = serializers.CharField(help_text="A perspective.")
    less = serializers.CharField(help_text="A perspective.")
    difference = serializers.FloatField(help_text="Of shares, with its 90 % interval.")
    low = serializers.FloatField()
    high = serializers.FloatField()


class MeanSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    mean = serializers.FloatField()


class GapSerializer(serializers.Serializer):
    rating = serializers.CharField()
    higher = serializers.CharField(help_text="A perspective.")
    lower = serializers.CharField(help_text="A perspective.")
    is_clear = serializers.BooleanField(help_text="0 is not in the interval.")
    means = serializers.DictField(child=MeanSerializer())
    difference = serializers.FloatField(help_text="Stars, with its 90 % interval.")
    low = serializers.FloatField()
    high = serializers.FloatField()


class VoiceSerializer(serializers.Serializer):
    """What published reviews praise and criticise; docs/voice.md says how it is counted."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    as_of = serializers.DateField(
        allow_null=True, help_text="Null: nothing is counted yet."
    )
    reviews = serializers.IntegerField(help_text="Reviews that are counted.")
    perspectives = serializers.DictField(child=serializers.IntegerField())
    quarters = serializers.DictField(child=serializers.IntegerField())
    praise = PhraseSerializer(many=True)
    criticism = PhraseSerializer(many=True)
    differences = DifferenceSerializer(many=True)
    gaps = GapSerializer(many=True)


NOTHING: dict[str, Any] = {
    "reviews": 0,
    "perspectives": {},
    "quarters": {},
    "praise": [],
    "criticism": [],
    "differences": [],
    "gaps": [],
}


class ProductVoice(ApiView):
    @extend_schema(
        summary="What reviews of a product praise and criticise",
        tags=["research"],
        responses=VoiceSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        visible = Product.objects.visible().select_related("voice")
        return Response(voice_of(get_object_or_404(visible, slug=slug)))


class VendorVoice(ApiView):
    @extend_schema(
        summary="What reviews of all products of a vendor praise and criticise",
        tags=["research"],
        responses=VoiceSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        vendors = Vendor.objects.select_related("voice")
        return Response(voice_of(get_object_or_404(vendors, slug=slug)))


def voice_of(subject: Product | Vendor) -> dict[str, Any]:
    stored = getattr(subject, "voice", None)
    figures = NOTHING | (stored.figures if stored else {})
    for side in SIDES:
        figures[side] = [_with_addresses(phrase) for phrase in figures[side]]
    return VoiceSerializer(
        {
            "slug": subject.slug,
            "name": subject.name,
            "as_of": stored.as_of.date() if stored and stored.figures else None,
            **figures,
        }
    ).data


def _with_addresses(phrase: dict[str, Any]) -> dict[str, Any]:
    examples = [
        {**example, "url": f"{settings.SITE_URL}/reviews/{example['review']}/"}
        for example in phrase["examples"]
    ]
    return phrase | {"examples": examples}
