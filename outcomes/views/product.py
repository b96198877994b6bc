from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from outcomes.cells import released
from outcomes.models import Delivery
from products.models import Product
from reviews.models import Review


@require_safe
def outcomes(request: HttpRequest, slug: str) -> HttpResponse:
    visible = Product.objects.visible()
    product = visible.select_related("vendor").filter(slug=slug).first()
    if product is None:
        return _renamed(slug)
    retention, delivered = released(product)
    context = {
        "product": product,
        "retention": retention,
        "delivered": delivered,
        "canonical": settings.SITE_URL + request.path,
        **_own_part(request, product),
    }
    return render(request, "outcomes/product.html", context)


def _renamed(slug: str) -> HttpResponse:
    product = Product.objects.visible().filter(aliases__slug=slug).first()
    if product is None:
        raise Http404
    return redirect("outcomes:outcomes", product.slug, permanent=True)


def _own_part(request: HttpRequest, product: Product) -> dict[str, Any]:
    """What somebody who reviewed it can add."""
    if not isinstance(request.user, User):
        return {}
    own = Review.objects.live().filter(
        author=request.user,
        product=product,
        relationship=Review.Relationship.CUSTOMER,
    )
    review = own.first()
    stated = Delivery.objects.filter(review=review).exists() if review else False
    return {"own_review": review, "has_stated": stated}
