"""The figures of many subjects at once: counted together, against backgrounds that they share."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviews.voice.backgrounds import Backgrounds
from reviews.voice.choosing import MIN_REVIEWS, MIN_SHARE, Candidate, choose
from reviews.voice.sides import differing_phrases, rating_gaps
from reviews.voice.statement import (
    SIDES,
    Counted,
    Occurrences,
    Picked,
    Said,
    Subject,
    be_patient,
    counted,
    occurrences,
    review_of,
    said,
)

# Whoever has more is counted by the newest: a refresh takes seconds, not minutes.
MOST_REVIEWS = 5_000
MOST_EXAMPLES = 3
LONGEST_QUOTE = 260
BULLETS = "-–—•*· "


@dataclass
class _Part:
    """One subject while its figures are made."""

    reviews: list[Counted] = field(default_factory=list)
    found: dict[str, list[Occurrences]] = field(
        default_factory=lambda: {side: [] for side in SIDES}
    )
    chosen: dict[str, list[Candidate]] = field(default_factory=dict)

    def by_id(self) -> dict[int, Counted]:
        return {review.id: review for review in self.reviews}


def compute(subjects: Sequence[Subject]) -> dict[int, dict[str, Any]]:
    """Figures by key of subject; under 3 counted reviews they say so and nothing else."""
    if not subjects:
        return {}
    be_patient()
    picked = Picked(subjects, MOST_REVIEWS, MOST_REVIEWS)
    parts = {subject.key: _Part() for subject in subjects}
    for review in counted(picked):
        parts[review.subject].reviews.append(review)
    for found in occurrences(picked, at_least=MIN_REVIEWS, share=MIN_SHARE):
        parts[found.subject].found[found.side].append(found)
    for part in parts.values():
        _drop_unknown(part)
    _choose(subjects, parts)
    quotes = _quotes(parts.values())
    return {key: _figures(part, quotes) for key, part in parts.items()}


def _drop_unknown(part: _Part) -> None:
    """What was published or written anew between two statements; and what no product was told of by 3 people.

    A product has one review by each author, so 3 reviews of one product are by 3 people. Authors themselves are not
    looked at: the figures of a vendor would tell which anonymous reviews are by the same one.
    """
    products = {review.id: review.product_id for review in part.reviews}
    for side, found in part.found.items():
        part.found[side] = [
            one
            for one in found
            if (reviews := {review_of(sentence) for sentence in one.sentences})
            <= products.keys()
            and max(Counter(products[pk] for pk in reviews).values()) >= MIN_REVIEWS
        ]


def _choose(subjects: Sequence[Subject], parts: Mapping[int, _Part]) -> None:
    phrases = {
        one.phrase
        for part in parts.values()
        for found in part.found.values()
        for one in found
    }
    backgrounds = Backgrounds.of(subjects, phrases)
    for subject in subjects:
        part = parts[subject.key]
        part.chosen = {
            side: choose(found, len(part.reviews), backgrounds.for_subject(subject))
            for side, found in part.found.items()
        }


# --- Examples -------------------------------------------------------------------------------


def _quotes(parts: Iterable[_Part]) -> dict[tuple[int, str], Said]:
    """By sentence and phrase, whatever may become an example."""
    wanted: set[int] = set()
    phrases: set[str] = set()
    for part in parts:
        reviews = part.by_id()
        for candidates in part.chosen.values():
            for candidate in candidates:
                wanted.update(_examples(candidate, reviews))
                phrases.add(candidate.said.phrase)
    if not wanted:
        return {}
    return {(one.sentence, one.phrase): one for one in said(wanted, phrases)}


def _examples(candidate: Candidate, reviews: Mapping[int, Counted]) -> list[int]:
    """One sentence each of up to three reviews: the newest of each perspective, then the newest."""
    first = {
        review_of(sentence): sentence
        for sentence in sorted(candidate.sentences, reverse=True)
    }
    newest = sorted(
        (reviews[pk] for pk in first),
        key=lambda r: (-r.day.toordinal(), r.public_id.hex),
    )
    spoken: Counter[str] = Counter()
    turns = []
    for place, review in enumerate(newest):
        turns.append((spoken[review.perspective], place, review.id))
        spoken[review.perspective] += 1
    return [first[pk] for _, _, pk in sorted(turns)[:MOST_EXAMPLES]]


def quote(text: str, words: str) -> tuple[str, str]:
    """The sentence in one line, cut around the words where it is long; and the words as they stand in it."""
    line, words = _one_line(text), _one_line(words)
    match = re.search(r"\W+".join(map(re.escape, words.split())), line)
    if match is None:
        return _cut(line, 0), ""
    return _cut(line, match.start()), match[0]


def _one_line(text: str) -> str:
    """Without control characters, which no feed or file of XML may hold."""
    kept = (
        " " if unicodedata.category(letter) == "Cc" else letter
        for letter in text
        if unicodedata.category(letter) != "Cs"
    )
    return " ".join("".join(kept).split()).lstrip(BULLETS)


def _cut(line: str, place: int) -> str:
    if len(line) <= LONGEST_QUOTE:
        return line
    begin = max(0, min(place - LONGEST_QUOTE // 3, len(line) - LONGEST_QUOTE))
    end = begin + LONGEST_QUOTE
    return f"{'…' if begin else ''}{line[begin:end].strip()}{'…' if end < len(line) else ''}"


# --- Figures --------------------------------------------------------------------------------


def _figures(part: _Part, quotes: Mapping[tuple[int, str], Said]) -> dict[str, Any]:
    sizes = Counter(review.perspective for review in part.reviews)
    figures: dict[str, Any] = {
        "reviews": len(part.reviews),
        "perspectives": dict(sorted(sizes.items())),
        "quarters": _quarters(part.reviews),
    }
    for side in SIDES:
        figures[side] = [
            _phrase(candidate, part, sizes, quotes)
            for candidate in part.chosen.get(side, ())
        ]
    rows = [(side, row) for side in SIDES for row in figures[side]]
    figures["differences"] = differing_phrases(rows, sizes)
    figures["gaps"] = rating_gaps(part.reviews)
    return figures


def _phrase(
    candidate: Candidate,
    part: _Part,
    sizes: Mapping[str, int],
    quotes: Mapping[tuple[int, str], Said],
) -> dict[str, Any]:
    reviews = part.by_id()
    mine = [reviews[pk] for pk in candidate.reviews]
    spoken = Counter(review.perspective for review in mine)
    return {
        "text": candidate.said.text,
        "count": len(mine),
        "share": round(len(mine) / len(part.reviews), 4),
        "salience": round(candidate.salience, 2),
        "perspectives": {
            who: {"count": spoken[who], "share": round(spoken[who] / size, 4)}
            for who, size in sorted(sizes.items())
        },
        "quarters": _quarters(mine),
        "examples": [
            _example(quotes[key], reviews[review_of(sentence)])
            for sentence in _examples(candidate, reviews)
            if (key := (sentence, candidate.said.phrase)) in quotes
        ],
    }


def _example(one: Said, review: Counted) -> dict[str, str]:
    sentence, words = quote(one.text, one.words)
    return {
        "review": str(review.public_id),
        "sentence": sentence,
        "words": words,
        "perspective": review.perspective,
    }


def _quarters(reviews: Iterable[Counted]) -> dict[str, int]:
    """Reviews by quarter of publication; quarters without any are left out."""
    counts: dict[str, int] = defaultdict(int)
    for review in reviews:
        counts[f"{review.day.year}-Q{(review.day.month + 2) // 3}"] += 1
    return dict(sorted(counts.items()))
