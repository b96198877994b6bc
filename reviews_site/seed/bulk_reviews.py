"""Lines of reviews for COPY, made in worker processes: no database here."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from random import Random

from reviews_site.seed import distributions as d
from reviews_site.seed import organisations, people
from reviews_site.seed.bulk_text import TopicTexts, all_texts, tiers

# One review in fifty answers a question.
ANSWER_SHARE = 0.02
# Facets are dealt from a prepared table: a power of two, so that random bits are the index.
DEALT = 4096
_DRAW_BITS = 12
LATEST_DAYS = 2


@dataclass(frozen=True, slots=True)
class ProductPart:
    product_id: int
    topic: int
    count: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A few products and all that a worker needs to write their reviews."""

    seed: int
    number: int
    parts: tuple[ProductPart, ...]
    first_review_id: int
    first_author_id: int
    authors: int
    question_id: int
    now: datetime.datetime


@dataclass(frozen=True, slots=True)
class Lines:
    reviews: str
    answers: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tables:
    texts: list[TopicTexts]
    # Function, seniority, size, industry, country, usage, relationship, incentive, source, anonymous, method.
    facets: list[tuple[str, ...]]
    tiers: list[str]


COLUMNS = (
    "id", "public_id", "product_id", "author_id", "status", "headline", "pros", "cons", "half_stars", "ease_of_use",
    "features", "support", "value", "would_recommend", "perspective", "display_name", "job_function", "seniority",
    "company_size", "industry", "country", "usage_duration", "last_used_on", "deployment", "relationship", "incentive",
    "source", "is_anonymous", "verification_method", "verified_on", "submitted_at", "published_at", "version",
)  # fmt: skip
ANSWER_COLUMNS = ("review_id", "question_id", "text")


@lru_cache(maxsize=1)
def _tables(seed: int) -> _Tables:
    rng = Random(f"{seed}:facets")
    return _Tables(all_texts(seed), [_facets(rng) for _ in range(DEALT)], tiers())


def _facets(rng: Random) -> tuple[str, ...]:
    source = "invited" if rng.random() < d.INVITED_SHARE else "organic"
    incentive = "gift" if source == "invited" and rng.random() < 0.45 else "none"
    return (
        d.weighted(people.JOB_FUNCTION, rng),
        d.weighted(people.SENIORITY, rng),
        d.weighted(organisations.SIZE, rng),
        d.weighted(organisations.INDUSTRY, rng),
        d.weighted(organisations.COUNTRY, rng),
        d.weighted(d.USAGE_DURATION, rng),
        d.weighted(d.RELATIONSHIP, rng),
        incentive,
        source,
        "t" if rng.random() < d.ANONYMOUS_SHARE else "f",
        d.weighted(d.VERIFICATION, rng),
        d.weighted(d.PERSPECTIVE, rng),
    )


def write_chunk(chunk: Chunk) -> Lines:
    return _Writer(chunk).lines()


class _Writer:
    def __init__(self, chunk: Chunk) -> None:
        self.chunk, self.rng = chunk, Random(f"{chunk.seed}:chunk:{chunk.number}")
        self.tables = _tables(chunk.seed)
        self.midnight = chunk.now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.reviews: list[str] = []
        self.answers: list[str] = []

    def lines(self) -> Lines:
        for part in self.chunk.parts:
            self.product(part)
        return Lines("".join(self.reviews), "".join(self.answers), len(self.reviews))

    def product(self, part: ProductPart) -> None:
        rng, texts = self.rng, self.tables.texts[part.topic]
        mean = rng.gauss(0, sqrt(d.PRODUCT_SHARE_OF_VARIANCE))
        listed = rng.uniform(0.6, d.YEARS) * 365
        for author_id in self.authors(part.count):
            self.review(part.product_id, author_id, mean, listed, texts)

    def authors(self, count: int) -> Sequence[int]:
        """Different members: a block of them, from anywhere, around the end."""
        start, members = self.rng.randrange(self.chunk.authors), self.chunk.authors
        first = self.chunk.first_author_id
        return [first + (start + step) % members for step in range(count)]

    def review(
        self,
        product_id: int,
        author_id: int,
        mean: float,
        listed: float,
        texts: TopicTexts,
    ) -> None:
        rng = self.rng
        bits = rng.getrandbits
        liking = mean + rng.gauss(0, sqrt(1 - d.PRODUCT_SHARE_OF_VARIANCE))
        stars = d.half_stars_for(liking)
        tier = self.tables.tiers[stars]
        (function, seniority, size, industry, country, usage, relationship, incentive, source, anonymous, method,
         perspective) = self.tables.facets[bits(_DRAW_BITS)]  # fmt: skip
        day = self.midnight - datetime.timedelta(
            days=LATEST_DAYS + int(listed * rng.random() ** 1.5)
        )
        on = day.date().isoformat()
        submitted = f"{on} {6 + bits(3):02}:{rng.randrange(60):02}:00+00"
        published = f"{on} {15 + bits(3):02}:{rng.randrange(60):02}:00+00"
        id = self.chunk.first_review_id + len(self.reviews)
        name = "" if anonymous == "t" else f"Demo Member {author_id}"
        subs = "\t".join([self.sub_rating(stars) for _ in range(4)])
        self.reviews.append(
            f"{id}\t{_uuid(bits(128))}\t{product_id}\t{author_id}\tpublished\t{rng.choice(texts.headlines[tier])}\t"
            f"{self.pros(tier, texts)}\t{self.cons(tier, texts)}\t{stars}\t{subs}\t{min(10, stars + bits(1))}\t"
            f"{perspective}\t{name}\t{function}\t{seniority}\t{size}\t{industry}\t{country}\t{usage}\t{on}\t\t"
            f"{relationship}\t{incentive}\t{source}\t{anonymous}\t{method}\t{on}\t{submitted}\t{published}\t1\n"
        )  # fmt: skip
        if rng.random() < ANSWER_SHARE:
            self.answers.append(
                f"{id}\t{self.chunk.question_id}\t{rng.choice(texts.uses)}\n"
            )

    def sub_rating(self, stars: int) -> str:
        if self.rng.random() < 0.2:
            return r"\N"
        return str(max(1, min(10, stars + self.rng.randint(-2, 2))))

    def pros(self, tier: str, texts: TopicTexts) -> str:
        pool = texts.faint if tier == "poor" else texts.strengths
        return " ".join(self.rng.sample(pool, 2))

    def cons(self, tier: str, texts: TopicTexts) -> str:
        pool = texts.complaints if tier in ("poor", "mixed") else texts.wishes
        return " ".join(self.rng.sample(pool, 1 + self.rng.getrandbits(1)))


def _uuid(bits: int) -> str:
    """Version 4, as Postgres reads it without dashes."""
    digits = f"{bits:032x}"
    return f"{digits[:12]}4{digits[13:16]}a{digits[17:]}"
