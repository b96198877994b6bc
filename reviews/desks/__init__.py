"""What this app lays on a moderator's desk (moderation.desk); importing a module registers its kinds."""

from reviews.desks import proofs, reviews, vendors

__all__ = ["proofs", "reviews", "vendors"]
