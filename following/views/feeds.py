from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page

from following.feeds import About, atom, of_categories, of_product, of_site
from products.categories import Node, category_tree
from products.models import Category, Product
from products.pages import moved
from reviews.models import Review
from reviews_site.lib.visitor_pages import for_visitors

# Readers of feeds come every few minutes.
KEPT_FOR = 300


@for_visitors()
@conditional_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    product = Product.objects.visible().filter(slug=slug).only("slug", "name").first()
    if product is None:
        return moved("following:product_feed", slug)
    page = product.get_absolute_url()
    title = f"Reviews of {product.name}"
    return _answer(About(title, page, request.path), of_product(product))


@for_visitors()
@conditional_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    node = category_tree().nodes.get(category.pk) or Node(
        category.pk, slug, category.name, None, 0
    )
    reviews = of_categories(list(node.ids()), category.product_count)
    title = f"Reviews in {category.name}"
    page = category.get_absolute_url()
    return _answer(About(title, page, request.path), reviews)


@for_visitors()
@conditional_page
def site(request: HttpRequest) -> HttpResponse:
    return _answer(About("Newest reviews", "/", request.path), of_site())


def _answer(about: About, reviews: list[Review]) -> HttpResponse:
    response = HttpResponse(atom(about, reviews), content_type="application/atom+xml; charset=utf-8")  # fmt: skip
    patch_cache_control(response, public=True, max_age=KEPT_FOR)
    return response
