from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from outcomes.cells import released
from outcomes.models import Delivery
from products.models import Product
from products.pages import moved
from reviews.models import Review
from reviews_site.lib.visitor_pages import for_visitors


@for_visitors()
@require_safe
def outcomes(request: HttpRequest, slug: str) -> HttpResponse:
    visible = Product.objects.visible()
    product = visible.select_related("vendor").filter(slug=slug).first()
    if product is None:
        return moved("outcomes:outcomes", slug)
    retention, delivered = released(product)
    context = {
        "product": product,
        "retention": retention,
        "delivered": delivered,
        "canonical": settings.SITE_URL + request.path,
        **_own_part(request, product),
    }
    return render(request, "outcomes/product.html", context)


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
