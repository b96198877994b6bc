"""What happens to conversations when a member begins to speak for a vendor."""

from accounts.models import User
from messaging.services import close_conversations
from products.models import Vendor
from products.services import register_beginning


def end_conversations(user: User, vendor: Vendor) -> None:
    """Vendors say in public what they have to say: whoever speaks for one takes part in no conversation."""
    close_conversations(member=user)


register_beginning(end_conversations)
