from reviews.models.discussion import (
    COMMENT_LENGTH,
    RESPONSE_LENGTH,
    Comment,
    CommentQuerySet,
    CommentReport,
    HelpfulVote,
    ResponseReport,
    ReviewReport,
    VendorResponse,
)
from reviews.models.ratings import CategoryRating, ProductRating, RatingRefresh
from reviews.models.reviews import (
    Answer,
    ProofPage,
    Question,
    Review,
    ReviewDraft,
    ReviewQuerySet,
    ReviewRevision,
    Verification,
)
from reviews.models.trust import Dispute, ReviewSignal, TextFingerprint

__all__ = [
    "COMMENT_LENGTH",
    "RESPONSE_LENGTH",
    "Answer",
    "CategoryRating",
    "Comment",
    "CommentQuerySet",
    "CommentReport",
    "Dispute",
    "HelpfulVote",
    "ProductRating",
    "ProofPage",
    "Question",
    "RatingRefresh",
    "ResponseReport",
    "Review",
    "ReviewDraft",
    "ReviewQuerySet",
    "ReviewReport",
    "ReviewRevision",
    "ReviewSignal",
    "TextFingerprint",
    "Verification",
    "VendorResponse",
]
