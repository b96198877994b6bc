from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from products.models import Category, Product, Vendor
from reviews_site.lib.visitor_pages import for_visitors


class SiteSitemap(Sitemap):
    """Addresses start with SITE_URL, whatever host the request named."""

    limit = 10_000

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class ProductSitemap(SiteSitemap):
    def items(self) -> QuerySet[Product]:
        return Product.objects.visible().only("slug", "updated_at").order_by("id")

    def lastmod(self, product: Product) -> datetime:
        return product.updated_at


class CategorySitemap(SiteSitemap):
    def items(self) -> QuerySet[Category]:
        categories = Category.objects.filter(product_count__gt=0)
        return categories.only("slug").order_by("id")


class VendorSitemap(SiteSitemap):
    def items(self) -> QuerySet[Vendor]:
        return Vendor.objects.only("slug").order_by("id")


SITEMAPS = {
    "products": ProductSitemap,
    "categories": CategorySitemap,
    "vendors": VendorSitemap,
}


@for_visitors()
def index(request: HttpRequest) -> HttpResponse:
    """Django's own index takes the host from the request."""
    locations = [
        f"{settings.SITE_URL}/sitemap-{section}.xml?p={page}"
        for section, sitemap in SITEMAPS.items()
        for page in sitemap().paginator.page_range
    ]
    context = {"sitemaps": [{"location": location} for location in locations]}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")
