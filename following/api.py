from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from following import services
from following.models import Shortlist, ShortlistItem
from following.pages import items, own_item, own_shortlist, shortlists
from following.serializers import (
    AddItemSerializer,
    ItemSerializer,
    MakeShortlistSerializer,
    ShortlistSerializer,
)
from reviews_site.lib.api import ApiView, Conflict, SortKey
from reviews_site.lib.paging import moment_of

TAGS = ["shortlists"]


class PrivateView(ApiView):
    # A member's own; what isn't theirs is the same 404 as what isn't there.

    permission_classes = [IsAuthenticated]
    keeps_out_of_caches = True

    @property
    def member(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def shortlist(self) -> Shortlist:
        return own_shortlist(self.member, self.kwargs["public_id"])


@extend_schema_view(
    get=extend_schema(summary="Your shortlists, the newest first", tags=TAGS),
    post=extend_schema(
        summary="Make a shortlist",
        tags=TAGS,
        request=MakeShortlistSerializer,
        responses={201: ShortlistSerializer},
    ),
)
class ShortlistList(PrivateView, ListAPIView):
    serializer_class = ShortlistSerializer
    queryset = Shortlist.objects.none()
    page_order = [
        SortKey("created_at", moment_of, descending=True),
        SortKey("public_id", UUID, descending=True),
    ]

    def get_queryset(self) -> QuerySet[Shortlist]:
        return shortlists(self.member)

    def post(self, request: Request) -> Response:
        given = MakeShortlistSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = _done(
            lambda: services.create_shortlist(owner=self.member, **given.validated_data)
        )
        data = self.get_serializer(self.get_queryset().get(pk=made.pk)).data
        address = reverse("api:shortlist_items", args=[made.public_id])
        return Response(data, status=201, headers={"Location": address})


@extend_schema_view(
    get=extend_schema(summary="Its products, by slug", tags=TAGS),
    post=extend_schema(
        summary="Put a product on it",
        description="The same again changes nothing.",
        tags=TAGS,
        request=AddItemSerializer,
        responses={201: ItemSerializer},
    ),
)
class ItemList(PrivateView, ListAPIView):
    serializer_class = ItemSerializer
    queryset = ShortlistItem.objects.none()
    page_order = [SortKey("slug")]

    def get_queryset(self) -> QuerySet[ShortlistItem]:
        return items(self.shortlist()).annotate(slug=F("product__slug"))

    def post(self, request: Request, public_id: UUID) -> Response:
        shortlist = self.shortlist()
        given = AddItemSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        item = _done(
            lambda: services.add_product(shortlist=shortlist, **given.validated_data)
        )
        return Response(self.get_serializer(item).data, status=201)


class ItemDetail(PrivateView):
    @extend_schema(summary="Take a product off it", tags=TAGS, responses={204: None})
    def delete(self, request: Request, public_id: UUID, slug: str) -> Response:
        services.remove_item(item=own_item(self.shortlist(), slug))
        return Response(status=204)


def _done(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except services.Refused as error:
        raise Conflict(str(error)) from error
