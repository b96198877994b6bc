"""What the moderator sees of the signals: similar texts side by side, the common passages marked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

from reviews.fingerprints import plain
from reviews.models import Question, Review, ReviewSignal
from reviews.signals.texts import Evidence, with_answers
from reviews.signals.wording import HOURS, in_words, signals_of

Kind = ReviewSignal.Kind
SIDES = {
    "pros": "What is good",
    "cons": "What is not",
    "sides": "What is good and what is not",
}
# So many words in a row are marked; fewer are the language.
MARKED_FROM = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Piece:
    text: str
    is_common: bool


@dataclass(frozen=True)
class Likeness:
    """Two texts side by side."""

    other: Review
    is_same_author: bool
    field: str
    their_field: str
    similarity: float
    mine: list[Piece]
    theirs: list[Piece]


@dataclass(frozen=True)
class ShownSignal:
    kind: str
    label: str
    text: str
    hours: int
    evidence: Evidence
    likenesses: list[Likeness]
    others: list[Review]


def signal_evidence(
    review: Review, texts: Mapping[str, str] | None = None
) -> list[ShownSignal]:
    """For templates/admin/reviews/signal_evidence.html; `texts` (texts_in) where a proposed edit is looked at."""
    signals = signals_of(review)
    if not signals:
        return []
    named = {public_id for signal in signals for public_id in _named_in(signal)}
    found = Review.objects.filter(public_id__in=named).select_related("product")
    others = {str(other.public_id): other for other in found}
    every_text = with_answers([review, *others.values()])
    mine = texts or every_text[review.pk][1]
    labels = SIDES | dict(Question.objects.values_list("key", "text"))
    shown = []
    for signal in signals:
        similar = [
            _side_by_side(review, others[entry["review"]], entry, mine, every_text, labels)
            for entry in signal.evidence.get("similar", [])
            if entry["review"] in others
        ]  # fmt: skip
        shown.append(
            ShownSignal(
                kind=signal.kind,
                label=signal.get_kind_display(),
                text=in_words(signal.kind, signal.evidence),
                hours=HOURS[Kind(signal.kind)],
                evidence=signal.evidence,
                likenesses=similar,
                others=[
                    others[public_id]
                    for public_id in signal.evidence.get("reviews", [])
                    if public_id in others and public_id != str(review.public_id)
                ],
            )
        )
    return shown


def _named_in(signal: ReviewSignal) -> Iterator[UUID]:
    for entry in signal.evidence.get("similar", []):
        yield UUID(entry["review"])
    for public_id in signal.evidence.get("reviews", []):
        yield UUID(public_id)


def _side_by_side(
    review: Review,
    other: Review,
    entry: Evidence,
    mine: Mapping[str, str],
    every_text: Mapping[int, tuple[int, Mapping[str, str]]],
    labels: Mapping[str, str],
) -> Likeness:
    ours = mine.get(entry["field"], "")
    theirs = every_text[other.pk][1].get(entry["their_field"], "")
    marked, their_marked = marked_passages(ours, theirs)
    return Likeness(
        other=other,
        is_same_author=other.author_id is not None
        and other.author_id == review.author_id,
        field=labels.get(entry["field"], entry["field"]),
        their_field=labels.get(entry["their_field"], entry["their_field"]),
        similarity=entry["similarity"],
        mine=marked,
        theirs=their_marked,
    )


def marked_passages(mine: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts whole, cut where they begin and cease to say the same, word for word."""
    my_words, their_words = list(_WORD.finditer(mine)), list(_WORD.finditer(theirs))
    blocks = SequenceMatcher(
        None,
        [plain(word.group()) for word in my_words],
        [plain(word.group()) for word in their_words],
        autojunk=False,
    ).get_matching_blocks()
    long = [block for block in blocks if block.size >= MARKED_FROM]
    return (
        _cut(mine, [(my_words[b.a].start(), my_words[b.a + b.size - 1].end()) for b in long]),
        _cut(theirs, [(their_words[b.b].start(), their_words[b.b + b.size - 1].end()) for b in long]),
    )  # fmt: skip


def _cut(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces, done = [], 0
    for start, end in spans:
        pieces.append(Piece(text[done:start], False))
        pieces.append(Piece(text[start:end], True))
        done = end
    pieces.append(Piece(text[done:], False))
    return [piece for piece in pieces if piece.text]
