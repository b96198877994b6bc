"""Writes the text of reviews, product by product, so that no page says the same thing twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from reviews_site.seed import distributions
from reviews_site.seed.grammar import (
    Deck,
    after_connector,
    can_fill,
    capitalised,
    fill,
    fits,
)
from reviews_site.seed.personas import PERSONA_CONDITIONS, Persona
from reviews_site.seed.sentences import general, questions
from reviews_site.seed.sentences.parts import Flaw, Strength, Topic
from reviews_site.seed.sentences.topics import NOUNS

MOST_SENTENCES = 7
TRIES = 12
HEADLINE_TRIES, HEADLINE_COPIES = 30, 8
# Pages show 20 reviews: on none of the two next to it does a sentence come again.
AGAIN_AFTER = 40
ANSWERED_AGAIN_AFTER = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """The product, as far as a sentence needs to know."""

    name: str
    topic: Topic
    # Of oss or paid, saas or self.
    conditions: frozenset[str]
    # Names of products of the same category.
    rivals: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        narrow = (NOUNS[side] for side in self.conditions if side in NOUNS)
        return next(narrow, self.topic.noun)


@dataclass(slots=True)
class ReviewText:
    headline: str
    pros: str
    cons: str
    answers: dict[str, str]
    # Aspects, so that the sub-ratings agree with the words.
    praised: set[str] = field(default_factory=set)
    criticised: set[str] = field(default_factory=set)


def tier_of(half_stars: int) -> str:
    if half_stars >= 9:
        return "great"
    if half_stars >= 7:
        return "good"
    return "mixed" if half_stars >= 5 else "poor"


class ProductWriter:
    """Keeps what was said about one product: fragments come again only after all others, sentences pages later."""

    def __init__(
        self, subject: Subject, rng: Random, texts: set[str] | None = None
    ) -> None:
        topic = subject.topic
        self.subject, self.rng = subject, rng
        known = subject.conditions | PERSONA_CONDITIONS

        def sayable(pool: tuple[str, ...]) -> bool:
            return any(fits(text, known) for text in pool)

        # The vocabulary of the field comes three times as often as what holds for any software.
        self.strengths = Deck(
            [s for s in (*topic.strengths * 3, *general.STRENGTHS) if sayable(s.says)],
            rng,
        )
        self.flaws = Deck(
            [
                f
                for f in (*topic.flaws * 3, *general.FLAWS)
                if sayable(f.wishes) and sayable(f.complaints)
            ],
            rng,
        )
        self.faint = Deck((*topic.faint, *topic.faint, *general.FAINT), rng)
        self.contexts = Deck(general.CONTEXTS, rng)
        self.closings = Deck(general.CLOSINGS, rng)
        self.verdicts = Deck(general.VERDICTS, rng)
        self.tails = Deck(general.TAILS, rng)
        self.nothing = Deck(general.NOTHING_MUCH, rng)
        self.headlines = {
            tier: Deck(lines, rng) for tier, lines in general.HEADLINES.items()
        }
        self.sentences: dict[tuple[str, ...], Deck[str]] = {}
        # Each sentence with the number of the review that said it last.
        self.said: dict[str, int] = {}
        self.headlines_used: set[str] = set()
        # Texts of this and other products: none comes twice.
        self.texts = set() if texts is None else texts
        self.written = 0

    def write(self, half_stars: int, persona: Persona) -> ReviewText:
        self.written += 1
        return _Draft(self, half_stars, persona).finish()

    def is_new_headline(self, headline: str) -> bool:
        """Once per product, and rarely the same about another."""
        if headline in self.headlines_used:
            return False
        self.headlines_used.add(headline)
        copies = (f"{headline}#{number}" for number in range(HEADLINE_COPIES))
        free = next((copy for copy in copies if copy not in self.texts), None)
        if free:
            self.texts.add(free)
        return free is not None

    def is_fresh(self, sentence: str, again_after: int) -> bool:
        before = self.said.get(sentence)
        return before is None or self.written - before > again_after

    def fragments(self, pool: tuple[str, ...]) -> Deck[str]:
        if pool not in self.sentences:
            self.sentences[pool] = Deck(pool, self.rng)
        return self.sentences[pool]


class _Draft:
    def __init__(
        self, writer: ProductWriter, half_stars: int, persona: Persona
    ) -> None:
        self.writer, self.rng = writer, writer.rng
        self.tier, self.half_stars = tier_of(half_stars), half_stars
        self.conditions = writer.subject.conditions | persona.conditions
        noun = writer.subject.noun
        article = "an" if noun[0] in "aeiouAEIO" or noun.startswith("HR") else "a"
        self.slots = persona.slots(self.rng) | {
            "product": writer.subject.name,
            "noun": noun,
            "a_noun": f"{article} {noun}",
        }
        self.used: set[str] = set()
        self.strengths: list[Strength] = []
        self.flaws: list[Flaw] = []
        self.pros_length, self.cons_length = distributions.text_lengths(self.rng)

    def finish(self) -> ReviewText:
        pros, cons = self.pros(), self.cons()
        # Headline and answers come from the same points as the text.
        headline = self.headline()
        answers = self.answers()
        return ReviewText(
            headline,
            pros,
            cons,
            answers,
            {strength.aspect for strength in self.strengths},
            {flaw.aspect for flaw in self.flaws},
        )

    # --- Sentences ---------------------------------------------------------------------------

    def fresh(self, pool: Iterable[str], again_after: int = AGAIN_AFTER) -> str | None:
        """A sentence of the pool that fits and was not said about this product before."""
        deck = self.writer.fragments(tuple(pool))
        for _ in range(TRIES):
            fragment = deck.deal(
                lambda text: text not in self.used and fits(text, self.conditions)
            )
            if fragment is None:
                return None
            sentence = fill(fragment, self.slots, self.rng)
            if self.writer.is_fresh(sentence, again_after):
                self.writer.said[sentence] = self.writer.written
                self.used.add(fragment)
                return sentence
        return None

    def from_deck(self, deck: Deck[str]) -> str | None:
        """The same for sentences that may come again: openings, verdicts and the like."""
        fragment = deck.deal(lambda text: fits(text, self.conditions))
        return fragment and fill(fragment, self.slots, self.rng)

    def last_resort(self, pool: Iterable[str]) -> str:
        """Said before or not: a very popular product has more reviews than there is to say."""
        fragment = self.writer.fragments(tuple(pool)).deal(
            lambda text: fits(text, self.conditions)
        )
        return fill(fragment or "The basics work.", self.slots, self.rng)

    def another_strength(self) -> str | None:
        taken = {strength.short for strength in self.strengths}
        for _ in range(TRIES):
            strength = self.writer.strengths.deal(lambda s: s.short not in taken)
            if strength and (sentence := self.fresh(strength.says)):
                self.strengths.append(strength)
                return sentence
        return None

    def another_flaw(self, *, complain: bool) -> str | None:
        taken = {flaw.short for flaw in self.flaws}
        for _ in range(TRIES):
            flaw = self.writer.flaws.deal(lambda f: f.short not in taken)
            pool = flaw and (flaw.complaints if complain else flaw.wishes)
            if flaw and pool and (sentence := self.fresh(pool)):
                self.flaws.append(flaw)
                return sentence
        return None

    # --- Pros and cons -----------------------------------------------------------------------

    def pros(self) -> str:
        sentences: list[str] = []
        if self.tier != "poor" and self.rng.random() < 0.24:
            self.add(sentences, self.from_deck(self.writer.contexts))
        self.add(sentences, self.praise() or self.last_resort(general.FAINT))
        while self.wants_more(sentences, self.pros_length, first=not self.strengths):
            if not self.add(sentences, self.praise()):
                break
        if self.tier == "great" and self.rng.random() < 0.12:
            self.add(sentences, self.from_deck(self.writer.closings))
        return self.unique(sentences, self.praise)

    def praise(self) -> str | None:
        if self.tier == "poor":
            return self.from_deck(self.writer.faint)
        # A second sentence about the same thing, now and then.
        if self.strengths and self.rng.random() < 0.2:
            again = self.fresh(self.strengths[-1].says)
            if again:
                return again
        return self.another_strength()

    def cons(self) -> str:
        sentences: list[str] = []
        if self.half_stars == 10 and self.rng.random() < 0.2:
            self.add(sentences, self.from_deck(self.writer.nothing))
        if not self.add(sentences, self.complaint()):
            excuses = general.VERDICTS if self.tier == "poor" else general.NOTHING_MUCH
            if not sentences:
                self.add(sentences, self.last_resort(excuses))
            self.add(sentences, self.from_deck(self.writer.tails))
        while self.wants_more(sentences, self.cons_length, first=not self.flaws):
            if not self.add(sentences, self.complaint()):
                break
        if self.tier == "poor" and self.rng.random() < 0.45:
            self.add(sentences, self.from_deck(self.writer.verdicts))
        return self.unique(sentences, self.complaint)

    def complaint(self) -> str | None:
        severity = {"great": 0.0, "good": 0.12, "mixed": 0.65, "poor": 1.0}[self.tier]
        # One real complaint is enough for somebody who gives four stars.
        if self.tier == "good" and self.flaws:
            severity = 0.0
        if self.rng.random() < severity:
            return self.another_flaw(complain=True)
        return self.qualified(self.another_flaw(complain=False))

    def qualified(self, wish: str | None) -> str | None:
        """A lead before it or a remark after it, now and then."""
        if not wish:
            return None
        if not self.flaws[1:] and self.rng.random() < 0.16:
            wish = after_connector(wish, self.rng.choice(general.LEADS), always=True)
        if self.rng.random() < 0.22:
            wish = f"{wish} {self.from_deck(self.writer.tails)}"
        return wish

    def wants_more(self, sentences: Sequence[str], length: float, first: bool) -> bool:
        written = sum(map(len, sentences))
        enough = 1 if self.tier == "poor" and first else 0
        if len(sentences) >= (2 if enough else MOST_SENTENCES):
            return False
        # Half a sentence too many is as good as half a sentence too few.
        return written + 45 < length

    @staticmethod
    def add(sentences: list[str], sentence: str | None) -> bool:
        if not sentence or sentence in sentences:
            return False
        sentences.append(sentence)
        return True

    def unique(self, sentences: list[str], more: Callable[[], str | None]) -> str:
        """Somebody else wrote just that: say one thing more."""
        text = self.joined(sentences)
        for _ in range(TRIES):
            if text not in self.writer.texts:
                break
            if not self.add(sentences, more()):
                self.add(sentences, self.from_deck(self.writer.tails))
            text = self.joined(sentences)
        self.writer.texts.add(text)
        return text

    def joined(self, sentences: list[str]) -> str:
        if len(sentences) >= 3 and self.rng.random() < 0.10:
            return "\n".join(f"- {sentence}" for sentence in sentences)
        text = sentences[0]
        for position, sentence in enumerate(sentences[1:], start=1):
            if position == 1 and len(sentence) > 50 and self.rng.random() < 0.08:
                sentence = after_connector(
                    sentence, self.rng.choice(("Also,", "And", "Besides,"))
                )
            newline = len(sentences) >= 3 and self.rng.random() < 0.14
            text += ("\n\n" if newline else " ") + sentence
        return text

    # --- Headline ----------------------------------------------------------------------------

    def headline(self) -> str:
        strengths, flaws = self.strengths, self.flaws
        slots = self.slots | {
            "s": strengths[0].short if strengths else "",
            "s2": strengths[1].short if len(strengths) > 1 else "",
            "f": flaws[0].short if flaws else "",
            "f2": flaws[1].short if len(flaws) > 1 else "",
        }
        slots["the_s"] = _definite(slots["s"])
        slots |= {"S": capitalised(slots["s"]), "F": capitalised(slots["f"])}
        deck = self.writer.headlines[self.tier]
        headline = ""
        for _ in range(HEADLINE_TRIES):
            line = deck.deal(lambda text: can_fill(text, slots))
            headline = fill(line or "{F}", slots, self.rng)
            if len(headline) <= 60 and self.writer.is_new_headline(headline):
                break
        return headline[: distributions.HEADLINE_MAX]

    # --- Answers -----------------------------------------------------------------------------

    def answers(self) -> dict[str, str]:
        asked = (
            key
            for key, share in distributions.ANSWER_FILL.items()
            if self.rng.random() < share
        )
        answered = {key: self.answer(key) for key in asked}
        return {key: text for key, text in answered.items() if text}

    def answer(self, key: str) -> str | None:
        topic = self.writer.subject.topic
        if key == "use_case":
            return self.fresh(topic.uses, ANSWERED_AGAIN_AFTER)
        if key == "how_it_helped":
            content = self.rng.random() < _SEES_A_GAIN[self.tier]
            return self.fresh(
                topic.results if content else questions.HELPED_LITTLE,
                ANSWERED_AGAIN_AFTER,
            )
        if key == "most_valuable":
            return self.most_valuable()
        if key == "needs_improvement":
            return self.needs_improvement()
        return self.opinion(key)

    def most_valuable(self) -> str | None:
        if not self.strengths:
            return None
        strength = self.rng.choice(self.strengths)
        more = self.fresh(strength.says)
        return f"{capitalised(strength.short)}. {more}" if more else None

    def needs_improvement(self) -> str | None:
        if self.tier == "poor":
            return self.another_flaw(complain=True)
        return self.another_flaw(complain=False)

    def opinion(self, key: str) -> str | None:
        pools: Mapping[str, tuple[str, ...]] = _OPINIONS[key]
        if "any" in pools:
            return self.fresh(self.possible(pools["any"]), ANSWERED_AGAIN_AFTER)
        criticised = key in {flaw.aspect for flaw in self.flaws}
        is_content = self.rng.random() < _CONTENT[self.tier][criticised]
        pool = self.possible(pools["good" if is_content else "bad"])
        return self.fresh(pool, ANSWERED_AGAIN_AFTER)

    def possible(self, pool: tuple[str, ...]) -> tuple[str, ...]:
        """Without the fragments that have a slot nothing can fill."""
        rivals = self.rng.sample(
            self.writer.subject.rivals, min(2, len(self.writer.subject.rivals))
        )
        extra = dict(zip(("rival", "rival2"), rivals, strict=False))
        if self.strengths:
            extra["s"] = self.strengths[0].short
        if self.flaws:
            extra["f"] = self.flaws[0].short
        self.slots |= extra
        return tuple(text for text in pool if can_fill(text, self.slots))


def _definite(short: str) -> str:
    """With its article; empty where none would do."""
    first, _, rest = short.partition(" ")
    if first in ("a", "an"):
        return f"the {rest}"
    return "" if first in ("", "one", "no", "every", "set", "never") else f"the {short}"


# How likely an answer is a content one; the second where the review criticises just that.
_CONTENT = {
    "great": (1.0, 1.0),
    "good": (0.95, 0.7),
    "mixed": (0.55, 0.1),
    "poor": (0.1, 0.0),
}
_SEES_A_GAIN = {"great": 1.0, "good": 1.0, "mixed": 0.5, "poor": 0.05}
_OPINIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "stability": questions.STABILITY,
    "scalability": questions.SCALABILITY,
    "support": questions.SUPPORT,
    "setup": questions.SETUP,
    "roi": questions.ROI,
    "pricing": questions.PRICING,
    "previous_solution": questions.PREVIOUS,
    "alternatives": questions.ALTERNATIVES,
    "advice": questions.ADVICE,
}
