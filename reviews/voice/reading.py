"""What pages and the API read of a voice: figures as docs/voice.md describes them; {} where nothing is computed yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviews.models import Review


@dataclass(frozen=True)
class Example:
    """A sentence of a published review; `before`, `words` and `after` are its text in three pieces."""

    review: str
    before: str
    words: str
    after: str
    perspective: str

    @property
    def sentence(self) -> str:
        return self.before + self.words + self.after

    @property
    def perspective_name(self) -> str:
        return str(Review.Perspective(self.perspective).label)

    @property
    def url(self) -> str:
        return f"/reviews/{self.review}/"


@dataclass(frozen=True)
class Phrase:
    """`count` reviews say so, the `share` of those that are counted."""

    text: str
    count: int
    share: float
    examples: tuple[Example, ...]


def top(figures: Mapping[str, Any], side: str, most: int) -> list[Phrase]:
    """What is said most; `side` is "praise" or "criticism"."""
    return [
        Phrase(row["text"], row["count"], row["share"], examples_of(row))
        for row in figures.get(side, [])[:most]
    ]


def examples_of(row: Mapping[str, Any]) -> tuple[Example, ...]:
    return tuple(_example(example) for example in row["examples"])


def _example(stored: Mapping[str, str]) -> Example:
    sentence, words = stored["sentence"], stored["words"]
    before, words, after = sentence.partition(words) if words else (sentence, "", "")
    return Example(stored["review"], before, words, after, stored["perspective"])
