"""/api/v1/: each app's views; anything else below it is a problem+json 404."""

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from disclosure import api as disclosure
from following import api as following
from messaging.api import urls as messaging_urls
from outcomes import api as outcomes
from prices import api as prices
from products import api as products
from research.api.alternatives import AlternativeList
from research.api.compare import CompareProducts
from research.api.peers import PeerList
from research.api.ranking import CategoryRanking
from research.api.voice import ProductVoice, VendorVoice
from research.selection import FACETS
from reviews import api as reviews
from reviews.serializers import ReviewQuery
from reviews_site.lib.api import ApiView, not_found
from reviews_site.lib.visitor_pages import for_visitors

app_name = "api"
COLLECTIONS = [
    "categories",
    "vendors",
    "products",
    "reviews",
    "conversations",
    "shortlists",
]


@extend_schema(exclude=True)
class Root(ApiView):
    def get(self, request: Request) -> Response:
        return Response({name: reverse(f"api:{name}") for name in COLLECTIONS})


urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("categories/", products.CategoryList.as_view(), name="categories"),
    path("categories/<slug:slug>/", products.CategoryDetail.as_view(), name="category"),
    path(
        "categories/<slug:slug>/ranking/",
        for_visitors(*FACETS)(CategoryRanking.as_view()),
        name="category_ranking",
    ),
    path("vendors/", products.VendorList.as_view(), name="vendors"),
    path("vendors/<slug:slug>/", products.VendorDetail.as_view(), name="vendor"),
    path("products/", products.ProductList.as_view(), name="products"),
    path(
        "products/<slug:slug>/",
        for_visitors()(products.ProductDetail.as_view()),
        name="product",
    ),
    path(
        "products/<slug:slug>/features/",
        products.ProductFeatures.as_view(),
        name="product_features",
    ),
    path("products/<slug:slug>/voice/", ProductVoice.as_view(), name="product_voice"),
    path("vendors/<slug:slug>/voice/", VendorVoice.as_view(), name="vendor_voice"),
    path(
        "compare/", for_visitors("product")(CompareProducts.as_view()), name="compare"
    ),
    path(
        "products/<slug:slug>/figures/",
        disclosure.ProductFigures.as_view(),
        name="product_figures",
    ),
    path(
        "products/<slug:slug>/prices/",
        prices.ProductPrices.as_view(),
        name="product_prices",
    ),
    path(
        "products/<slug:slug>/retention/",
        outcomes.RetentionOfProduct.as_view(),
        name="retention",
    ),
    path(
        "products/<slug:slug>/delivery/",
        outcomes.DeliveryOfProduct.as_view(),
        name="delivery",
    ),
    path(
        "products/<slug:slug>/alternatives/",
        AlternativeList.as_view(),
        name="alternatives",
    ),
    path(
        "products/<slug:slug>/people-like-me/",
        PeerList.as_view(),
        name="people_like_me",
    ),
    path(
        "reviews/",
        for_visitors(*ReviewQuery().fields)(reviews.ReviewList.as_view()),
        name="reviews",
    ),
    path(
        "reviews/<uuid:public_id>/",
        for_visitors()(reviews.ReviewDetail.as_view()),
        name="review",
    ),
    path(
        "reviews/<uuid:public_id>/comments/",
        reviews.CommentList.as_view(),
        name="comments",
    ),
    *messaging_urls.urlpatterns,
    path("me/shortlists/", following.ShortlistList.as_view(), name="shortlists"),
    path(
        "me/shortlists/<uuid:public_id>/items/",
        following.ItemList.as_view(),
        name="shortlist_items",
    ),
    path(
        "me/shortlists/<uuid:public_id>/items/<slug:slug>/",
        following.ItemDetail.as_view(),
        name="shortlist_item",
    ),
    re_path("^", not_found),
]
