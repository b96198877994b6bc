from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from products.models import Category
from reviews.models import Review
from reviews_site.lib.visitor_pages import for_visitors

CATEGORIES = 12
QUOTATIONS = 6
EXAMPLES = ("Salesforce", "monitoring", "identity management")


@for_visitors()
def home(request: HttpRequest) -> HttpResponse:
    categories = Category.objects.filter(parent=None, product_count__gt=0)
    reviews = Review.objects.published().newest_first().select_related("product")
    return render(
        request,
        "home.html",
        {
            "categories": categories.order_by("-product_count", "name")[:CATEGORIES],
            "reviews": reviews[:QUOTATIONS],
            "examples": EXAMPLES,
        },
    )


@for_visitors()
def robots(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "robots.txt",
        {"SITE_URL": settings.SITE_URL},
        content_type="text/plain; charset=utf-8",
    )
