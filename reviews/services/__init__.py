"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from moderation.services import Conflict
from reviews.services.authoring import propose_edit, submit_review, withdraw_review
from reviews.services.considered import (
    MOST_CONSIDERED,
    Considered,
    considered_of,
    say_moved_on,
)
from reviews.services.content import (
    CONTENT_FIELDS,
    ReviewContent,
    answers_of,
    content_of,
)
from reviews.services.discussion import (
    publish_comment,
    reject_comment,
    remove_comment,
    restore_comment,
    withdraw_comment,
    write_comment,
)
from reviews.services.disputes import (
    dismiss_dispute,
    open_dispute,
    uphold_dispute,
    withdraw_dispute,
)
from reviews.services.drafts import discard_draft, save_draft
from reviews.services.errors import (
    AlreadyReviewed,
    NotVerified,
    PartRefused,
    Refused,
)
from reviews.services.moderating import (
    approve_edit,
    publish_review,
    reject_edit,
    reject_review,
    remove_review,
    restore_review,
)
from reviews.services.proofs import (
    accept_proof,
    expire_proofs,
    look_at_proof,
    reject_proof,
    send_proof,
    take_back_proof,
)
from reviews.services.rating import request_rating_refresh
from reviews.services.reminding import (
    Offer,
    ask_for_emails,
    offers_to,
    register_offer,
    remind_authors,
)
from reviews.services.reports import dismiss_reports, report_content, uphold_reports
from reviews.services.responses import (
    publish_response,
    reject_response,
    remove_response,
    respond,
    restore_response,
    withdraw_response,
)
from reviews.services.verifying import badge_of, is_verified
from reviews.services.votes import take_back_vote, vote_helpful

__all__ = [
    "dismiss_dispute",
    "open_dispute",
    "uphold_dispute",
    "withdraw_dispute",
    "publish_response",
    "reject_response",
    "remove_response",
    "respond",
    "restore_response",
    "withdraw_response",
    "accept_proof",
    "expire_proofs",
    "look_at_proof",
    "reject_proof",
    "send_proof",
    "take_back_proof",
    "CONTENT_FIELDS",
    "MOST_CONSIDERED",
    "AlreadyReviewed",
    "Considered",
    "Conflict",
    "NotVerified",
    "PartRefused",
    "Refused",
    "ReviewContent",
    "answers_of",
    "approve_edit",
    "Offer",
    "ask_for_emails",
    "offers_to",
    "register_offer",
    "remind_authors",
    "badge_of",
    "considered_of",
    "content_of",
    "discard_draft",
    "dismiss_reports",
    "is_verified",
    "propose_edit",
    "publish_comment",
    "publish_review",
    "reject_comment",
    "reject_edit",
    "reject_review",
    "remove_comment",
    "remove_review",
    "report_content",
    "request_rating_refresh",
    "restore_comment",
    "restore_review",
    "save_draft",
    "say_moved_on",
    "submit_review",
    "take_back_vote",
    "uphold_reports",
    "vote_helpful",
    "withdraw_comment",
    "withdraw_review",
    "write_comment",
]
