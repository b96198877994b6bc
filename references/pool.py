"""From whom references are drawn. Nothing here asks what they rated, or whether they still use the product."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User, WorkEmail
from messaging.permissions import refusals
from products.models import Product
from references.models import ReferenceConsent
from references.permissions import domains_left_out
from reviews.models import Review


def consenting(product: Product) -> QuerySet[Review]:
    """Verified customers who agreed, those who have left the product included."""
    agreed = ReferenceConsent.objects.standing().filter(review=OuterRef("pk"))
    customers = Review.objects.published().filter(
        Exists(agreed),
        product=product,
        relationship=Review.Relationship.CUSTOMER,
        author__isnull=False,
    )
    return customers.exclude(verification_method="")


def pool_for(buyer: User, product: Product) -> list[Review]:
    """Those whom this buyer may write to today, and who work neither where the buyer does nor for the vendor."""
    not_asked = WorkEmail.objects.filter(
        user=OuterRef("author"), domain__in=domains_left_out(buyer, product)
    )
    others = consenting(product).exclude(Exists(not_asked))
    found = list(others.select_related("author", "product").order_by("public_id"))
    refused = refusals(buyer, found)
    return [review for review in found if refused[review.pk] is None]
