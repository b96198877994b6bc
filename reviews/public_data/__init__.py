"""What anybody may take away: published reviews, the scores made of them, and what is needed to recompute these.

Explained in docs/public-data.md; reviews/recompute.py reads it without Django.
"""

from reviews.public_data.exporting import AlreadyRunning, Export, export
from reviews.public_data.files import ForeignFolder

__all__ = ["AlreadyRunning", "Export", "ForeignFolder", "export"]
