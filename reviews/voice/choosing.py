"""Which phrases are worth showing; pure functions over what was counted."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reviews.voice.statement import Occurrences, review_of
from reviews.voice.words import NOT_ALONE

MOST_PHRASES = 12
# A phrase stands in at least so many reviews, hence was written by as many people, and in this share of all.
MIN_REVIEWS = 3
MIN_SHARE = 0.02
# How many reviews with the background's own share are mixed in before a share counts as unusual.
PRIOR_REVIEWS = 10.0
# Standard errors above the background.
MIN_SALIENCE = 1.0
# Two words say more than one, and a long one more than a short one ("documentation", "list"). This says which of two
# phrases comes first, not whether it may come.
LONG_STEM = 8
# One phrase takes another's place where it stands in so large a share of the other's sentences.
COINCIDE = 0.5


@dataclass(frozen=True)
class Background:
    """In how many reviews of others a phrase stands: of the same category, and of the whole site."""

    in_category: int
    of_category: int
    in_site: int
    of_site: int

    @property
    def share(self) -> float:
        """Half the category's, half the site's; never 0, and a small category leans on the site."""
        site = (self.in_site + 0.5) / (self.of_site + 1)
        category = (self.in_category + PRIOR_REVIEWS * site) / (
            self.of_category + PRIOR_REVIEWS
        )
        return (site + category) / 2

    @property
    def reviews(self) -> int:
        return self.of_category + self.of_site


@dataclass(frozen=True)
class Candidate:
    said: Occurrences
    reviews: frozenset[int]
    salience: float

    @property
    def stems(self) -> list[str]:
        return self.said.phrase.split(" ")

    @property
    def sentences(self) -> frozenset[int]:
        return self.said.sentences


def salience(reviews: int, of: int, background: Background) -> float:
    """How many standard errors the log-odds of a phrase lie above the background's (docs/voice.md)."""
    share = background.share
    with_it = reviews + PRIOR_REVIEWS * share
    without = of - reviews + PRIOR_REVIEWS * (1 - share)
    expected = share * (background.reviews + PRIOR_REVIEWS)
    difference = math.log(with_it / without) - math.log(share / (1 - share))
    return difference / math.sqrt(1 / with_it + 1 / expected)


def choose(
    found: Iterable[Occurrences],
    of: int,
    background: Callable[[Occurrences], Background],
) -> list[Candidate]:
    """Of one side of one subject with `of` reviews; most reviews first."""
    candidates = []
    for said in found:
        reviews = frozenset(map(review_of, said.sentences))
        value = salience(len(reviews), of, background(said))
        if value >= MIN_SALIENCE and not _is_vague(said):
            candidates.append(Candidate(said, reviews, value))
    chosen = distinct(sorted(_without_parts(candidates), key=_by_salience))
    return sorted(chosen, key=_by_count)


def _is_vague(said: Occurrences) -> bool:
    """A word that needs another one beside it: those of the list, adverbs, and what was done ("closed", not "speed")."""
    if " " in said.phrase:
        return False
    word = said.text.lower()
    was_done = word.endswith("ed") and not said.phrase.endswith("ed")
    return said.phrase in NOT_ALONE or word.endswith("ly") or was_done


def _by_salience(candidate: Candidate) -> tuple[float, str]:
    weight = min(1.0, len(candidate.said.phrase) / LONG_STEM)
    return -weight * candidate.salience, candidate.said.phrase


def _by_count(candidate: Candidate) -> tuple[int, float, str]:
    return -len(candidate.reviews), -candidate.salience, candidate.said.phrase


def _without_parts(candidates: Sequence[Candidate]) -> list[Candidate]:
    """A pair of words takes over each of its words that hardly stands without it."""
    pairs = [candidate for candidate in candidates if len(candidate.stems) == 2]
    largest: dict[str, int] = {}
    for pair in pairs:
        for stem in pair.stems:
            largest[stem] = max(largest.get(stem, 0), len(pair.reviews))
    return [
        candidate
        for candidate in candidates
        if largest.get(candidate.said.phrase, 0) < COINCIDE * len(candidate.reviews)
    ]


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """In this order, without those whose sentences are mostly those of one that is chosen already."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == MOST_PHRASES:
            break
        most = COINCIDE * len(candidate.sentences)
        if all(len(candidate.sentences & other.sentences) < most for other in chosen):
            chosen.append(candidate)
    return chosen
