from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from products.models import Product


def moved(view: str, slug: str, query: str = "") -> HttpResponse:
    """To where this page of a renamed product is now; 404 for a name that no public product had."""
    product = Product.objects.visible().filter(aliases__slug=slug).first()
    if product is None:
        raise Http404
    address = reverse(view, args=[product.slug])
    return redirect(f"{address}?{query}" if query else address, permanent=True)
