"""Places in a ranking by score; products that the figures can't tell apart share one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F
from django.template.loader import get_template

from products import figures
from products.listing import Products
from products.models import Product
from products.rows import KEY_COLUMNS, RowKey
from reviews_site.lib.fragments import Fragments

TEMPLATE = "products/ranking_row.html"
# Ten minutes: the name of a vendor can change without the product.
ROWS: Fragments[int] = Fragments(
    "ranking-row", (TEMPLATE,), (__file__, figures.__file__), timeout=600
)


@dataclass
class Place:
    rank: int
    is_shared: bool
    cells: str
    """Those beside the rank, prepared."""

    @property
    def html(self) -> str:
        """Written by hand: a hundred rows through a template cost more than all else on the page."""
        shared = SHARED if self.is_shared else ""
        return f'<tr><td class="rank num">{self.rank}{shared}</td>{self.cells}</tr>'


SHARED = '<span class="rank-shared" aria-hidden="true">=</span><span class="vh"> shared</span>'


def shared_ranks(intervals: Iterable[tuple[float, float]]) -> list[int]:
    """Ranks of (low, high) intervals that come best score first.

    An interval shares the rank of the first one of the group above while the two overlap; the next rank counts
    all that stand before it (1, 1, 1, 4).
    """
    ranks: list[int] = []
    lowest_of_first = float("-inf")
    for position, (low, high) in enumerate(intervals, start=1):
        starts_group = not ranks or high < lowest_of_first
        if starts_group:
            lowest_of_first = low
        ranks.append(position if starts_group else ranks[-1])
    return ranks


def ranking(products: Products, limit: int) -> list[Place]:
    """The best of them, those without a score left out."""
    scored = products.filter(rating__score__isnull=False)
    best_first = (F("rating__score").desc(nulls_last=True), "-rating__product_id")
    found = list(
        scored.order_by(*best_first).values_list(
            *KEY_COLUMNS, "rating__interval_low", "rating__interval_high"
        )[:limit]
    )
    ranks = shared_ranks(row[3:] for row in found)
    keys = [RowKey(*row[:3]) for row in found]
    rows = ROWS.get({key.id: key.version for key in keys}, _render)
    sharing = Counter(ranks)
    return [
        Place(rank, sharing[rank] > 1, rows[key.id])
        for key, rank in zip(keys, ranks, strict=True)
        if key.id in rows
    ]


def _render(ids: list[int]) -> dict[int, str]:
    template = get_template(TEMPLATE)
    products = Product.objects.filter(pk__in=ids).select_related("vendor", "rating")
    return {product.pk: template.render({"product": product}) for product in products}
