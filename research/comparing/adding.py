"""The product that somebody typed a name of, and those that could stand beside the ones that are there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import F

from products.models import Product, ProductCategory
from products.search import LONGEST_QUERY, matches, plain, similar_names

MOST_OFFERED = 8
MOST_SUGGESTED = 5
# Of a category's best; a few of them may be there already.
LOOKED_AT = 12


class Option(NamedTuple):
    slug: str
    name: str
    vendor: str


@dataclass
class Found:
    """Either the one product meant, or a choice, or a sentence that says why there is neither."""

    slug: str = ""
    options: list[Option] = field(default_factory=list)
    problem: str = ""


def find(typed: str, there: Sequence[str]) -> Found:
    """`there`: the slugs that stand side by side already."""
    asked = plain(typed)
    if len(asked) > LONGEST_QUERY:
        return Found(problem=f"A name has at most {LONGEST_QUERY} characters.")
    if not asked:
        return Found()
    options = _options(asked)
    exact = [one for one in options if asked.casefold() in _names(one)]
    meant = exact or options
    fresh = [one for one in meant if one.slug not in there]
    if meant and not fresh:
        return Found(problem=f"{meant[0].name} is there already.")
    if len(fresh) == 1 and _is_certain(asked, fresh[0], bool(exact)):
        return Found(slug=fresh[0].slug)
    if fresh:
        return Found(options=fresh[:MOST_OFFERED])
    return Found(problem=f"No product is called “{typed.strip()[:60]}”.")


def _names(option: Option) -> tuple[str, str]:
    return option.slug, plain(option.name).casefold()


def _is_certain(asked: str, option: Option, is_exact: bool) -> bool:
    """A word that is only somewhere in a description is no name: then one option is offered, not taken."""
    return is_exact or asked.casefold() in plain(option.name).casefold()


def _options(asked: str) -> list[Option]:
    keys, _ = matches(asked, 1)
    keys = keys or similar_names(asked, set())
    ids = [key.id for key in keys]
    rows = Product.objects.filter(pk__in=ids).values_list(
        "pk", "slug", "name", "vendor__name"
    )
    by_id = {row[0]: Option(*row[1:]) for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def suggestions(product_ids: Sequence[int]) -> tuple[str, list[Option]]:
    """The first one's primary category and the best of it; two queries, the second by the index on a category's products."""
    primary = ProductCategory.objects.filter(
        product__in=product_ids[:1], position=0
    ).values_list("category", "category__name")
    category, name = primary.first() or (None, "")
    if category is None:
        return "", []
    rows = (
        Product.objects.visible()
        .filter(product_categories__category=category, product_categories__position=0)
        .order_by(F("rating__score").desc(nulls_last=True), "-rating__product_id")
        .values_list("pk", "slug", "name", "vendor__name")[:LOOKED_AT]
    )
    fresh = [Option(*row[1:]) for row in rows if row[0] not in set(product_ids)]
    return name, fresh[:MOST_SUGGESTED]
