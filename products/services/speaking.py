from accounts.models import User
from products.models import Vendor, VendorRepresentative
from products.services.errors import Refused


def speak_for(vendor: Vendor, user: User) -> None:
    """Call it first in each transaction that does something in a vendor's name. Raises Refused.

    The lock lets nobody's representation end halfway through: what ends it waits, or came before and is seen.
    """
    current = VendorRepresentative.objects.current().filter(vendor=vendor, user=user)
    locked = list(current.select_for_update(no_key=True).values_list("pk"))
    if not locked or not user.is_active:
        raise Refused(f"You don’t speak for {vendor.name}.")
