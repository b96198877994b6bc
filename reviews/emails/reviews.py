from django.conf import settings

from moderation.models import Decision, ReasonCode
from moderation.reasons import statement_of_reasons
from notifications import kinds
from notifications.rendering import Rendered
from notifications.services import queue_email
from reviews.emails.previewing import imagined, preview
from reviews.models import Review

_LABELS = {
    "review_received": "Your review has arrived",
    "review_published": "Your review is public",
    "review_rejected": "Your review is not published",
    "review_removed": "Your review was removed",
    "review_restored": "Your review is back",
    "review_edit_approved": "Your edit is public",
    "review_edit_rejected": "Your edit is not published",
}
# All of them are part of writing a review, a decision and its reasons above all: none can be switched off.
for _name, _label in _LABELS.items():
    kinds.register(_name, label=_label, transactional=True)

_EFFECTS = {
    "review_rejected": "Nobody but you can see it.",
    "review_removed": "Nobody but you can see it, and its rating no longer counts.",
    "review_edit_rejected": "Your review stays public as it was before.",
}


def send_review_received(review: Review) -> None:
    _send("review_received", review, str(review.version))


def send_review_published(review: Review, decision: Decision) -> None:
    _send_decision("review_published", review, decision)


def send_review_rejected(review: Review, decision: Decision) -> None:
    _send_decision("review_rejected", review, decision)


def send_review_removed(review: Review, decision: Decision) -> None:
    _send_decision("review_removed", review, decision)


def send_review_restored(review: Review, decision: Decision) -> None:
    _send_decision("review_restored", review, decision)


def send_edit_approved(review: Review, decision: Decision) -> None:
    _send_decision("review_edit_approved", review, decision)


def send_edit_rejected(review: Review, decision: Decision) -> None:
    _send_decision("review_edit_rejected", review, decision)


def preview_refusal(
    kind: str, review: Review, reason_code: ReasonCode, statement: str
) -> Rendered:
    """What its author would get."""
    decision = imagined(reason_code, statement)
    return preview(kind, _context(kind, review, decision))


def _send_decision(kind: str, review: Review, decision: Decision) -> None:
    _send(kind, review, str(decision.public_id), decision)


def _send(
    kind: str, review: Review, event: str, decision: Decision | None = None
) -> None:
    """Nobody is told about the review of a member who was erased."""
    if review.author is None:
        return
    queue_email(
        kind=kind,
        recipient=review.author,
        dedupe_key=f"{kind}:{review.public_id}:{event}",
        about={"review": str(review.public_id)},
        context=_context(kind, review, decision),
    )


def _context(kind: str, review: Review, decision: Decision | None) -> dict[str, object]:
    return {
        "review": review,
        "product": review.product,
        "decision": decision,
        "review_url": settings.SITE_URL + review.get_absolute_url(),
        **_reasons(kind, review, decision),
    }


def _reasons(kind: str, review: Review, decision: Decision | None) -> dict[str, object]:
    if decision is None or kind not in _EFFECTS:
        return {}
    what = (
        "your edit of the review" if kind == "review_edit_rejected" else "your review"
    )
    return statement_of_reasons(
        decision,
        restricted=f"{what} “{review.headline}” of {review.product.name}",
        effect=_EFFECTS[kind],
    )
