"""Somebody is told something: one function per e-mail. Importing a module registers its kinds."""

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

__all__ = [
    "preview_refusal",
    "send_edit_approved",
    "send_edit_rejected",
    "send_review_published",
    "send_review_received",
    "send_review_rejected",
    "send_review_removed",
    "send_review_restored",
]
