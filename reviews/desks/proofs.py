"""Proofs of use on a moderator's desk: closed until the moderator asks, and asking is logged."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import User
from accounts.personas import persona_of
from moderation import desk
from moderation.desk import Choice, Verb
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from notifications.rendering import Rendered
from reviews import emails, proofs, services
from reviews.kinds import PROOF
from reviews.models import ProofPage, Verification
from reviews.queue import author_file
from reviews.standing import is_impartial

ACCEPT = Verb(
    "accept",
    "Accept",
    explain="The review says “proof of use”, and the pictures are deleted.",
)
REJECT = Verb(
    "reject",
    "Don’t accept",
    is_refusal=True,
    explain="The review stays as it is, and the pictures are deleted.",
)
_WORDS = {
    ReasonCode.NOT_VERIFIED: (
        "The file does not show that you use this product in your work: we could not see the product, or nothing in "
        "it points to an installation of yours."
    ),
    ReasonCode.WRONG_PRODUCT: "The file shows another product.",
    ReasonCode.COPIED: "The picture appears elsewhere, or was made or changed to look like a use of the product.",
    ReasonCode.PRIVATE_DATA: (
        "The file shows personal or confidential data of others. Cover it and send the file again."
    ),
    ReasonCode.CONFLICT: STATEMENTS[ReasonCode.CONFLICT],
}


class ProofDesk(desk.Desk):
    kind: ClassVar[str] = PROOF
    label: ClassVar[str] = "Proof of use"
    plural: ClassVar[str] = "Proofs of use"
    template: ClassVar[str] = "admin/desks/proof_of_use.html"
    # Each needs a look of its own.
    allows_bulk: ClassVar[bool] = False

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Any]:
        pages = Prefetch("pages", ProofPage.objects.defer("image"))
        found = (
            Verification.objects.filter(public_id__in=public_ids)
            .select_related("review__product__vendor", "review__author__profile")
            .prefetch_related(pages)
        )
        return {verification.public_id: verification for verification in found}

    def title(self, target: Verification) -> str:
        return f"Proof of use of {target.review.product.name}"

    def subtitle(self, target: Verification) -> str:
        pages = len(target.pages.all())
        return (
            f"{pages} page{'' if pages == 1 else 's'}, for “{target.review.headline}”"
        )

    def version(self, target: Verification) -> int | None:
        return max((page.pk for page in target.pages.all()), default=None)

    def verbs(self, target: Verification) -> tuple[Verb, ...]:
        waits = target.status == Verification.Status.PENDING
        return (ACCEPT, REJECT) if waits else ()

    def grounds(self, target: Verification) -> Mapping[ReasonCode, str]:
        return _WORDS

    def context(self, target: Verification, moderator: User) -> dict[str, Any]:
        uploaded_at = proofs.uploaded_at(target)
        return {
            "review": target.review,
            "pages": target.pages.all(),
            "uploaded_at": uploaded_at,
            "delete_at": uploaded_at and uploaded_at + proofs.KEPT_FOR,
            "persona": persona_of(target.review),
            "author": author_file(target.review),
        }

    def decide(self, target: Verification, choice: Choice) -> Decision:
        if choice.verb == ACCEPT.name:
            return services.accept_proof(
                verification=target,
                moderator=choice.moderator,
                statement=choice.statement,
                seen=choice.seen_version,
            )
        return services.reject_proof(
            verification=target,
            moderator=choice.moderator,
            reason_code=choice.ground,
            statement=choice.statement,
            seen=choice.seen_version,
        )

    def preview(self, target: Verification, choice: Choice) -> Rendered:
        if choice.verb == ACCEPT.name:
            return emails.preview_proof_accepted(target.review)
        return emails.preview_proof_rejected(
            target.review, choice.ground, choice.statement
        )

    def may_decide(self, target: Verification, moderator: User) -> bool:
        return is_impartial(moderator, target.review)

    def needs_opening(self, target: Verification, moderator: User) -> str:
        if target.status != Verification.Status.PENDING:
            return ""
        if proofs.was_looked_at(target, moderator):
            return ""
        return (
            "A proof of use shows what somebody trusted only the moderators with. "
            "The log keeps that you looked at it, and when."
        )

    def open(self, target: Verification, moderator: User) -> None:
        services.look_at_proof(verification=target, moderator=moderator)

    def affected(self, decision: Decision) -> User | None:
        if decision.action != Decision.Action.REJECT_PROOF:
            return None
        verification = self._target_of(decision)
        return verification.review.author if verification else None

    def describe(self, decision: Decision) -> str:
        verification = self._target_of(decision)
        if verification is None:
            return super().describe(decision)
        review = verification.review
        return f"your proof of use for the review “{review.headline}” of {review.product.name}"

    def _target_of(self, decision: Decision) -> Verification | None:
        public_id = decision.target_public_id
        return self.load([public_id]).get(public_id)

    # reverse() takes nothing back: the pictures are gone, and its author may send a proof again at any time.


desk.register(ProofDesk())
