from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from moderation.privacy import erase_records, register_things
from moderation.services import close_item
from products.kinds import CLAIM
from products.models import Invitation, VendorClaim


def export_vendors(user: User) -> dict[str, Any]:
    invitations = Invitation.objects.filter(created_by=user)
    return {
        "claims": list(
            user.vendor_claims.order_by("id").values(
                "public_id",
                "vendor__slug",
                "address",
                "role",
                "note",
                "status",
                "created_at",
                "confirmed_at",
                "decided_at",
            )
        ),
        "represents": list(
            user.represents.order_by("id").values(
                "vendor__slug", "verified_at", "ended_at"
            )
        ),
        "invitations": list(
            invitations.order_by("id").values(
                "public_id", "product__slug", "incentive", "created_at", "ended_at"
            )
        ),
    }


def things_of(user: User) -> set[UUID]:
    return set(user.vendor_claims.values_list("public_id", flat=True))


def erase_vendors(user: User, *, keep_published: bool) -> None:
    """The rows go with the member; what waited for a moderator waits no more. The vendor's invitations stay."""
    # The lock keeps a moderator from deciding on one of them meanwhile.
    list(user.vendor_claims.select_for_update(no_key=True).values_list("pk"))
    waiting = user.vendor_claims.filter(status=VendorClaim.Status.PENDING)
    for public_id in waiting.values_list("public_id", flat=True):
        close_item(kind=CLAIM, target_public_id=public_id)
    erase_records(things_of(user))


register_things(things_of)
register_exporter("vendors", export_vendors)
register_eraser(erase_vendors)
