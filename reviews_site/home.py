from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from accounts import personas
from products.models import Category
from reviews.models import Review
from reviews_site.lib.fragments import Fragments, prepare
from reviews_site.lib.frames import render_framed
from reviews_site.lib.prepared import Prepared
from reviews_site.lib.visitor_pages import for_visitors

MOST_CATEGORIES = 12
MOST_QUOTED = 6
CATEGORIES, QUOTATIONS = "home_categories.html", "home_reviews.html"
EMPTY = "includes/empty.html"
# A minute: their counts of products change with each import.
LISTED: Fragments[str] = Fragments("home-categories", (CATEGORIES, EMPTY), timeout=60)
# Ten minutes: a product can get another name without its reviews.
QUOTED: Fragments[str] = Fragments(
    "home-reviews", (QUOTATIONS, EMPTY), (personas.__file__,), 600
)
NEWEST = Prepared(lambda: newest().values_list("id", "version"), planned=True)


def newest() -> QuerySet[Review]:
    return Review.objects.published().newest_first()[:MOST_QUOTED]


@for_visitors()
def home(request: HttpRequest) -> HttpResponse:
    shown = repr(NEWEST.rows())
    categories, reviews = prepare(
        LISTED.batch({"": ""}, lambda _: {"": _categories()}),
        QUOTED.batch({"": shown}, lambda _: {"": _quotations()}),
    )
    fields = {
        "categories": mark_safe(categories[""]),
        "reviews": mark_safe(reviews[""]),
    }
    return render_framed(request, "home.html", fields)


def _categories() -> str:
    largest = Category.objects.filter(parent=None, product_count__gt=0)
    listed = largest.order_by("-product_count", "name")[:MOST_CATEGORIES]
    return get_template(CATEGORIES).render({"categories": listed})


def _quotations() -> str:
    reviews = newest().select_related("product")
    return get_template(QUOTATIONS).render({"reviews": reviews})


@for_visitors()
def robots(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "robots.txt",
        {"SITE_URL": settings.SITE_URL},
        content_type="text/plain; charset=utf-8",
    )
