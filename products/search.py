"""Products by what they are called and said to be: words, beginnings of words, and names with a typing error.

At most the first 1,000 matches are ranked, so that a word which half the catalogue contains costs what a rare one does.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    TrigramWordSimilarity,
)
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    Func,
    Value,
    When,
    Window,
)
from django.db.models.functions import Lower
from django.utils.text import slugify

from products.models import Category, Product, Vendor
from products.rows import KEY_COLUMNS, RowKey

LONGEST_QUERY = 100
MOST_RANKED = 1000
PAGE_SIZE = 20
MOST_PREFIXED = 100
FEW = 5
MOST_SIMILAR = 10
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


def _last_word_unfinished(text: str) -> SearchQuery | None:
    """The same words, the last of which may go on: what somebody means who is still typing."""
    typed = re.findall(r"\w+", plain(text).lower())
    if not typed or len(typed[-1]) < 2 or re.search(r'["\-]|\bor\b', text.lower()):
        return None
    unfinished = " & ".join(typed) + ":*"
    return SearchQuery(unfinished, config=ENGLISH, search_type="raw")


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


def matches(asked: str, page: int) -> tuple[list[RowKey], int]:
    products = Product.objects.visible()
    query = words(asked)
    unfinished = _last_word_unfinished(asked)
    if unfinished is not None:
        query = query | unfinished
    by_words = products.filter(search_vector=query).order_by().values("pk")
    by_name = (
        products.filter(StartsWith(Lower("name"), Value(asked.lower())))
        .order_by()
        .values("pk")
    )
    # "c" begins thousands of names; the words find the one that is called just that.
    candidates = by_name[:MOST_PREFIXED].union(by_words[: MOST_RANKED + 1], all=False)
    first = (page - 1) * PAGE_SIZE
    rows = (
        Product.objects.filter(pk__in=candidates)
        .alias(lower_name=Lower("name"))
        .alias(closeness=_closeness(asked))
        .alias(rank=SearchRank(F("search_vector"), query, weights=WEIGHTS))
        .annotate(total=Window(Count("pk")))
        .order_by("-closeness", "-rank", F("rating__score").desc(nulls_last=True), "pk")
        .values_list(*KEY_COLUMNS, "total")[first : first + PAGE_SIZE]
    )
    found = list(rows)
    total = min(found[0][-1], MOST_RANKED + 1) if found else 0
    return [RowKey(*row[:-1]) for row in found], total


def _closeness(asked: str) -> Case:
    """2: the very name; 1: the name begins with it; 0: the words are somewhere."""
    return Case(
        When(lower_name=asked.lower(), then=Value(2)),
        When(lower_name__startswith=asked.lower(), then=Value(1)),
        default=Value(0),
    )


def similar_names(asked: str, found: set[int]) -> list[RowKey]:
    """Names with a word like the one asked for: "saleforse" finds Salesforce."""
    name = Lower("name")
    candidates = (
        Product.objects.visible()
        .exclude(pk__in=found)
        .alias(lower_name=name)
        .filter(lower_name__trigram_word_similar=asked.lower())
        .values("pk")[:MOST_RANKED]
    )
    rows = (
        Product.objects.filter(pk__in=candidates)
        .alias(likeness=TrigramWordSimilarity(asked.lower(), name))
        .order_by("-likeness", "pk")
        .values_list(*KEY_COLUMNS)[:MOST_SIMILAR]
    )
    return [RowKey(*row) for row in rows]


def places(asked: str) -> list[tuple[str, str, str]]:
    """(kind, slug, name), in one query: categories whose name contains it, vendors whose name begins with it.

    A slug is made from the name and has an index on its beginning; the name has none.
    """
    categories = Category.objects.filter(name__icontains=asked, product_count__gt=0)
    # No slug begins with a space: what has no letters finds no vendor.
    vendors = Vendor.objects.filter(slug__startswith=slugify(asked) or " ")
    both = [
        group.annotate(kind=Value(kind, CharField()))
        .order_by("name")
        .values_list("kind", "slug", "name")[:MOST_PLACES]
        for kind, group in (("category", categories), ("vendor", vendors))
    ]
    return list(both[0].union(both[1], all=True).order_by("kind", "name"))
