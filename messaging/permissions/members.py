"""What is known of one member, or of two."""

from django.db.models import Q

from accounts.models import User
from messaging.models import Block, MessagingSuspension
from products.models import VendorRepresentative


def is_representative(user: User) -> bool:
    return VendorRepresentative.objects.current().filter(user=user).exists()


def is_suspended(user: User) -> bool:
    """Whether a moderator took from them, for now, the right to write in private."""
    return MessagingSuspension.objects.current().filter(user=user).exists()


def is_blocked(one: User, another: User) -> bool:
    return Block.objects.filter(
        Q(blocker=one, blocked=another) | Q(blocker=another, blocked=one)
    ).exists()
