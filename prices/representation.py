"""What happens to prices when a member begins to speak for a vendor, and when a review ends."""

from accounts.models import User
from prices.services import leave_figures, withdraw_of_vendor
from products.models import Vendor
from products.services import register_beginning
from reviews.standing import register_end


def withdraw_prices(user: User, vendor: Vendor) -> None:
    withdraw_of_vendor(member=user, vendor=vendor)


register_beginning(withdraw_prices)
register_end(leave_figures)
