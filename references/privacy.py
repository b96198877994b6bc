from typing import Any

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from references.models import ReferenceConsent, ReferenceDraw


def export_references(user: User) -> dict[str, Any]:
    consents = ReferenceConsent.objects.filter(review__author=user)
    draws = ReferenceDraw.objects.filter(buyer=user)
    return {
        "agreed_for": list(
            consents.order_by("given_at").values(
                "review__public_id", "given_at", "ended_at"
            )
        ),
        "draws": list(
            draws.order_by("created_at").values(
                "public_id",
                "product__slug",
                "seed",
                "pool",
                "pool_hash",
                "drawn",
                "created_at",
            )
        ),
    }


def erase_references(user: User, *, keep_published: bool) -> None:
    """A review that its author leaves here can't be asked about; a draw stays in the log without its buyer."""
    ReferenceConsent.objects.filter(review__author=user).delete()


register_exporter("references", export_references)
register_eraser(erase_references)
