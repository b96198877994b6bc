"""What happens to outcomes when a member begins to speak for a vendor, and when a review ends."""

from accounts.models import User
from outcomes.leaving import leave_figures
from outcomes.services import forget_outcomes
from products.models import Vendor
from products.services import register_beginning
from reviews.models import Review
from reviews.standing import register_end


def forget_of_vendor(user: User, vendor: Vendor) -> None:
    """What a vendor's people say of its own products is no customer's word."""
    reviews = Review.objects.filter(author=user, product__vendor=vendor)
    forget_outcomes(reviews=reviews)


register_beginning(forget_of_vendor)
register_end(leave_figures)
