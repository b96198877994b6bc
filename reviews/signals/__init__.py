"""What is unusual about a review, found for a person to look at. A signal publishes and refuses nothing: it brings
the review forward in the queue, and the evidence lies beside it. The rules are those of docs/signals.md."""

from reviews.signals.checking import (
    check_left_over,
    check_review,
    check_revision,
    fingerprint_left_over,
)
from reviews.signals.evidence import ShownSignal, signal_evidence
from reviews.signals.texts import texts_in, texts_of

__all__ = [
    "ShownSignal",
    "check_left_over",
    "check_review",
    "check_revision",
    "fingerprint_left_over",
    "signal_evidence",
    "texts_in",
    "texts_of",
]
