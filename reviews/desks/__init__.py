"""What this app lays on a moderator's desk (moderation.desk); importing a module registers its kinds."""

from reviews.desks import discussion, proofs, reports, reviews, vendors

__all__ = ["discussion", "proofs", "reports", "reviews", "vendors"]
