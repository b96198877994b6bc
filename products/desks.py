"""Claims to speak for a vendor on a moderator's desk."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import User
from moderation import desk
from moderation.desk import Choice, Desk, Verb
from moderation.errors import NotPossible
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from notifications.rendering import Rendered
from products import emails, services
from products.kinds import CLAIM
from products.models import VendorClaim, VendorRepresentative
from products.permissions import claimable_domains

Action = Decision.Action
APPROVE = Verb(
    "approve_claim",
    "Approve",
    explain="From that moment they answer and dispute reviews in the vendor’s name. Their private conversations end, "
    "and what they wrote about its products or a competitor’s comes into this queue.",
)
REJECT = Verb(
    "reject_claim", "Refuse", is_refusal=True, explain="They may claim it again."
)
END = Verb(
    "end_representation",
    "End their right to speak",
    is_refusal=True,
    explain="From that moment they can do nothing in the vendor’s name. What was published stays.",
)
GROUNDS = {
    code: STATEMENTS[code]
    for code in (ReasonCode.NOT_ENTITLED, ReasonCode.ABUSIVE, ReasonCode.ADVERTISING)
}


class ClaimDesk(Desk):
    kind = CLAIM
    label = "Vendor claim"
    plural = "Vendor claims"
    template = "admin/desks/vendor_claim.html"
    allows_bulk = False

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, VendorClaim]:
        speaks = VendorRepresentative.objects.current().filter(
            vendor=OuterRef("vendor"), user=OuterRef("user")
        )
        claims = VendorClaim.objects.select_related("vendor", "user__profile")
        return claims.annotate(speaks=Exists(speaks)).in_bulk(
            list(public_ids), field_name="public_id"
        )

    def title(self, target: VendorClaim) -> str:
        return f"To speak for {target.vendor.name}"

    def subtitle(self, target: VendorClaim) -> str:
        return f"{target.role}, by an address at {target.domain}"

    def verbs(self, target: VendorClaim) -> tuple[Verb, ...]:
        if target.status == VendorClaim.Status.PENDING:
            return (APPROVE, REJECT)
        if target.status == VendorClaim.Status.APPROVED and _speaks(target):
            return (END,)
        return ()

    def grounds(self, target: VendorClaim) -> Mapping[ReasonCode, str]:
        return GROUNDS

    def context(self, target: VendorClaim, moderator: User) -> dict[str, Any]:
        others = target.vendor.claims.exclude(pk=target.pk).select_related("user")
        return {
            "claim": target,
            "vendor": target.vendor,
            "speaks": _speaks(target),
            "domain_is_known": target.domain in target.vendor.email_domains,
            "domains": claimable_domains(target.vendor),
            "others": others.order_by("-id")[:10],
            "elsewhere": target.user.vendor_claims.exclude(pk=target.pk)
            .select_related("vendor")
            .order_by("-id")[:10],
            "representatives": target.vendor.representatives.current().count(),
            "work_emails": target.user.work_emails.order_by("-verified_at"),
        }

    def decide(self, target: VendorClaim, choice: Choice) -> Decision:
        by: dict[str, Any] = {"claim": target, "moderator": choice.moderator}
        if choice.verb == APPROVE.name:
            return services.approve_claim(**by, statement=choice.statement)
        verb = {
            REJECT.name: services.reject_claim,
            END.name: services.end_representation,
        }
        return verb[choice.verb](
            **by, reason_code=choice.ground, statement=choice.statement
        )

    def preview(self, target: VendorClaim, choice: Choice) -> Rendered | None:
        kinds = {REJECT.name: "vendor_claim_rejected", END.name: "representation_ended"}
        if choice.verb not in kinds:
            return None
        return emails.preview_claim_email(
            kinds[choice.verb], target, choice.ground, choice.statement
        )

    def may_decide(self, target: VendorClaim, moderator: User) -> bool:
        return target.user_id != moderator.pk

    def affected(self, decision: Decision) -> User | None:
        claims = VendorClaim.objects.filter(public_id=decision.target_public_id)
        found = claims.select_related("user").first()
        return found.user if found else None

    def describe(self, decision: Decision) -> str:
        claims = VendorClaim.objects.filter(public_id=decision.target_public_id)
        found = claims.select_related("vendor").first()
        return f"your right to speak for {found.vendor.name}" if found else "your claim"

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        claim = self.load([decision.target_public_id]).get(decision.target_public_id)
        if claim is None:
            raise NotPossible("The claim is no longer there.")
        back: dict[str, Any] = {
            "claim": claim,
            "moderator": moderator,
            "statement": statement,
        }
        if decision.action == Action.REJECT_CLAIM:
            return services.approve_claim(**back, from_=VendorClaim.Status.REJECTED)
        if decision.action == Action.END_REPRESENTATION:
            return services.begin_again(**back)
        return None


def _speaks(claim: VendorClaim) -> bool:
    """Of a claim that came from load()."""
    return claim.speaks  # type: ignore[attr-defined]


desk.register(ClaimDesk())
