from datetime import datetime

from moderation.models import Decision, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.links import absolute
from notifications.rendering import Rendered
from notifications.services import queue_email
from reviews.emails.previewing import imagined, preview
from reviews.models import Review, Verification

# What became of a proof is a decision about the member: it can't be switched off.
for _name, _label in {
    "proof_accepted": "Your proof of use was accepted",
    "proof_rejected": "Your proof of use was not accepted",
    "proof_expired": "Nobody looked at your proof of use in time",
}.items():
    kinds.register(_name, label=_label, transactional=True)


def send_proof_accepted(review: Review, decision: Decision) -> None:
    _send("proof_accepted", review, str(decision.public_id), _context(review))


def send_proof_rejected(review: Review, decision: Decision) -> None:
    context = _context(review) | _reasons(review, decision)
    _send("proof_rejected", review, str(decision.public_id), context)


def send_proof_expired(
    review: Review, verification: Verification, uploaded_at: datetime
) -> None:
    event = f"{verification.public_id}:{uploaded_at.isoformat()}"
    _send("proof_expired", review, event, _context(review))


def preview_proof_accepted(review: Review) -> Rendered:
    return preview("proof_accepted", _context(review))


def preview_proof_rejected(
    review: Review, reason_code: ReasonCode, statement: str
) -> Rendered:
    reasons = _reasons(review, imagined(reason_code, statement))
    return preview("proof_rejected", _context(review) | reasons)


def _send(kind: str, review: Review, event: str, context: dict[str, object]) -> None:
    """Nobody is told about the review of a member who was erased."""
    if review.author is None:
        return
    queue_email(
        kind=kind,
        recipient=review.author,
        dedupe_key=f"{kind}:{event}",
        about={"review": str(review.public_id)},
        context=context,
    )


def _context(review: Review) -> dict[str, object]:
    url = review.get_absolute_url()
    return {
        "review": review,
        "product": review.product,
        "review_url": absolute(url),
        "proof_url": absolute(f"{url}proof/"),
        "is_public": review.status == Review.Status.PUBLISHED,
    }


def _reasons(review: Review, decision: Decision) -> dict[str, object]:
    stays = (
        "Your review stays public as it is."
        if review.status == Review.Status.PUBLISHED
        else "Your review waits as before."
        if review.verification_method
        else "Your review waits until something else shows that you are real."
    )
    return statement_of_reasons(
        decision,
        restricted=f"the proof of use for your review “{review.headline}” of {review.product.name}",
        effect=f"{stays} The file is deleted.",
    )
