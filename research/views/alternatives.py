from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disclosure.measures import FEWEST
from products.models import Category, Product
from products.pages import moved
from reviews.alternatives import Alternative, alternatives_of
from reviews_site.lib.visitor_pages import for_visitors

MOST_NEIGHBOURS = 12


@for_visitors()
@require_safe
def alternatives(request: HttpRequest, slug: str) -> HttpResponse:
    product = (
        Product.objects.visible().filter(slug=slug).select_related("rating").first()
    )
    if product is None:
        return moved("research:alternatives", slug)
    found = alternatives_of(product.pk)
    category = product.categories.order_by("product_categories__position").first()
    context = {
        "product": product,
        "alternatives": found,
        "smallest": FEWEST,
        "category": category,
        "neighbours": neighbours(product, category, found),
        "canonical": settings.SITE_URL + request.path,
    }
    return render(request, "research/alternatives.html", context)


def neighbours(
    product: Product, category: Category | None, named: list[Alternative]
) -> list[Product]:
    """The best of the same category that no row of the table names already."""
    if category is None:
        return []
    beside = Product.objects.visible().filter(product_categories__category=category)
    left = beside.exclude(pk=product.pk).exclude(slug__in=[one.slug for one in named])
    by_score = left.order_by(F("rating__score").desc(nulls_last=True), "name", "pk")
    return list(by_score.select_related("vendor", "rating")[:MOST_NEIGHBOURS])
