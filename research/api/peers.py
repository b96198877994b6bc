from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from messaging.permissions import refusals
from products.models import Product
from research.peers import FACETS, MOST_SHOWN, Peer, Wanted, peers
from reviews.models import Review
from reviews_site.lib.api import ApiView


class PeersQuery(serializers.Serializer[Any]):
    """Who asks; a member who names nothing is asked for by their profile."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            facet.name: serializers.ChoiceField(
                required=False,
                choices=list(facet.choices.items()),
                help_text=facet.label,
            )
            for facet in FACETS
        }


class SimilarReviewSerializer(serializers.Serializer):
    public_id = serializers.UUIDField()
    url = serializers.URLField()
    headline = serializers.CharField()
    half_stars = serializers.IntegerField(help_text="1 to 10.")
    published_on = serializers.DateField()
    persona = serializers.CharField()


class PeerSerializer(serializers.Serializer):
    matched = serializers.FloatField(
        help_text="Details that are the same; a size or level next to one's own counts a half."
    )
    of = serializers.IntegerField(help_text="Details that were named.")
    reasons = serializers.CharField()
    may_ask = serializers.BooleanField(
        allow_null=True, help_text="Whether you may write to them; null without a key."
    )
    review = SimilarReviewSerializer()


class PeersSerializer(serializers.Serializer):
    product = serializers.SlugField()
    wanted = serializers.DictField(
        child=serializers.CharField(), help_text="What was compared."
    )
    is_capped = serializers.BooleanField(
        help_text=f"More match than the {MOST_SHOWN} that are here."
    )
    results = PeerSerializer(many=True)


class PeerList(ApiView):
    query_serializer = PeersQuery

    @extend_schema(
        summary="Reviewers of a product, those in a situation most like yours first",
        description="The rating is not an input of the order.",
        tags=["products"],
        parameters=[PeersQuery],
        responses=PeersSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        product = get_object_or_404(Product.objects.visible(), slug=slug)
        reader = request.user if isinstance(request.user, User) else None
        wanted = _wanted(self.query(), reader)
        found = peers(product, wanted, but_not_by=reader.pk if reader else None)
        may_ask = _may_ask(reader, [peer.review for peer in found.found])
        return Response(
            {
                "product": product.slug,
                "wanted": wanted.values,
                "is_capped": found.is_capped,
                "results": [_row(p, may_ask[p.review.pk]) for p in found.found],
            }
        )


def _wanted(asked: dict[str, str], reader: User | None) -> Wanted:
    if asked:
        return Wanted.of(asked)
    wanted = Wanted.of_profile(reader.profile) if reader else Wanted()
    if not wanted:
        names = ", ".join(facet.name for facet in FACETS)
        raise ValidationError({"non_field_errors": [f"Name at least one of {names}."]})
    return wanted


def _may_ask(reader: User | None, reviews: list[Review]) -> dict[int, bool | None]:
    if reader is None:
        return dict.fromkeys(review.pk for review in reviews)
    refused = refusals(reader, reviews)
    return {pk: refusal is None for pk, refusal in refused.items()}


def _row(peer: Peer, may_ask: bool | None) -> dict[str, Any]:
    review = peer.review
    return {
        "matched": peer.matched,
        "of": peer.asked,
        "reasons": peer.reasons,
        "may_ask": may_ask,
        "review": {
            "public_id": str(review.public_id),
            "url": f"{settings.SITE_URL}{review.get_absolute_url()}",
            "headline": review.headline,
            "half_stars": review.half_stars,
            "published_on": peer.published_on.isoformat(),
            "persona": peer.persona,
        },
    }
