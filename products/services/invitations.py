"""A vendor asks for reviews: one link for everybody, so that nobody can be chosen by what they will write."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from products.models import Invitation, Product, Vendor
from products.permissions import (
    LIVE_INVITATIONS_PER_PRODUCT,
    has_too_many_invitations,
    may_invite_now,
)
from products.services.errors import Refused
from products.services.speaking import speak_for


@transaction.atomic
def invite(*, user: User, product: Product, incentive: str = "") -> Invitation:
    """Raises Refused."""
    vendor = Vendor.objects.select_for_update(no_key=True).get(pk=product.vendor_id)
    speak_for(vendor, user)
    if product.status != Product.Status.ACTIVE:
        raise Refused("This product takes no reviews.")
    if has_too_many_invitations(product):
        raise Refused(
            f"{product.name} has {LIVE_INVITATIONS_PER_PRODUCT} links. Please end one of them first."
        )
    if not may_invite_now(vendor):
        raise Refused("That was done too often today. Please try again tomorrow.")
    return Invitation.objects.create(
        product=product, incentive=incentive, created_by=user
    )


@transaction.atomic
def end_invitation(*, user: User, invitation: Invitation) -> bool:
    """What came through it stays marked. False: it had ended before. Raises Refused."""
    speak_for(invitation.product.vendor, user)
    live = Invitation.objects.filter(pk=invitation.pk, ended_at=None)
    return bool(live.update(ended_at=timezone.now()))
