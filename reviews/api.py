import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, UserRateThrottle

from accounts import personas
from accounts.coarsening import FACETS
from accounts.idempotency import repeatable
from accounts.models import User
from products.models import Product
from reviews import cards, coarsening, serializers
from reviews.cards import latest_dispute, named_products, public_response
from reviews.coarsening import shown_as
from reviews.models import Answer, Comment, CommentQuerySet, Review, ReviewQuerySet
from reviews.serializers import (
    CommentSerializer,
    PostReviewSerializer,
    ReviewQuery,
    ReviewSerializer,
)
from reviews.services import AlreadyReviewed, Refused, submit_review
from reviews_site.lib.api import (
    IDEMPOTENCY_KEY,
    ApiView,
    Conflict,
    CursorPages,
    SortKey,
)
from reviews_site.lib.fragments import Fragments
from reviews_site.lib.paging import moment_of
from reviews_site.lib.prepared import Prepared

# A published review as JSON; ten minutes, since the names of other products and of vendors can change without it.
PREPARED: Fragments[int] = Fragments(
    "review-json",
    (),
    (
        __file__,
        serializers.__file__,
        cards.__file__,
        coarsening.__file__,
        personas.__file__,
    ),
    timeout=600,
)


class Key(NamedTuple):
    id: int
    version: int
    product__slug: str
    published_at: datetime
    public_id: UUID


def prepared(keys: Sequence[Key]) -> Iterable[str]:
    """In the order of the keys."""
    versions = {
        key.id: f"{key.version}:{key.product__slug}:{settings.SITE_URL}" for key in keys
    }
    return PREPARED.get(versions, as_json).values()


def as_json(ids: list[int]) -> dict[int, str]:
    found = list(reviews().published().filter(pk__in=ids))
    described = ReviewSerializer(found, many=True).data
    renderer = JSONRenderer()
    return {
        review.pk: renderer.render(data).decode()
        for review, data in zip(found, described, strict=True)
    }


def _named(slug: str) -> QuerySet[Product]:
    return Product.objects.visible().filter(slug=slug)


def _of_product(slug: str) -> ReviewQuerySet:
    """The product as one value, so that Postgres walks the index on its reviews by date."""
    return Review.objects.published().filter(product=_named(slug).values("pk")[:1])


SLUG = "{slug}"


def _newest_of_product() -> QuerySet[Review, Any]:
    newest = _of_product(SLUG).order_by("-published_at", "-public_id")
    return newest.values_list(*Key._fields)[: CursorPages.page_size + 1]


# What most ask for.
NEWEST_OF_PRODUCT = Prepared(_newest_of_product, planned=True)


class PostReviewThrottle(UserRateThrottle):
    scope = "post_review"


def answered() -> ArraySubquery:
    """[{key, question, text}] of a review in the order of the form, without a query of its own."""
    mine = Answer.objects.filter(review=OuterRef("pk")).order_by("question__position")
    return ArraySubquery(
        mine.values(
            answer=JSONObject(
                key="question__key", question="question__text", text="text"
            )
        )
    )


def reviews() -> ReviewQuerySet:
    related = Review.objects.select_related("product", "invitation")
    return related.annotate(
        answered=answered(),
        named=named_products(),
        responded=public_response(),
        disputed=latest_dispute(),
    )


@extend_schema_view(
    get=extend_schema(
        summary="Published reviews, newest first",
        tags=["reviews"],
        parameters=[ReviewQuery],
    ),
    post=extend_schema(
        summary="Post a review; a moderator publishes it",
        tags=["reviews"],
        request=PostReviewSerializer,
        responses={201: ReviewSerializer},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ReviewList(ApiView, ListAPIView):
    serializer_class = ReviewSerializer
    query_serializer = ReviewQuery
    queryset = Review.objects.none()
    page_order = [
        SortKey("published_at", moment_of, descending=True),
        SortKey("public_id", UUID, descending=True),
    ]

    def get_throttles(self) -> list[BaseThrottle]:
        usual = super().get_throttles()
        return (
            [*usual, PostReviewThrottle()] if self.request.method == "POST" else usual
        )

    def get_queryset(self) -> ReviewQuerySet:
        asked = self.query()
        slug = asked.pop("product", None)
        of_product = _of_product(slug) if slug else Review.objects.published()
        facets = {name: asked.pop(name) for name in FACETS if name in asked}
        return of_product.filter(shown_as(**facets), **asked)

    def list(self, request: Request, **named: Any) -> HttpResponse:  # type: ignore[override]
        """Only the keys are asked for; the reviews themselves are prepared once for each version."""
        assert isinstance(self.paginator, CursorPages)
        page = self._keys(self.paginator)
        if not page:
            self._refuse_unknown_product()
        following = json.dumps(self.paginator.next_address())
        body = f'{{"next":{following},"results":[{",".join(prepared(page))}]}}'
        return HttpResponse(body, content_type=JSONRenderer.media_type)

    def _keys(self, pages: CursorPages) -> Sequence[Key]:
        if set(self.request.query_params) == {"product"} == set(self.query()):
            rows = NEWEST_OF_PRODUCT.rows({SLUG: self.query()["product"]})
            return pages.first_page([Key(*row) for row in rows], self.request, self)
        found = self.get_queryset().values_list(*Key._fields, named=True)
        return pages.paginate_queryset(found, self.request, self)

    def _refuse_unknown_product(self) -> None:
        slug = self.query().get("product")
        if slug and not _named(slug).exists():
            raise ValidationError({"product": [f"There is no product “{slug}”."]})

    def post(self, request: Request) -> Response:
        given = PostReviewSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        public_id = self._submit(request, given)
        review = reviews().get(public_id=public_id, author=_member(request))
        address = reverse("api:review", args=[public_id])
        data = self.get_serializer(review).data
        return Response(data, status=201, headers={"Location": address})

    def _submit(self, request: Request, given: PostReviewSerializer) -> UUID:
        try:
            return repeatable(request, lambda: _submit(_member(request), given))
        except AlreadyReviewed as error:
            raise Conflict(str(error)) from error
        except Refused as error:
            raise PermissionDenied(str(error)) from error


def _member(request: Request) -> User:
    """Whom the permission classes let through."""
    assert isinstance(request.user, User)
    return request.user


def _submit(author: User, given: PostReviewSerializer) -> UUID:
    said = given.validated_data
    review = submit_review(
        author=author,
        product=said["product"],
        content=given.content(),
        answers=said["answers"],
        considered=given.considered(),
        source=Review.Source(said["source"]),
        invitation=said["invitation"],
    )
    return review.public_id


@extend_schema_view(
    get=extend_schema(summary="One review, published or your own", tags=["reviews"])
)
class ReviewDetail(ApiView, RetrieveAPIView):
    serializer_class = ReviewSerializer
    queryset = Review.objects.none()
    lookup_field = "public_id"

    def get_queryset(self) -> ReviewQuerySet:
        return reviews().visible_to(self.request.user)


@extend_schema_view(
    get=extend_schema(summary="Comments on a review, oldest first", tags=["reviews"])
)
class CommentList(ApiView, ListAPIView):
    serializer_class = CommentSerializer
    queryset = Comment.objects.none()
    page_order = [SortKey("published_at", moment_of), SortKey("public_id", UUID)]

    def get_queryset(self) -> CommentQuerySet:
        published = Review.objects.published()
        review = get_object_or_404(published, public_id=self.kwargs["public_id"])
        public = Comment.objects.published().filter(review=review)
        return public.select_related("parent")
