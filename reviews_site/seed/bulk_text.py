"""Sentences filled in advance, for sets so large that each review is only put together from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reviews_site.seed.grammar import can_fill, capitalised, fill
from reviews_site.seed.personas import DURATIONS, ORGANISATIONS, PEOPLE, TEAMS, Persona
from reviews_site.seed.sentences import general
from reviews_site.seed.sentences.parts import Topic
from reviews_site.seed.sentences.topics import TOPICS
from reviews_site.seed.writing import tier_of

VARIANTS = 6
HEADLINES = 150
_FILLED_ALIKE = {"product": "it", "noun": "product", "a_noun": "a product"}


@dataclass(frozen=True, slots=True)
class TopicTexts:
    strengths: list[str]
    wishes: list[str]
    complaints: list[str]
    faint: list[str]
    uses: list[str]
    headlines: dict[str, list[str]]


def all_texts(seed: int) -> list[TopicTexts]:
    return [_texts(topic, Random(f"{seed}:{topic.key}")) for topic in TOPICS]


def _texts(topic: Topic, rng: Random) -> TopicTexts:
    strengths = (*topic.strengths, *general.STRENGTHS)
    flaws = (*topic.flaws, *general.FLAWS)
    return TopicTexts(
        strengths=_filled((text for s in strengths for text in s.says), rng),
        wishes=_filled((text for f in flaws for text in f.wishes), rng),
        complaints=_filled((text for f in flaws for text in f.complaints), rng),
        faint=_filled((*topic.faint, *general.FAINT), rng),
        uses=_filled(topic.uses, rng),
        headlines={
            tier: _headlines(tier, [s.short for s in strengths], [f.short for f in flaws], rng)
            for tier in general.HEADLINES
        },
    )  # fmt: skip


def _slots(rng: Random) -> dict[str, str]:
    someone = Persona(
        "end_user",
        rng.choice(list(TEAMS)),
        rng.choice(list(PEOPLE)),
        rng.choice(list(ORGANISATIONS)),
        rng.choice(list(DURATIONS)),
    )
    return someone.slots(rng) | _FILLED_ALIKE


def _filled(fragments: Iterable[str], rng: Random) -> list[str]:
    texts = {
        fill(fragment, _slots(rng), rng)
        for fragment in fragments
        for _ in range(VARIANTS)
    }
    return sorted(texts)


def _headlines(
    tier: str, strengths: list[str], flaws: list[str], rng: Random
) -> list[str]:
    made: set[str] = set()
    for _ in range(HEADLINES):
        s, s2 = rng.sample(strengths, 2)
        f, f2 = rng.sample(flaws, 2)
        slots = _slots(rng) | {"s": s, "s2": s2, "f": f, "f2": f2, "S": capitalised(s), "F": capitalised(f)}  # fmt: skip
        line = rng.choice(
            [text for text in general.HEADLINES[tier] if can_fill(text, slots) and "{product}" not in text]
        )  # fmt: skip
        made.add(fill(line, slots, rng)[:100])
    return sorted(made)


def tiers() -> list[str]:
    """The tier of each number of half stars; nothing stands at 0."""
    return ["", *(tier_of(half_stars) for half_stars in range(1, 11))]
