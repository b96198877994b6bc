from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from disclosure.measures import FEWEST
from products import figures
from products.models import Category, Product
from products.pages import moved
from reviews import alternatives as counting
from reviews.alternatives import Alternative, alternatives_of
from reviews_site.lib.fragments import Fragments
from reviews_site.lib.kept_pages import KEPT_FOR, KeptPages
from reviews_site.lib.visitor_pages import for_visitors

MOST_NEIGHBOURS = 12
CONTENT = "research/alternatives_content.html"
PAGES = KeptPages(
    "research/alternatives.html",
    ("title", "description", "canonical", "content"),
    Fragments(
        "alternatives",
        (CONTENT, "reviews/alternatives_table.html"),
        (__file__, counting.__file__, figures.__file__),
        KEPT_FOR,
    ),
)


@for_visitors()
@require_safe
def alternatives(request: HttpRequest, slug: str) -> HttpResponse:
    product = (
        Product.objects.visible().filter(slug=slug).select_related("rating").first()
    )
    if product is None:
        return moved("research:alternatives", slug)

    def make() -> dict[str, str]:
        return _fields(product, request.path)

    rating = getattr(product, "rating", None)
    version = f"{product.updated_at}:{rating and rating.refreshed_at}"
    return PAGES.respond(request, slug, version, make)


def _fields(product: Product, path: str) -> dict[str, str]:
    found = alternatives_of(product.pk)
    category = product.categories.order_by("product_categories__position").first()
    context = {
        "product": product,
        "alternatives": found,
        "smallest": FEWEST,
        "category": category,
        "neighbours": neighbours(product, category, found),
    }
    return {
        "title": f"Alternatives to {product.name}",
        "description": f"What reviewers of {product.name} compared it with, came from and moved on to, counted by organisation.",
        "canonical": settings.SITE_URL + path,
        "content": get_template(CONTENT).render(context),
    }


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
