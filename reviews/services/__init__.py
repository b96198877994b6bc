"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from moderation.services import Conflict
from reviews.services.authoring import propose_edit, submit_review, withdraw_review
from reviews.services.content import (
    CONTENT_FIELDS,
    ReviewContent,
    answers_of,
    content_of,
)
from reviews.services.drafts import discard_draft, save_draft
from reviews.services.errors import AlreadyReviewed, NotVerified, Refused
from reviews.services.moderating import (
    approve_edit,
    publish_review,
    reject_edit,
    reject_review,
    remove_review,
    restore_review,
)
from reviews.services.rating import request_rating_refresh
from reviews.services.verifying import is_verified

__all__ = [
    "CONTENT_FIELDS",
    "AlreadyReviewed",
    "Conflict",
    "NotVerified",
    "Refused",
    "ReviewContent",
    "answers_of",
    "approve_edit",
    "content_of",
    "discard_draft",
    "is_verified",
    "propose_edit",
    "publish_review",
    "reject_edit",
    "reject_review",
    "remove_review",
    "request_rating_refresh",
    "restore_review",
    "save_draft",
    "submit_review",
    "withdraw_review",
]
