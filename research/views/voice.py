import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from products.models import Product, Vendor
from products.pages import moved
from research.voice import voice_page
from reviews_site.lib.prepared import Prepared
from reviews_site.lib.visitor_pages import for_visitors

SLUG = "{slug}"
_NAMED = Prepared(
    lambda: (
        Product.objects.visible()
        .filter(slug=SLUG)
        .values_list(
            "name", "vendor__name", "vendor__slug", "voice__as_of", "voice__figures"
        )
    ),
    planned=True,
)


class Subject(NamedTuple):
    name: str
    address: str


@for_visitors()
def product_voice(request: HttpRequest, slug: str) -> HttpResponse:
    rows = _NAMED.rows({SLUG: slug})
    if not rows:
        return moved("research:product_voice", slug)
    [(name, vendor, vendor_slug, as_of, figures)] = rows
    context = {
        "subject": Subject(name, reverse("product", args=[slug])),
        "is_product": True,
        "vendor": vendor,
        "vendor_address": reverse("research:vendor_voice", args=[vendor_slug]),
        "crumbs": [("Products", reverse("products:list"))],
    }
    return _page(request, as_of, json.loads(figures or "{}"), context)


@for_visitors()
def vendor_voice(request: HttpRequest, slug: str) -> HttpResponse:
    vendor = get_object_or_404(Vendor.objects.select_related("voice"), slug=slug)
    subject = Subject(vendor.name, vendor.get_absolute_url())
    stored = getattr(vendor, "voice", None)
    as_of, figures = (stored.as_of, stored.figures) if stored else (None, {})
    return _page(request, as_of, figures, {"subject": subject, "crumbs": []})


def _page(
    request: HttpRequest,
    as_of: datetime | None,
    figures: Mapping[str, Any],
    context: dict[str, Any],
) -> HttpResponse:
    context |= {
        "page": voice_page(figures),
        "as_of": as_of if figures else None,
        "canonical": settings.SITE_URL + request.path,
    }
    return render(request, "research/voice.html", context)
