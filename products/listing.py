"""Products in an order, a page at a time, by key."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from products.models import Product
from products.rows import KEY_COLUMNS, RowKey
from reviews_site.lib.paging import BrokenCursor, decode_cursor, encode_cursor
from reviews_site.lib.prepared import Prepared

PAGE_SIZE = 20
# What a row carries besides its key: the score and the name, of which cursors are made.
COLUMNS = (*KEY_COLUMNS, "rating__score", "name")

Products = QuerySet[Product]


@dataclass
class Page:
    keys: list[RowKey]
    after: str = ""
    """The cursor of the next page; empty on the last one."""

    @property
    def version(self) -> str:
        """Of all that is on it."""
        return " ".join(f"{key.id}:{key.version}" for key in self.keys) + self.after


def _by_name(products: Products, after: tuple[str, int] | None, limit: int) -> list:
    if after is not None:
        name, pk = after
        # Both halves say ">= name", so that Postgres can start in the index where the last page ended.
        products = products.filter(name__gte=name).filter(
            Q(name__gt=name) | Q(id__gt=pk)
        )
    return list(products.order_by("name", "id").values_list(*COLUMNS)[:limit])


def _best(products: Products) -> QuerySet[Product, Any]:
    best_first = (F("rating__score").desc(nulls_last=True), "-rating__product_id")
    scored = products.filter(rating__score__isnull=False)
    return scored.order_by(*best_first).values_list(*COLUMNS)


def _by_score(products: Products, after: tuple[float, int] | None, limit: int) -> list:
    if after is not None:
        score, pk = after
        products = products.filter(rating__score__lte=score).filter(
            Q(rating__score__lt=score) | Q(rating__product_id__lt=pk)
        )
    return list(_best(products)[:limit])


_BEST_OF_ALL = Prepared(
    lambda: _best(Product.objects.visible())[: PAGE_SIZE + 1], planned=True
)


def page_by_name(products: Products, cursor: str) -> Page:
    after = decode_cursor(cursor, str, int) if cursor else None
    found = _by_name(products, after, PAGE_SIZE + 1)
    return _page(found, lambda row: encode_cursor(row[4], row[0]))


def page_by_newest(products: Products, cursor: str) -> Page:
    if cursor:
        products = products.filter(id__lt=decode_cursor(cursor, int)[0])
    found = list(products.order_by("-id").values_list(*COLUMNS)[: PAGE_SIZE + 1])
    return _page(found, lambda row: encode_cursor(row[0]))


def page_by_score(products: Products, cursor: str) -> Page:
    """Those with a score, best first; then those with too few reviews, by name.

    Two queries at most: one over both kinds could not walk the index on scores.
    """
    rated, unrated = _decode_score_cursor(cursor)
    found = [] if unrated else _by_score(products, rated, PAGE_SIZE + 1)
    return _filled_up(found, products, unrated)


def first_page() -> Page:
    """What most ask for: all products, by score."""
    return _filled_up(_BEST_OF_ALL.rows(), Product.objects.visible(), None)


def _filled_up(
    found: list[tuple], products: Products, unrated: tuple[str, int] | None
) -> Page:
    if len(found) <= PAGE_SIZE:
        unscored = products.filter(rating__score__isnull=True)
        found += _by_name(unscored, unrated, PAGE_SIZE + 1 - len(found))
    return _page(found, _encode_score_cursor)


def _encode_score_cursor(row: tuple) -> str:
    pk, score, name = row[0], row[3], row[4]
    if score is None:
        return encode_cursor("name", name, pk)
    return encode_cursor("score", score, pk)


def _decode_score_cursor(cursor: str) -> tuple[tuple | None, tuple | None]:
    """(after this score, after this name): at most one of them is set."""
    if not cursor:
        return None, None
    try:
        kind, *rest = decode_cursor(cursor, str, float, int)
        expected = "score"
    except BrokenCursor:
        kind, *rest = decode_cursor(cursor, str, str, int)
        expected = "name"
    if kind != expected:
        raise BrokenCursor(cursor)
    return (tuple(rest), None) if kind == "score" else (None, tuple(rest))


def _page(found: list[tuple], cursor_of) -> Page:
    shown = found[:PAGE_SIZE]
    after = cursor_of(shown[-1]) if len(found) > PAGE_SIZE else ""
    return Page([RowKey(*row[:3]) for row in shown], after)


SORTS = {"score": page_by_score, "name": page_by_name, "newest": page_by_newest}
