from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.coarsening import Coarsened, coarsen
from accounts.models import User
from accounts.personas import missing_facets
from products.models import Invitation, Product
from reviews.permissions import Refusal, review_refusal

# A visitor signs in or up on the way; these two are no reason to stop reading.
ON_THE_WAY = {Refusal.SIGN_IN, Refusal.CONFIRM_EMAIL}


@require_safe
def invitation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who asks, for what, what they promise, and what readers will see: before anything is asked of anybody."""
    invitations = Invitation.objects.select_related("product__vendor").filter(
        product__in=Product.objects.visible()
    )
    invitation = get_object_or_404(invitations, public_id=public_id)
    product = invitation.product
    write_url = reverse("reviews:write", args=[product.slug])
    refusal = review_refusal(request.user, product)
    context = {
        "invitation": invitation,
        "product": product,
        "vendor": product.vendor,
        "has_ended": invitation.ended_at is not None,
        "refusal": None if refusal in ON_THE_WAY else refusal,
        "you": _shown_of(request),
        "write_url": f"{write_url}?invitation={invitation.public_id}",
        "organic_url": write_url,
    }
    return render(request, "reviews/invitation.html", context)


def _shown_of(request: HttpRequest) -> Coarsened | None:
    """How this member would be shown; None for a visitor, or where their profile has too little to tell."""
    if not isinstance(request.user, User):
        return None
    profile = request.user.profile
    return None if len(missing_facets(profile)) > 1 else coarsen(profile)
