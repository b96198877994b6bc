"""What published reviews praise and criticise, counted: docs/voice.md.

Computed by the worker, stored in ProductVoice and VendorVoice, written by nobody else; pages read `top()`.
"""

from reviews.voice.choosing import MIN_REVIEWS
from reviews.voice.computing import compute
from reviews.voice.reading import Example, Phrase, examples_of, top
from reviews.voice.refreshing import serve_all, serve_wanted, want, want_left_over
from reviews.voice.statement import CRITICISM, PRAISE, SIDES, TITLES, Subject

__all__ = [
    "CRITICISM",
    "MIN_REVIEWS",
    "PRAISE",
    "SIDES",
    "TITLES",
    "Example",
    "Phrase",
    "Subject",
    "compute",
    "examples_of",
    "serve_all",
    "serve_wanted",
    "top",
    "want",
    "want_left_over",
]
