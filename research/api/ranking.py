from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from products.categories import category_tree
from products.models import Category
from research.ranking import RANKED, Ranking, TooWide, node_of, ranking_of
from research.selection import FACETS, BadSelection, Selection, selection_from
from reviews_site.lib.api import ApiView


class FacetChoiceSerializer(serializers.Serializer):
    value = serializers.CharField()
    name = serializers.CharField()
    reviews = serializers.IntegerField(
        help_text="Those that would remain if it were the only choice of its facet."
    )


class PlaceSerializer(serializers.Serializer):
    """As on the page; score and interval in stars."""

    rank = serializers.IntegerField()
    is_shared = serializers.BooleanField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    vendor = serializers.CharField()
    count = serializers.IntegerField(help_text="Reviews that match.")
    scored_count = serializers.IntegerField()
    score = serializers.FloatField()
    interval_low = serializers.FloatField()
    interval_high = serializers.FloatField()
    effective_n = serializers.FloatField()


class TooFewSerializer(serializers.Serializer):
    slug = serializers.SlugField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class RankingSerializer(serializers.Serializer):
    category = serializers.SlugField()
    selection = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField())
    )
    as_of = serializers.DateField()
    reviews = serializers.IntegerField(
        allow_null=True,
        help_text="Null where the category is too wide to be filtered.",
    )
    matching = serializers.IntegerField(allow_null=True)
    ranking = PlaceSerializer(many=True)
    is_cut = serializers.BooleanField(help_text=f"More than {RANKED} have a score.")
    too_few = TooFewSerializer(many=True)
    more_too_few = serializers.BooleanField()
    remaining = serializers.DictField(child=FacetChoiceSerializer(many=True))
    page = serializers.URLField()


def _parameter(name: str) -> OpenApiParameter:
    facet = FACETS[name]
    return OpenApiParameter(
        name,
        str,
        many=True,
        enum=list(facet.choices),
        description=f"{facet.label} of the reviewers that count; several may be given.",
    )


class CategoryRanking(ApiView):
    @extend_schema(
        summary="A category's ranking, from all reviews or from those that match",
        tags=["catalogue"],
        parameters=[_parameter(name) for name in FACETS],
        responses=RankingSerializer,
        description="Count, score and interval are computed from the matching reviews alone. "
        "Products share a rank where their intervals overlap; those with fewer than three scored reviews are in "
        "`too_few`. What an anonymous reviewer keeps hidden never matches.",
    )
    def get(self, request: Request, slug: str) -> Response:
        category = get_object_or_404(Category, slug=slug)
        node = node_of(category, category_tree())
        try:
            selection = selection_from(request.query_params)
            ranking = ranking_of(node, selection)
        except BadSelection as error:
            raise ValidationError(error.errors) from error
        except TooWide as error:
            raise ValidationError({"non_field_errors": [str(error)]}) from error
        return Response(RankingSerializer(_answer(slug, selection, ranking)).data)

    def query_fields(self) -> dict[str, Any]:
        return dict(FACETS)


def _answer(slug: str, selection: Selection, ranking: Ranking) -> dict[str, Any]:
    remaining = ranking.remaining
    return {
        "category": slug,
        "selection": selection.choices(),
        "as_of": ranking.as_of,
        "reviews": remaining and remaining.total,
        "matching": remaining and remaining.matching,
        "ranking": ranking.places,
        "is_cut": ranking.is_cut,
        "too_few": ranking.too_few,
        "more_too_few": ranking.more_too_few,
        "remaining": _remaining(ranking),
        "page": f"{settings.SITE_URL}/categories/{slug}/{selection.suffix}",
    }


def _remaining(ranking: Ranking) -> dict[str, list[dict[str, Any]]]:
    if ranking.remaining is None:
        return {}
    return {
        name: [
            {"value": value, "name": facet.choices[value], "reviews": counts[value]}
            for value in facet.choices
            if counts.get(value)
        ]
        for name, facet in FACETS.items()
        for counts in [ranking.remaining.by_choice[name]]
    }
