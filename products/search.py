"""Products by what they are called and said to be: words, beginnings of words, and names with a typing error.

At most the first 400 matches are ranked, so that a word which half the catalogue contains costs what a rare one does.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db import connection
from django.db.models import BooleanField, CharField, F, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.text import slugify

from products.models import Category, NameWords, Product, Vendor
from products.rows import RowKey
from reviews_site.lib.prepared import Prepared

LONGEST_QUERY = 100
MOST_RANKED = 400
PAGE_SIZE = 20
FEW = 5
MOST_SIMILAR = 10
# Names that are compared with what was typed: one costs as much as two matches.
MOST_COMPARED = 300
MOST_PLACES = 4
ENGLISH = "english"


def plain(text: str) -> str:
    """Without accents, as the generated column is; without characters that Postgres or a reader can't take."""
    decomposed = unicodedata.normalize("NFKD", text)
    kept = (c for c in decomposed if not "\u0300" <= c <= "\u036f")
    printable = (" " if unicodedata.category(c).startswith("C") else c for c in kept)
    return " ".join("".join(printable).split())


def words(text: str) -> SearchQuery:
    """Quotation marks, "or" and a minus sign mean what they mean elsewhere on the web."""
    return SearchQuery(plain(text), config=ENGLISH, search_type="websearch")


def _unfinished(text: str) -> str:
    """The same words, the last of which may go on: what somebody means who is still typing. Empty if it can't."""
    typed = re.findall(r"\w+", plain(text).lower())
    if not typed or len(typed[-1]) < 2 or re.search(r'["\-]|\bor\b', text.lower()):
        return ""
    return " & ".join(typed) + ":*"


@dataclass
class Found:
    keys: list[RowKey]
    total: int
    """Of all pages; MOST_RANKED + 1 stands for "more than we count"."""
    similar: list[RowKey] = field(default_factory=list)
    vendors: list[tuple[str, str]] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)


def search(text: str, page: int = 1) -> Found:
    """At most three queries: the page of matches, similar names where few matched, vendors and categories."""
    asked = plain(text)
    keys, total = matches(asked, page) if asked else ([], 0)
    found = Found(keys, total)
    if asked and page == 1:
        if total < FEW:
            found.similar = similar_names(asked, {key.id for key in keys})
        for kind, slug, name in places(asked):
            (found.vendors if kind == "vendor" else found.categories).append(
                (slug, name)
            )
    return found


# Marks of what somebody typed: in small letters, as words, as words of which the last may go on, as a slug.
TYPED, WORDS, UNFINISHED, SLUG = "{typed}", "{words}", "{unfinished}", "{slug}"
# What comes after all that begins with it, byte by byte as in the indexes on beginnings: of what was typed, of the slug.
END, SLUG_END = "{end}", "{slug end}"
LAST_CHARACTER = "\U0010ffff"
# Of the rows of a page: of the first, of the last, and how many.
FIRST, LAST, ROWS = "{first}", "{last}", "{rows}"

# First those whose name begins so, then those with the words in their name, with the words anywhere, with a word that goes on:
# who finds no more room among MOST was less likely meant. Each is looked at once, for words and rank together; scores are
# looked up only of those that are, by name and rank, as good as the last one of the page.
# By the weights A (name), B (vendor, categories, other names), C (summary), D (description), in Postgres' order D to A.
_RANK = (
    "ts_rank(ARRAY[0.05, 0.15, 0.5, 1.0]::real[], vector, (SELECT asked FROM query))"
)
_MATCHES = """
WITH shown (id, updated_at, name, vector, title) AS NOT MATERIALIZED ({}), query (words, asked, is_frequent) AS MATERIALIZED (
    SELECT words, words || to_tsquery('english', {unfinished}),
        EXISTS (SELECT FROM products_frequentword WHERE lexeme = words::text)
    FROM websearch_to_tsquery('english', {words}) AS words
), named AS MATERIALIZED (
    (
        -- 2: the very name; 1: the name begins with it; 0: the words are somewhere.
        SELECT id, updated_at, CASE WHEN name = {typed} THEN 2 ELSE 1 END AS nearness, RANK AS rank FROM shown
        WHERE name ~>=~ {typed} AND name ~<~ {end} ORDER BY name USING ~<~ LIMIT MOST
    ) UNION ALL (
        -- ts_match_vq is @@ without the index. A word that is left out may stand elsewhere than in the name.
        SELECT id, updated_at, 0, RANK FROM shown
        WHERE title @@ (SELECT asked FROM query) AND ts_match_vq(vector, (SELECT asked FROM query))
            AND NOT starts_with(name, {typed}) LIMIT MOST
    ) LIMIT MOST
), found AS MATERIALIZED (
    SELECT * FROM named UNION ALL (
        SELECT id, updated_at, 0, RANK FROM shown
        WHERE (SELECT is_frequent FROM query) AND ts_match_vq(vector, (SELECT words FROM query))
            AND id NOT IN (SELECT id FROM named) ORDER BY id LIMIT MOST
    ) UNION ALL (
        SELECT id, updated_at, 0, RANK FROM shown
        WHERE NOT (SELECT is_frequent FROM query) AND vector @@ (SELECT words FROM query)
            AND id NOT IN (SELECT id FROM named) LIMIT MOST
    ) UNION ALL (
        -- Half: a whole word is more likely meant than one that goes on.
        SELECT id, updated_at, 0, RANK / 2 FROM shown
        WHERE vector @@ (SELECT asked FROM query) AND NOT vector @@ (SELECT words FROM query)
            AND id NOT IN (SELECT id FROM named) LIMIT MOST
    ) LIMIT MOST
), last AS (
    SELECT nearness, rank FROM found ORDER BY nearness DESC, rank DESC OFFSET {last} LIMIT 1
)
SELECT found.id, found.updated_at, rating.refreshed_at, (SELECT count(*) FROM found)
FROM found LEFT JOIN reviews_productrating AS rating ON rating.product_id = found.id
WHERE NOT (nearness, rank) < ANY (SELECT nearness, rank FROM last)
ORDER BY nearness DESC, rank DESC, rating.score DESC NULLS LAST, found.id OFFSET {first} LIMIT {rows}
"""


def _shown() -> QuerySet:
    products = Product.objects.visible().order_by()
    vectors = (F("search_vector"), NameWords("search_vector"))
    return products.values_list("id", "updated_at", Lower("name"), *vectors)


def ranking(most: int) -> Prepared:
    sql = _MATCHES.replace("RANK", _RANK).replace("MOST", str(most))
    return Prepared(_shown, sql, planned=True)


# One more than are shown says that there are more.
MATCHES = ranking(MOST_RANKED + 1)


def matches(asked: str, page: int) -> tuple[list[RowKey], int]:
    first = (page - 1) * PAGE_SIZE
    found = MATCHES.rows(
        {
            TYPED: asked.lower(),
            WORDS: asked,
            UNFINISHED: _unfinished(asked),
            FIRST: first,
            LAST: first + PAGE_SIZE - 1,
            ROWS: PAGE_SIZE,
            END: asked.lower() + LAST_CHARACTER,
        }
    )
    total = found[0][-1] if found else 0
    return [RowKey(*row[:-1]) for row in found], total


_MOST_ALIKE = """
WITH alike (id, updated_at, likeness) AS (
    SELECT * FROM ({}) AS found (id, updated_at, likeness) ORDER BY likeness DESC, id LIMIT {rows}
)
SELECT alike.id, alike.updated_at, rating.refreshed_at
FROM alike LEFT JOIN reviews_productrating AS rating ON rating.product_id = alike.id
ORDER BY likeness DESC, alike.id
"""


def _alike() -> QuerySet:
    name = Lower("name")
    products = Product.objects.visible().order_by().alias(lower_name=name)
    alike = products.filter(lower_name__trigram_word_similar=TYPED)
    likeness = TrigramWordSimilarity(TYPED, name)
    return alike.values_list("id", "updated_at", likeness)[:MOST_COMPARED]


# Not planned once: how best to compare depends on how many names are like it.
_SIMILAR = Prepared(_alike, _MOST_ALIKE)


def similar_names(asked: str, found: set[int]) -> list[RowKey]:
    """Names with a word like the one asked for: "saleforse" finds Salesforce."""
    rows = _SIMILAR.rows({TYPED: asked.lower(), ROWS: MOST_SIMILAR + len(found)})
    keys = (RowKey(*row) for row in rows)
    return [key for key in keys if key.id not in found][:MOST_SIMILAR]


def _places() -> QuerySet:
    """Categories whose name contains it, vendors whose slug begins with it.

    A slug is made from the name and has an index on its beginning; the name has none.
    """
    categories = Category.objects.filter(name__icontains=TYPED, product_count__gt=0)
    begins = RawSQL(
        "slug ~>=~ %s AND slug ~<~ %s", (SLUG, SLUG_END), output_field=BooleanField()
    )
    vendors = Vendor.objects.filter(begins)
    both = [
        group.annotate(kind=Value(kind, CharField()))
        .order_by("name")
        .values_list("kind", "slug", "name")[:MOST_PLACES]
        for kind, group in (("category", categories), ("vendor", vendors))
    ]
    return both[0].union(both[1], all=True).order_by("kind", "name")


_PLACES = Prepared(_places, planned=True)


def places(asked: str) -> list[tuple[Any, ...]]:
    """(kind, slug, name), in one query."""
    like = connection.ops.prep_for_like_query(asked)
    # No slug begins with a space: what has no letters finds no vendor.
    slug = slugify(asked) or " "
    return _PLACES.rows(
        {f"%{TYPED}%": f"%{like}%", SLUG: slug, SLUG_END: slug + LAST_CHARACTER}
    )
