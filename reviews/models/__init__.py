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
from reviews.models.research import ConsideredProduct, ProductVoice, VendorVoice
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
    "ConsideredProduct",
    "Dispute",
    "HelpfulVote",
    "ProductRating",
    "ProductVoice",
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
    "VendorVoice",
]
