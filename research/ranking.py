"""The ranking of a category, from all its reviews or from those that a reader selected.

Page, guide, PDF and API ask ranking_of(), so a selection has the same figures on all of them. Without a selection it
reads stored ratings; with one it computes the figures from the matching reviews and keeps them for a few minutes.
"""

import datetime
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from products.categories import CategoryTree, Node
from products.listing import Products
from products.models import Category, Product, ProductCategory
from products.rankings import shared_ranks
from products.rows import RowKey
from research.selection import FACETS, Selection
from reviews.ratings import (
    Figures,
    Remaining,
    figures_of_matching,
    remaining_by_choice,
)
from reviews_site.lib.kept_values import kept_value

RANKED = 100
UNRANKED = 30
KEPT_FOR = 300
# 200,000 reviews take Postgres a second; a category above that is too wide to compare within anyway.
LARGEST = 20_000


class TooWide(Exception):
    """The sentence for whoever filters a category of more products than that."""


@dataclass(frozen=True)
class Ranked:
    """One product in its place. Named as in ProductRating, so that products.figures draws it too."""

    rank: int
    is_shared: bool
    key: RowKey
    slug: str
    name: str
    vendor: str
    count: int
    scored_count: int
    score: float
    interval_low: float
    interval_high: float
    effective_n: float

    @property
    def evidence(self) -> str:
        """Below ten a half review is worth telling."""
        return f"{self.effective_n:,.{0 if self.effective_n >= 10 else 1}f}"


@dataclass(frozen=True)
class Unranked:
    slug: str
    name: str
    count: int


@dataclass(frozen=True)
class Ranking:
    as_of: datetime.date
    products: int
    # None where the category is too wide to count its reviews by facet.
    remaining: Remaining | None
    places: list[Ranked]
    # There are more with a score than these places.
    is_cut: bool
    # Reviewed too little for a score (with a selection: by matching reviews), by name.
    too_few: list[Unranked]
    more_too_few: bool


def ranking_of(node: Node, selection: Selection) -> Ranking:
    return _of_selection(node, selection) if selection else _of_everything(node)


def node_of(category: Category, tree: CategoryTree) -> Node:
    """The tree is kept for a minute; this category may be younger."""
    young = Node(category.pk, category.slug, category.name, None, 0)
    return tree.nodes.get(category.pk) or young


def within(node: Node) -> Products:
    inside = ProductCategory.objects.filter(category__in=list(node.ids()))
    return Product.objects.visible().filter(pk__in=inside.values("product"))


# --- All reviews, from stored ratings -------------------------------------------------------

_NAMED = ("id", "updated_at", "rating__refreshed_at", "slug", "name", "vendor__name")
_RATED = (
    "rating__count",
    "rating__scored_count",
    "rating__score",
    "rating__interval_low",
    "rating__interval_high",
    "rating__effective_n",
    "rating__as_of",
)


def _of_everything(node: Node) -> Ranking:
    products = within(node)
    best_first = (F("rating__score").desc(nulls_last=True), "-rating__product_id")
    scored = products.filter(rating__score__isnull=False).order_by(*best_first)
    rows = list(scored.values_list(*_NAMED, *_RATED)[: RANKED + 1])
    unscored = products.filter(rating__score__isnull=True).order_by("name", "id")
    waiting = list(
        unscored.values_list("slug", "name", "rating__count")[: UNRANKED + 1]
    )
    shown = rows[:RANKED]
    return Ranking(
        as_of=min((row[-1] for row in shown), default=_today()),
        products=node.product_count,
        remaining=_remaining(node, Selection()),
        places=_places(shown),
        is_cut=len(rows) > RANKED,
        too_few=[Unranked(slug, name, n or 0) for slug, name, n in waiting[:UNRANKED]],
        more_too_few=len(waiting) > UNRANKED,
    )


def _places(rows: Sequence[tuple]) -> list[Ranked]:
    """From _NAMED and _RATED, best first."""
    ranks = shared_ranks((row[9], row[10]) for row in rows)
    sharing = Counter(ranks)
    return [
        Ranked(rank, sharing[rank] > 1, RowKey(*row[:3]), *row[3:12])
        for rank, row in zip(ranks, rows, strict=True)
    ]


# --- Selected reviews -----------------------------------------------------------------------


def _of_selection(node: Node, selection: Selection) -> Ranking:
    if node.product_count > LARGEST:
        raise TooWide(
            f"{node.name} has more than {LARGEST:,} products: choose a category within it to filter its reviews."
        )
    key = _key("ranking", node, selection)
    return kept_value(key, KEPT_FOR, lambda: _compute(node, selection))


def _compute(node: Node, selection: Selection) -> Ranking:
    ids, today = _ids(node), _today()
    figures = figures_of_matching(ids, selection.choices(), today)
    scored = [row for row in figures if row.score is not None]
    too_few = {row.product_id: row.count for row in figures if row.score is None}
    return Ranking(
        as_of=today,
        products=node.product_count,
        remaining=_remaining(node, selection, ids),
        places=_places(_with_names(scored[:RANKED])),
        is_cut=len(scored) > RANKED,
        too_few=_unranked(too_few),
        more_too_few=len(too_few) > UNRANKED,
    )


def _with_names(figures: Sequence[Figures]) -> list[tuple]:
    """Rows as of _NAMED and _RATED; a product that vanished meanwhile is left out."""
    products = Product.objects.filter(pk__in=[row.product_id for row in figures])
    named = {row[0]: row for row in products.values_list(*_NAMED)}
    return [
        (*named[row.product_id], row.count, row.scored_count, row.score)
        + (row.interval_low, row.interval_high, row.effective_n)
        for row in figures
        if row.product_id in named
    ]


def _unranked(counts: dict[int, int]) -> list[Unranked]:
    by_name = Product.objects.filter(pk__in=counts).order_by("name", "id")
    rows = by_name.values_list("id", "slug", "name")[:UNRANKED]
    return [Unranked(slug, name, counts[pk]) for pk, slug, name in rows]


def _remaining(
    node: Node, selection: Selection, ids: Sequence[int] | None = None
) -> Remaining | None:
    if node.product_count > LARGEST:
        return None

    def count() -> Remaining:
        products = _ids(node) if ids is None else ids
        return remaining_by_choice(products, list(FACETS), selection.choices())

    return kept_value(_key("remaining", node, selection), KEPT_FOR, count)


def _ids(node: Node) -> list[int]:
    return list(within(node).values_list("pk", flat=True))


def _key(what: str, node: Node, selection: Selection) -> str:
    digest = hashlib.sha256(f"{node.id}?{selection.query}".encode()).hexdigest()
    return f"{what}:{digest[:32]}"


def _today() -> datetime.date:
    return timezone.now().astimezone(datetime.UTC).date()
