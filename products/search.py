"""Products by what they are called and said to be: words, beginnings of words, and names with a typing error.

At most the first 400 matches are ranked, so that a word which half the catalogue contains costs what a rare one does.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    TrigramWordSimilarity,
)
from django.db import connection
from django.db.models import BooleanField, CharField, F, Func, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.text import slugify

from products.models import Category, Product, Vendor
from products.rows import RowKey
from reviews_site.lib.prepared import Prepared

LONGEST_QUERY = 100
MOST_RANKED = 400
PAGE_SIZE = 20
MOST_PREFIXED = 100
FEW = 5
MOST_SIMILAR = 10
# Names that are compared with what was typed: one costs as much as two matches.
MOST_COMPARED = 300
MOST_PLACES = 4
# By the weights A (name), B (vendor, categories, other names), C (summary), D (description), in Postgres' order D to A.
WEIGHTS = [0.05, 0.15, 0.5, 1.0]
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


class StartsWith(Func):
    """Unlike LIKE 'x%', the trigram index can't serve it: Postgres takes the one on beginnings, a tenth of the cost."""

    function = "starts_with"
    output_field = BooleanField()


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
# Of the rows of a page: of the first, of the last, and how many.
FIRST, LAST, ROWS = "{first}", "{last}", "{rows}"

# Few matches are looked up in the ratings: those that are, by name and words, as good as the last one of the page.
BEST = """
WITH found (id, updated_at, lower_name, rank) AS MATERIALIZED ({}), near AS MATERIALIZED (
    -- 2: the very name; 1: the name begins with it; 0: the words are somewhere.
    SELECT *, CASE WHEN lower_name = %s THEN 2 WHEN starts_with(lower_name, %s) THEN 1 ELSE 0 END AS nearness FROM found
), last AS (
    SELECT nearness, rank FROM near ORDER BY nearness DESC, rank DESC OFFSET %s LIMIT 1
)
SELECT near.id, near.updated_at, rating.refreshed_at, (SELECT count(*) FROM found)
FROM near LEFT JOIN reviews_productrating AS rating ON rating.product_id = near.id
WHERE NOT (nearness, rank) < ANY (SELECT nearness, rank FROM last)
ORDER BY nearness DESC, rank DESC, rating.score DESC NULLS LAST, near.id OFFSET %s LIMIT %s
"""


def finished() -> QuerySet:
    return _candidates(words(WORDS))


def going_on() -> QuerySet:
    unfinished = SearchQuery(UNFINISHED, config=ENGLISH, search_type="raw")
    return _candidates(words(WORDS) | unfinished)


def _candidates(query: SearchQuery) -> QuerySet:
    """Those whose name begins so, and those that hold the words; both within what Postgres ranks in milliseconds."""
    rank = SearchRank(F("search_vector"), query, weights=WEIGHTS)
    products = Product.objects.visible().order_by()
    named = products.annotate(lower_name=Lower("name"), rank=rank)
    columns = named.values_list("id", "updated_at", "lower_name", "rank")
    by_name = columns.filter(StartsWith(Lower("name"), Value(TYPED)))
    by_words = columns.filter(search_vector=query)
    # "c" begins thousands of names; the words find the one that is called just that.
    return by_name[:MOST_PREFIXED].union(by_words[: MOST_RANKED + 1], all=False)


MARKS = (TYPED, TYPED, LAST, FIRST, ROWS)
FINISHED = Prepared(finished, BEST, MARKS)
GOING_ON = Prepared(going_on, BEST, MARKS)


def matches(asked: str, page: int) -> tuple[list[RowKey], int]:
    unfinished = _unfinished(asked)
    first = (page - 1) * PAGE_SIZE
    found = (GOING_ON if unfinished else FINISHED).rows(
        {
            TYPED: asked.lower(),
            WORDS: asked,
            UNFINISHED: unfinished,
            FIRST: first,
            LAST: first + PAGE_SIZE - 1,
            ROWS: PAGE_SIZE,
        }
    )
    total = min(found[0][-1], MOST_RANKED + 1) if found else 0
    return [RowKey(*row[:-1]) for row in found], total


_MOST_ALIKE = """
WITH alike (id, updated_at, likeness) AS (
    SELECT * FROM ({}) AS found (id, updated_at, likeness) ORDER BY likeness DESC, id LIMIT %s
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


_SIMILAR = Prepared(_alike, _MOST_ALIKE, (ROWS,), planned=True)


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
    vendors = Vendor.objects.filter(slug__startswith=SLUG)
    both = [
        group.annotate(kind=Value(kind, CharField()))
        .order_by("name")
        .values_list("kind", "slug", "name")[:MOST_PLACES]
        for kind, group in (("category", categories), ("vendor", vendors))
    ]
    return both[0].union(both[1], all=True).order_by("kind", "name")


_PLACES = Prepared(_places)


def places(asked: str) -> list[tuple[Any, ...]]:
    """(kind, slug, name), in one query."""
    like = connection.ops.prep_for_like_query(asked)
    # No slug begins with a space: what has no letters finds no vendor.
    return _PLACES.rows(
        {f"%{TYPED}%": f"%{like}%", f"{SLUG}%": f"{slugify(asked) or ' '}%"}
    )
