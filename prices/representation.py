"""What happens to prices when a member begins to speak for a vendor."""

from accounts.models import User
from prices.services import withdraw_of_vendor
from products.models import Vendor
from products.services import register_beginning


def withdraw_prices(user: User, vendor: Vendor) -> None:
    withdraw_of_vendor(member=user, vendor=vendor)


register_beginning(withdraw_prices)
