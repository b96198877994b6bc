"""Somebody is told something: one function per e-mail. Importing a module registers its kinds."""

from reviews.emails.discussion import (
    preview_comment_decision,
    send_comment_published,
    send_comment_rejected,
    send_comment_removed,
    send_comment_restored,
    tell_of_comment,
)
from reviews.emails.proofs import (
    preview_proof_accepted,
    preview_proof_rejected,
    send_proof_accepted,
    send_proof_expired,
    send_proof_rejected,
)
from reviews.emails.reminders import (
    UPDATE_REMINDER,
    send_update_reminder,
)
from reviews.emails.reports import (
    may_write_to,
    preview_outcome,
    send_report_decided,
    send_report_received,
)
from reviews.emails.reviews import (
    preview_refusal,
    send_edit_approved,
    send_edit_rejected,
    send_review_published,
    send_review_received,
    send_review_rejected,
    send_review_removed,
    send_review_restored,
)
from reviews.emails.vendors import (
    preview_dispute,
    preview_response,
    send_dispute_dismissed,
    send_dispute_ended,
    send_dispute_opened,
    send_dispute_received,
    send_dispute_upheld,
    send_response_published,
    send_response_rejected,
    send_response_removed,
    send_review_answered,
)

__all__ = [
    "UPDATE_REMINDER",
    "send_update_reminder",
    "preview_dispute",
    "preview_response",
    "send_dispute_dismissed",
    "send_dispute_ended",
    "send_dispute_opened",
    "send_dispute_received",
    "send_dispute_upheld",
    "send_response_published",
    "send_response_rejected",
    "send_response_removed",
    "send_review_answered",
    "preview_proof_accepted",
    "preview_proof_rejected",
    "send_proof_accepted",
    "send_proof_expired",
    "send_proof_rejected",
    "may_write_to",
    "preview_comment_decision",
    "preview_outcome",
    "preview_refusal",
    "send_comment_published",
    "send_comment_rejected",
    "send_comment_removed",
    "send_comment_restored",
    "send_edit_approved",
    "send_edit_rejected",
    "send_report_decided",
    "send_report_received",
    "send_review_published",
    "send_review_received",
    "send_review_rejected",
    "send_review_removed",
    "send_review_restored",
    "tell_of_comment",
]
