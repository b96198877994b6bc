"""The whole table of some products: made of the same stored figures as their own pages, prepared once per version."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import get_template

from products import features, figures
from products.models import Product
from products.rows import category_names
from research.comparing import adding, cells, facts, ratings, tables, voice
from research.comparing.choosing import MOST, PATH, PDF, Key, address
from research.comparing.tables import Group, only_differences
from research.pdf import is_available
from reviews_site.lib.fragments import Fragments

TEMPLATE = "research/compare_table.html"
PARTS = ("research/compare_entry.html", "research/compare_add.html")
# Ten minutes, as the product page's own panel: what is released and what sources say changes without the product's version.
SOURCES = tuple(
    str(module.__file__)
    for module in (adding, cells, facts, ratings, tables, voice, features, figures)
)
TABLES: Fragments[str] = Fragments(
    "compare", (TEMPLATE, *PARTS), (__file__, *SOURCES), timeout=600
)


@dataclass(frozen=True)
class Comparison:
    products: tuple[Product, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    product: Product
    without: str


def compare(product_ids: Sequence[int]) -> Comparison:
    """In the order given. The same number of queries for one product as for four."""
    found = (
        Product.objects.visible()
        .select_related("vendor", "rating", "voice")
        .defer("search_vector", "keywords", "description")
        .annotate(category_names=category_names())
        .in_bulk(product_ids)
    )
    products = tuple(found[pk] for pk in product_ids if pk in found)
    groups = (
        *ratings.groups(products),
        *cells.groups(products),
        *facts.groups(products),
        voice.group(products),
    )
    return Comparison(products, groups)


def prepared_table(keys: Sequence[Key], only: bool) -> str:
    """HTML of the table with what could be added to it; one look into the cache."""
    name = f"{'-'.join(str(key.id) for key in keys)}:{'only' if only else 'all'}"
    version = ";".join(key.version for key in keys)
    return TABLES.get(
        {name: version}, lambda _: {name: render_table([k.id for k in keys], only)}
    )[name]


def render_table(product_ids: Sequence[int], only: bool) -> str:
    comparison = compare(product_ids)
    slugs = [product.slug for product in comparison.products]
    groups = list(comparison.groups)
    shown = only_differences(groups) if only else groups
    may_add = len(slugs) < MOST
    category, suggested = adding.suggestions(product_ids) if may_add else ("", [])
    context = {
        "heads": [
            Head(product, address([s for s in slugs if s != product.slug], only, PATH))
            for product in comparison.products
        ],
        "count": len(slugs),
        "groups": shown,
        "left_out": _rows(groups) - _rows(shown),
        "is_short": only,
        "everything": address(slugs),
        "differences": address(slugs, True),
        "pdf": address(slugs, only, PDF) if is_available() else "",
        "scale": ratings.upright_scale(),
        "no_interval": ratings.no_interval(),
        "suggestions": [
            (option, address([*slugs, option.slug], only)) for option in suggested
        ],
        "category": category,
        "slugs": slugs,
        "may_add": may_add,
    }
    return get_template(TEMPLATE).render(context)


def _rows(groups: Sequence[Group]) -> int:
    return sum(len(group.rows) for group in groups)
