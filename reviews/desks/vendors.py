"""What vendors say about reviews, on a moderator's desk."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from moderation import desk
from moderation.desk import Choice, Desk, Verb
from moderation.errors import NotPossible
from moderation.models import Decision, ReasonCode
from moderation.reasons import STATEMENTS
from notifications.rendering import Rendered
from reviews import emails, services
from reviews.coarsening import public_persona
from reviews.kinds import DISPUTE, RESPONSE
from reviews.models import Dispute, VendorResponse
from reviews.queue import author_file
from reviews.signals import signal_evidence
from reviews.standing import DISPUTE_GROUNDS, is_impartial, text_version

PUBLISH = Verb(
    "publish",
    "Publish",
    explain="It stands below the review as the vendor’s answer; no person is named.",
)
REJECT = Verb(
    "reject", "Reject", is_refusal=True, explain="The vendor may write another one."
)
REMOVE = Verb(
    "remove",
    "Remove",
    is_refusal=True,
    explain="It disappears from the page. The vendor may write another one.",
)
DISMISS = Verb(
    "dismiss_dispute",
    "Dismiss: the review stays",
    explain="The label goes. The vendor reads these words; the author is told that the review stays.",
    words="We read the review against the rule that you named and found nothing in it that breaks it.",
)
UPHOLD = Verb(
    "uphold_dispute",
    "Uphold: remove the review",
    is_refusal=True,
    explain="Its author gets these reasons and may appeal. The vendor is told the rule, not the words.",
)
RESPONSE_GROUNDS = {
    code: STATEMENTS[code]
    for code in (
        ReasonCode.ABUSIVE,
        ReasonCode.PRIVATE_DATA,
        ReasonCode.ADVERTISING,
        ReasonCode.WRONG_PRODUCT,
        ReasonCode.NOT_ENTITLED,
    )
} | {
    ReasonCode.NOT_PERSONAL: "It is no answer to what the review says.",
    ReasonCode.COPIED: "The same text stands below other reviews. An answer speaks to this review.",
}


class ResponseDesk(Desk):
    kind = RESPONSE
    label = "Vendor’s answer"
    plural = "Vendors’ answers"
    template = "admin/desks/vendor_response.html"

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, VendorResponse]:
        responses = VendorResponse.objects.select_related(
            "review__product__vendor", "review__author", "author"
        )
        return responses.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: VendorResponse) -> str:
        return f"{target.review.product.vendor.name} to “{target.review.headline}”"

    def subtitle(self, target: VendorResponse) -> str:
        return target.review.product.name

    def verbs(self, target: VendorResponse) -> tuple[Verb, ...]:
        by_status: dict[str, tuple[Verb, ...]] = {
            VendorResponse.Status.PENDING: (PUBLISH, REJECT),
            VendorResponse.Status.PUBLISHED: (REMOVE,),
        }
        return by_status.get(target.status, ())

    def grounds(self, target: VendorResponse) -> Mapping[ReasonCode, str]:
        return RESPONSE_GROUNDS

    def context(self, target: VendorResponse, moderator: User) -> dict[str, Any]:
        earlier = target.review.responses.exclude(pk=target.pk)
        return {
            "response": target,
            "review": target.review,
            "vendor": target.review.product.vendor,
            "earlier": earlier.order_by("-id")[:10],
        }

    def decide(self, target: VendorResponse, choice: Choice) -> Decision:
        by: dict[str, Any] = {"response": target, "moderator": choice.moderator}
        if choice.verb == PUBLISH.name:
            return services.publish_response(**by)
        verb = {
            REJECT.name: services.reject_response,
            REMOVE.name: services.remove_response,
        }
        return verb[choice.verb](
            **by, reason_code=choice.ground, statement=choice.statement
        )

    def preview(self, target: VendorResponse, choice: Choice) -> Rendered | None:
        kinds = {REJECT.name: "response_rejected", REMOVE.name: "response_removed"}
        if choice.verb not in kinds:
            return None
        return emails.preview_response(
            kinds[choice.verb], target, choice.ground, choice.statement
        )

    def may_decide(self, target: VendorResponse, moderator: User) -> bool:
        return is_impartial(moderator, target.review)

    def affected(self, decision: Decision) -> User | None:
        responses = VendorResponse.objects.filter(public_id=decision.target_public_id)
        found = responses.select_related("author").first()
        return found.author if found else None

    def describe(self, decision: Decision) -> str:
        responses = VendorResponse.objects.filter(public_id=decision.target_public_id)
        found = responses.select_related("review").first()
        return (
            f"your answer to the review “{found.review.headline}”"
            if found
            else "your answer"
        )

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        found = self.load([decision.target_public_id])
        response = found.get(decision.target_public_id)
        if response is None:
            raise NotPossible("The answer is no longer there.")
        # Somebody restored it since.
        if response.status == VendorResponse.Status.PUBLISHED:
            return None
        if decision.action not in (Decision.Action.REJECT, Decision.Action.REMOVE):
            return None
        return services.restore_response(
            response=response, moderator=moderator, statement=statement
        )


class DisputeDesk(Desk):
    """Nobody appeals here: the author of a removed review appeals against its removal, which has a line of its own."""

    kind = DISPUTE
    label = "Dispute"
    plural = "Disputes"
    template = "admin/desks/dispute.html"
    allows_bulk = False

    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Dispute]:
        disputes = Dispute.objects.select_related(
            "vendor", "review__product__vendor", "review__author__profile", "opened_by"
        )
        return disputes.in_bulk(list(public_ids), field_name="public_id")

    def title(self, target: Dispute) -> str:
        return f"{target.vendor.name} disputes “{target.review.headline}”"

    def subtitle(self, target: Dispute) -> str:
        return f"{target.get_ground_display()} · {target.review.product.name}"

    def version(self, target: Dispute) -> int:
        """An edit that was approved meanwhile may have taken away what it is about."""
        return text_version(target.review)

    def verbs(self, target: Dispute) -> tuple[Verb, ...]:
        return (DISMISS, UPHOLD) if target.status == Dispute.Status.OPEN else ()

    def grounds(self, target: Dispute) -> Mapping[ReasonCode, str]:
        """The one that the vendor named first."""
        named = sorted(DISPUTE_GROUNDS, key=lambda code: code != target.ground)
        return {code: STATEMENTS[code] for code in named}

    def context(self, target: Dispute, moderator: User) -> dict[str, Any]:
        review = target.review
        answers = review.answers.select_related("question")
        return {
            "dispute": target,
            "review": review,
            "answers": answers.order_by("question__position"),
            "author": author_file(review),
            "persona": public_persona(review),
            "evidence": signal_evidence(review),
            "open_disputes": target.vendor.disputes.filter(
                status=Dispute.Status.OPEN
            ).count(),
        }

    def decide(self, target: Dispute, choice: Choice) -> Decision:
        by: dict[str, Any] = {
            "dispute": target,
            "moderator": choice.moderator,
            "statement": choice.statement,
            "seen_version": choice.seen_version,
        }
        if choice.verb == DISMISS.name:
            return services.dismiss_dispute(**by)
        return services.uphold_dispute(**by, reason_code=choice.ground)

    def preview(self, target: Dispute, choice: Choice) -> Rendered | None:
        """What the author gets, or the vendor where the review stays."""
        if choice.verb == UPHOLD.name:
            return emails.preview_refusal(
                "review_removed", target.review, choice.ground, choice.statement
            )
        return emails.preview_dispute(
            "dispute_dismissed", target, ReasonCode.NO_VIOLATION, choice.statement
        )

    def may_decide(self, target: Dispute, moderator: User) -> bool:
        return is_impartial(moderator, target.review)


desk.register(ResponseDesk())
desk.register(DisputeDesk())
