"""What members are told about speaking for a vendor."""

import uuid
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from moderation.models import Decision, DecisionRecord, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered, render_email
from notifications.services import queue_email
from products.models import VendorClaim, VendorRepresentative
from products.permissions import REPRESENTATION_LASTS

CLAIM_LINK_LASTS = timedelta(days=3)
_CLAIM_SALT = "products.vendor-claim"
_EFFECTS = {
    "vendor_claim_rejected": "You can’t answer or dispute reviews in its name.",
    "representation_ended": "From now on you can’t answer or dispute reviews in its name.",
}


def _still_to_confirm(mail: OutgoingEmail) -> str | None:
    waiting = VendorClaim.objects.filter(
        public_id=mail.about["claim"], status=VendorClaim.Status.UNCONFIRMED
    )
    return None if waiting.exists() else "the claim was confirmed or taken back"


kinds.register(
    "vendor_claim_confirmation",
    label="Confirming that you speak for a vendor",
    why="You get this e-mail because a member gave this as their address at work.",
    transactional=True,
    secret=True,
    still_wanted=_still_to_confirm,
)
for _name, _label in {
    "vendor_claim_approved": "You speak for a vendor now",
    "vendor_claim_rejected": "Your claim to speak for a vendor",
    "representation_ended": "You no longer speak for a vendor",
    "representation_ends_soon": "Your year of speaking for a vendor ends soon",
    "representation_lapsed": "Your year of speaking for a vendor is over",
}.items():
    kinds.register(_name, label=_label, transactional=True)


def vendor_claim_confirmation(claim: VendorClaim) -> None:
    path = reverse("products:confirm_claim", args=[claim_token(claim)])
    queue_email(
        kind="vendor_claim_confirmation",
        dedupe_key=f"vendor-claim:{claim.public_id}:{uuid.uuid4()}",
        context={
            "claim": claim,
            "vendor": claim.vendor,
            "account": claim.user.email,
            "confirm_url": absolute(path),
            "days": CLAIM_LINK_LASTS.days,
        },
        recipient=claim.user,
        address=claim.address,
        about={"claim": str(claim.public_id)},
    )


def claim_token(claim: VendorClaim) -> str:
    return signing.dumps([str(claim.public_id), claim.address], salt=_CLAIM_SALT)


def read_claim_token(token: str) -> tuple[str, str] | None:
    """(public_id, address), or None: not ours, or older than three days."""
    try:
        public_id, address = signing.loads(
            token, salt=_CLAIM_SALT, max_age=CLAIM_LINK_LASTS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(public_id), str(address)


def vendor_claim_approved(claim: VendorClaim, decision: Decision) -> None:
    _send("vendor_claim_approved", claim, decision)


def vendor_claim_rejected(claim: VendorClaim, decision: Decision) -> None:
    _send("vendor_claim_rejected", claim, decision)


def representation_ended(claim: VendorClaim, decision: Decision) -> None:
    _send("representation_ended", claim, decision)


def representation_ends_soon(representative: VendorRepresentative) -> bool:
    """False: they were told before."""
    return _send_of_year("representation_ends_soon", representative) is not None


def representation_lapsed(representative: VendorRepresentative) -> None:
    _send_of_year("representation_lapsed", representative)


def _send_of_year(
    kind: str, representative: VendorRepresentative
) -> OutgoingEmail | None:
    since, vendor = representative.verified_at, representative.vendor
    assert since is not None
    return queue_email(
        kind=kind,
        recipient=representative.user,
        dedupe_key=f"{kind}:{representative.pk}:{since.isoformat()}",
        context={
            "vendor": vendor,
            "until": since + REPRESENTATION_LASTS,
            "claim_url": absolute(reverse("products:claim", args=[vendor.slug])),
        },
    )


def preview_claim_email(
    kind: str, claim: VendorClaim, reason_code: ReasonCode, statement: str
) -> Rendered:
    """The e-mail as it would be sent, for the moderator to read before deciding."""
    decision = Decision(reason_code=reason_code)
    decision.record = DecisionRecord(statement=statement)
    return render_email(
        kinds.get(kind), f"emails/{kind}", _context(kind, claim, decision), ""
    )


def _send(kind: str, claim: VendorClaim, decision: Decision) -> None:
    queue_email(
        kind=kind,
        recipient=claim.user,
        dedupe_key=f"{kind}:{decision.public_id}",
        about={"claim": str(claim.public_id)},
        context=_context(kind, claim, decision),
    )


def _context(kind: str, claim: VendorClaim, decision: Decision) -> dict[str, object]:
    context: dict[str, object] = {
        "claim": claim,
        "vendor": claim.vendor,
        "decision": decision,
        "desk_url": absolute(f"/vendors/{claim.vendor.slug}/desk/"),
    }
    if kind in _EFFECTS:
        context |= statement_of_reasons(
            decision,
            restricted=f"your standing as a representative of {claim.vendor.name}",
            effect=_EFFECTS[kind],
        )
    return context
