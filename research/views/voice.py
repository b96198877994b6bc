from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from products.models import Product, Vendor
from products.pages import moved
from research.voice import voice_page
from reviews_site.lib.visitor_pages import for_visitors


@for_visitors()
def product_voice(request: HttpRequest, slug: str) -> HttpResponse:
    product = with_voice(Product.objects.visible()).filter(slug=slug).first()
    if product is None:
        return moved("research:product_voice", slug)
    context = {
        "subject": product,
        "product": product,
        "parent": product.vendor,
        "parent_url": reverse("research:vendor_voice", args=[product.vendor.slug]),
        "crumbs": [("Products", reverse("products:list"))],
    }
    return _page(request, product, context)


@for_visitors()
def vendor_voice(request: HttpRequest, slug: str) -> HttpResponse:
    vendor = get_object_or_404(Vendor.objects.select_related("voice"), slug=slug)
    return _page(request, vendor, {"subject": vendor, "crumbs": []})


def with_voice(products: QuerySet[Product]) -> QuerySet[Product]:
    heavy = ("description", "keywords", "facts", "search_vector")
    return products.select_related("vendor", "voice", "rating").defer(*heavy)


def _page(
    request: HttpRequest, subject: Product | Vendor, context: dict
) -> HttpResponse:
    stored = getattr(subject, "voice", None)
    context |= {
        "page": voice_page(stored.figures if stored else {}),
        "as_of": stored.as_of if stored and stored.figures else None,
        "canonical": settings.SITE_URL + request.path,
    }
    return render(request, "research/voice.html", context)
