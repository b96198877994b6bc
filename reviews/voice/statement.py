"""Counting in SQL: Postgres' own parser and English stems, over the published reviews that carry weight in the score.

A phrase is one stem, or two that stand side by side in a clause, or with a word like "of" between them. A sentence is known by one number: review, part of the review, place in the part.
"""

import datetime
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from reviews import scoring
from reviews.cards import SUB_RATINGS
from reviews.models import Question, Review
from reviews.voice import words

PRAISE, CRITICISM = "praise", "criticism"
SIDES = (PRAISE, CRITICISM)
TITLES = {PRAISE: "What people praise", CRITICISM: "What people criticise"}
# Pros and cons are the first two parts of a review; the answers follow in the order of their questions' keys.
_PARTS, _SENTENCES = 10_000, 10_000
_REVIEW = _PARTS * _SENTENCES


@dataclass(frozen=True)
class Subject:
    """Of whom the voice is: a product, or all products of a vendor."""

    key: int
    product_ids: Sequence[int]
    # Its own names are no praise.
    names: Collection[str] = ()


class Counted(NamedTuple):
    """A review that is counted."""

    subject: int
    id: int
    public_id: uuid.UUID
    product_id: int
    perspective: str
    day: datetime.date
    # The overall rating, then reviews.cards.SUB_RATINGS; half stars.
    ratings: tuple[int | None, ...]


class Occurrences(NamedTuple):
    """Where a subject's reviews say something; `text` in the wording that is used most."""

    subject: int
    side: str
    phrase: str
    text: str
    sentences: frozenset[int]


class Said(NamedTuple):
    """A sentence, and the words in it that are the phrase."""

    sentence: int
    phrase: str
    text: str
    words: str


def review_of(sentence: int) -> int:
    return sentence // _REVIEW


def counted_reviews() -> tuple[str, tuple]:
    """By customers, verified: as in the score. Who resells a product or was imported is shown and not counted."""
    return (
        Review.objects.published()
        .filter(
            relationship__in=scoring.RELATIONSHIP_WEIGHTS,
            source__in=scoring.SOURCE_WEIGHTS,
        )
        .values("id", "public_id", "product_id", "published_at", "perspective",
                "half_stars", *SUB_RATINGS, "pros", "cons")
        .query.sql_with_params()
    )  # fmt: skip


_PICKED = """
wanted AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS wanted (subject, product_id, names)
), newest AS (
    SELECT wanted.subject, wanted.names, r.*, row_number() OVER (
        PARTITION BY wanted.subject ORDER BY r.published_at DESC, r.id DESC) AS place
    FROM wanted CROSS JOIN LATERAL (
        SELECT * FROM ({counted}) counted WHERE counted.product_id = wanted.product_id
        ORDER BY published_at DESC, id DESC LIMIT %s
    ) r
), picked AS MATERIALIZED (SELECT * FROM newest WHERE place <= %s)
"""


@dataclass(frozen=True)
class Picked:
    """The newest counted reviews of each product, and of those the newest of each subject."""

    subjects: Sequence[Subject]
    of_each_product: int
    of_each_subject: int

    def sql(self) -> tuple[str, list]:
        sql, parameters = counted_reviews()
        pairs = [(s, product) for s in self.subjects for product in s.product_ids]
        return _PICKED.format(counted=sql), [
            [subject.key for subject, _ in pairs],
            [product for _, product in pairs],
            [own_names(subject.names) for subject, _ in pairs],
            *parameters,
            self.of_each_product,
            self.of_each_subject,
        ]


def own_names(names: Iterable[str]) -> str:
    """A regular expression; "" for none. Long names first: "Ledger Cloud" before "Ledger"."""
    known = sorted({name.strip() for name in names} - {""}, key=lambda n: (-len(n), n))
    either = "|".join(re.escape(name) for name in known)
    return rf"(?<!\w)(?:{either})(?!\w)" if either else ""


def counted(picked: Picked) -> list[Counted]:
    sql, parameters = picked.sql()
    columns = ", ".join(("half_stars", *SUB_RATINGS))
    rows = _rows(
        f"""
        WITH {sql}
        SELECT subject, id, public_id, product_id, perspective, (published_at AT TIME ZONE 'UTC')::date, {columns}
        FROM picked ORDER BY id
        """,
        parameters,
    )
    return [Counted._make((*row[:6], row[6:])) for row in rows]


_TOKENS = f"""
texts AS (
    SELECT subject, names, id, '{PRAISE}' AS side, 0 AS part, pros AS text FROM picked
    UNION ALL SELECT subject, names, id, '{CRITICISM}', 1, cons FROM picked
    UNION ALL SELECT subject, names, picked.id, questions.side, questions.part, answer.text
    FROM picked JOIN reviews_answer answer ON answer.review_id = picked.id
    JOIN unnest(%s::bigint[], %s::text[], %s::int[]) AS questions (id, side, part) ON questions.id = answer.question_id
), sentences AS (
    SELECT subject, side, id * {_REVIEW} + part * {_SENTENCES} + place AS sentence, sentence.text,
        CASE names WHEN '' THEN sentence.text ELSE regexp_replace(sentence.text, names, ' | ', 'gi') END AS read
    FROM texts CROSS JOIN LATERAL regexp_split_to_table(text, %s) WITH ORDINALITY AS sentence (text, place)
    {{only}}
), tokens AS MATERIALIZED (
    -- A stop word has no stem, and what ends a clause is not even a word.
    SELECT subject, side, sentence, place, CASE WHEN kind = ANY(%s) THEN token END AS word,
        CASE WHEN kind = ANY(%s) AND length(token) BETWEEN {words.SHORTEST_WORD} AND {words.LONGEST_WORD}
            AND lower(token) <> ALL(%s) THEN (ts_lexize('english_stem', token))[1] END AS stem
    FROM sentences CROSS JOIN LATERAL ts_parse('default', read) WITH ORDINALITY AS parsed (kind, token, place)
    WHERE kind <> ALL(%s) AND (kind <> {words.BLANK_KIND} OR token ~ %s)
), runs AS MATERIALIZED (
    SELECT tokens.*, lead(word) OVER ahead AS word_1, lead(stem) OVER ahead AS stem_1,
        lead(word, 2) OVER ahead AS word_2, lead(stem, 2) OVER ahead AS stem_2,
        row_number() OVER ahead = 1 AS is_first
    FROM tokens WINDOW ahead AS (PARTITION BY sentence ORDER BY place)
), spoken AS (
    SELECT subject, side, sentence, is_first, stem AS phrase, word AS words FROM runs WHERE stem IS NOT NULL
    UNION ALL
    SELECT subject, side, sentence, is_first, stem || ' ' || stem_1, word || ' ' || word_1
    FROM runs WHERE stem IS NOT NULL AND stem_1 <> stem
    UNION ALL
    SELECT subject, side, sentence, is_first, stem || ' ' || stem_2, word || ' ' || word_1 || ' ' || word_2
    FROM runs WHERE stem IS NOT NULL AND lower(word_1) = ANY(%s) AND stem_2 <> stem
)
"""


_SIDE_OF = dict.fromkeys(words.PRAISING_QUESTIONS, PRAISE) | dict.fromkeys(
    words.CRITICISING_QUESTIONS, CRITICISM
)


def _tokens_parameters(*only: Sequence[int]) -> list:
    questions = Question.objects.filter(key__in=_SIDE_OF).order_by("key")
    asked = [
        (pk, _SIDE_OF[key], part)
        for part, (pk, key) in enumerate(questions.values_list("pk", "key"), start=2)
    ]
    return [
        *([row[column] for row in asked] for column in range(3)),
        words.SENTENCE_END,
        *only,
        list(words.WORD_KINDS),
        list(words.WORD_KINDS),
        list(words.HOUSE_STOP_WORDS),
        list(words.PART_KINDS),
        words.CLAUSE_END,
        list(words.LINKS),
    ]


# The first word of a sentence has a capital that isn't its own.
_WORDING = """
CASE WHEN is_first AND words ~ '^[[:upper:]][[:lower:]]' THEN lower(left(words, 1)) || substr(words, 2) ELSE words END
"""


def occurrences(
    picked: Picked,
    *,
    at_least: int,
    share: float = 0.0,
    among: Collection[str] | None = None,
) -> list[Occurrences]:
    """Phrases that stand in at least so many of a subject's reviews and so large a share of them."""
    sql, parameters = picked.sql()
    among_these = "" if among is None else "WHERE phrase = ANY(%s)"
    rows = _rows(
        f"""
        WITH {sql}, {_TOKENS.format(only="")}, sizes AS (SELECT subject, count(*) AS size FROM picked GROUP BY subject)
        SELECT subject, side, phrase, mode() WITHIN GROUP (ORDER BY ({_WORDING}) COLLATE "C"),
            array_agg(DISTINCT sentence)
        FROM spoken JOIN sizes USING (subject) {among_these} GROUP BY subject, side, phrase
        HAVING count(DISTINCT sentence / {_REVIEW}) >= greatest(%s, ceil(%s * min(size)))
        ORDER BY subject, side, phrase COLLATE "C"
        """,
        [
            *parameters,
            *_tokens_parameters(),
            *([] if among is None else [sorted(among)]),
            at_least,
            share,
        ],
    )
    return [Occurrences._make((*row[:4], frozenset(row[4]))) for row in rows]


def said(sentences: Collection[int], phrases: Collection[str]) -> list[Said]:
    """These sentences, with their words for each of these phrases that is in them."""
    sql, parameters = counted_reviews()
    only = f"WHERE id * {_REVIEW} + part * {_SENTENCES} + place = ANY(%s)"
    rows = _rows(
        f"""
        WITH picked AS (
            SELECT 0 AS subject, '' AS names, counted.* FROM ({sql}) counted WHERE id = ANY(%s)
        ), {_TOKENS.format(only=only)}
        SELECT sentence, phrase, min(text), min(words COLLATE "C")
        FROM spoken JOIN sentences USING (sentence) WHERE phrase = ANY(%s)
        GROUP BY sentence, phrase
        """,
        [
            *parameters,
            sorted({review_of(sentence) for sentence in sentences}),
            *_tokens_parameters(sorted(sentences)),
            sorted(phrases),
        ],
    )
    return [Said(*row) for row in rows]


def be_patient() -> None:
    """For the worker's transaction; compiling just in time costs more than it saves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
        )


def _rows(sql: str, parameters: Sequence) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
