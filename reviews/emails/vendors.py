"""What is told about a vendor's answers and disputes. The reviewer never learns who of the vendor it was, nor the
vendor who the reviewer is."""

from django.urls import reverse

from accounts.models import User
from moderation.models import Decision, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.links import absolute
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered
from notifications.services import queue_email
from reviews.emails.previewing import imagined, preview
from reviews.models import Dispute, Review, VendorResponse

_EFFECTS = {
    "response_rejected": "It is not published.",
    "response_removed": "Readers no longer see it. You may write another one.",
}


# --- Asked again just before sending --------------------------------------------------------


def unwanted_answer(mail: OutgoingEmail) -> str | None:
    public = VendorResponse.objects.published().filter(
        public_id=mail.about["response"], review__status=Review.Status.PUBLISHED
    )
    return None if public.exists() else "the answer isn't public any more"


def unwanted_dispute(mail: OutgoingEmail) -> str | None:
    still = Dispute.objects.filter(
        public_id=mail.about["dispute"], status=Dispute.Status.OPEN
    )
    return None if still.exists() else "the dispute is over"


# Part of speaking for a vendor or of having a review: none can be switched off.
for _name, _label in {
    "response_published": "Your answer to a review is public",
    "response_rejected": "Your answer to a review is not published",
    "response_removed": "Your answer to a review was removed",
    "dispute_received": "Your dispute has arrived",
    "dispute_dismissed": "Your dispute was dismissed",
    "dispute_upheld": "Your dispute was upheld",
    "dispute_ended": "The vendor’s dispute about your review is over",
}.items():
    kinds.register(_name, label=_label, transactional=True)
kinds.register(
    "dispute_opened",
    label="The vendor disputes a review of yours",
    transactional=True,
    still_wanted=unwanted_dispute,
)
kinds.register(
    "review_answered",
    label="The vendor answers a review of yours",
    transactional=False,
    still_wanted=unwanted_answer,
    on_by_default=False,
)


# --- Answers --------------------------------------------------------------------------------


def send_response_published(response: VendorResponse, decision: Decision) -> None:
    _send_about_response("response_published", response, decision)


def send_response_rejected(response: VendorResponse, decision: Decision) -> None:
    _send_about_response("response_rejected", response, decision)


def send_response_removed(response: VendorResponse, decision: Decision) -> None:
    _send_about_response("response_removed", response, decision)


def send_review_answered(response: VendorResponse) -> None:
    """To the reviewer, who may not want to hear of it."""
    if response.review.author is None:
        return
    queue_email(
        kind="review_answered",
        recipient=response.review.author,
        dedupe_key=f"review_answered:{response.public_id}",
        about={"response": str(response.public_id)},
        context=_about_review(response.review),
    )


def preview_response(
    kind: str, response: VendorResponse, reason_code: ReasonCode, statement: str
) -> Rendered:
    decision = imagined(reason_code, statement)
    return preview(kind, _about_response(kind, response, decision))


def _send_about_response(
    kind: str, response: VendorResponse, decision: Decision
) -> None:
    """To whoever wrote it; nobody is told in place of a member who was erased."""
    if response.author is None:
        return
    queue_email(
        kind=kind,
        recipient=response.author,
        dedupe_key=f"{kind}:{decision.public_id}",
        about={"response": str(response.public_id)},
        context=_about_response(kind, response, decision),
    )


def _about_response(
    kind: str, response: VendorResponse, decision: Decision
) -> dict[str, object]:
    context = _about_review(response.review) | {"decision": decision}
    if kind in _EFFECTS:
        context |= statement_of_reasons(
            decision,
            restricted=f"your answer of {response.created_at:%-d %B %Y} to the review “{response.review.headline}”",
            effect=_EFFECTS[kind],
        )
    return context


# --- Disputes -------------------------------------------------------------------------------


def send_dispute_received(dispute: Dispute) -> None:
    """The receipt."""
    _send_about_dispute("dispute_received", dispute, dispute.opened_by)


def send_dispute_opened(dispute: Dispute) -> None:
    """To the reviewer: what the vendor says, not who says it."""
    _send_about_dispute("dispute_opened", dispute, dispute.review.author)


def send_dispute_dismissed(dispute: Dispute, decision: Decision) -> None:
    _send_about_dispute("dispute_dismissed", dispute, dispute.opened_by, decision)


def send_dispute_upheld(dispute: Dispute, decision: Decision) -> None:
    _send_about_dispute("dispute_upheld", dispute, dispute.opened_by, decision)


def send_dispute_ended(dispute: Dispute) -> None:
    """To the reviewer, whose review stays."""
    _send_about_dispute("dispute_ended", dispute, dispute.review.author)


def preview_dispute(
    kind: str, dispute: Dispute, reason_code: ReasonCode, statement: str
) -> Rendered:
    decision = imagined(reason_code, statement)
    return preview(kind, _about_dispute(dispute, decision))


def _send_about_dispute(
    kind: str,
    dispute: Dispute,
    recipient: User | None,
    decision: Decision | None = None,
) -> None:
    if recipient is None:
        return
    queue_email(
        kind=kind,
        recipient=recipient,
        dedupe_key=f"{kind}:{dispute.public_id}:{decision.public_id if decision else ''}",
        about={"dispute": str(dispute.public_id)},
        context=_about_dispute(dispute, decision),
    )


def _about_dispute(dispute: Dispute, decision: Decision | None) -> dict[str, object]:
    return _about_review(dispute.review) | {"dispute": dispute, "decision": decision}


# --- Both -----------------------------------------------------------------------------------


def _about_review(review: Review) -> dict[str, object]:
    vendor = review.product.vendor
    return {
        "review": review,
        "product": review.product,
        "vendor": vendor,
        "review_url": absolute(review.get_absolute_url()),
        "desk_url": absolute(reverse("reviews:vendor_desk", args=[vendor.slug])),
    }
