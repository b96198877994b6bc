"""Which other products the demo's authors compared, used before and moved on to: of the same category, made up."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from random import Random

from products.models import ProductCategory
from reviews.models import ConsideredProduct
from reviews_site.seed import rows
from reviews_site.seed.reviews import SeedReview
from reviews_site.seed.stored import Stored

COMPARES, CAME_FROM, MOVED_ON = 0.5, 0.3, 0.06
MOST_COMPARED = 3
# Of a category: what nobody reviews, hardly anybody considers.
RIVALS = 10

Kind = ConsideredProduct.Kind
# Products with their weights, the best known first.
Rivals = tuple[list[int], list[int]]


def write(stored: Stored) -> None:
    rng = stored.rng("considered")
    rivals = _rivals(stored)
    rows.copy_rows(
        "reviews_consideredproduct",
        ("review_id", "product_id", "kind"),
        (
            (stored.id_of(review), product, kind)
            for review in stored.published()
            for product, kind in _named(review, rivals.get(review.product.id), rng)
        ),
    )


def _rivals(stored: Stored) -> dict[int, Rivals]:
    """Of each reviewed product the others of its primary category, the more often reviewed the likelier."""
    counts = Counter(review.product.id for review in stored.published())
    primary = ProductCategory.objects.filter(position=0, product__in=list(counts))
    by_category = defaultdict(list)
    for product, category in primary.values_list("product", "category"):
        by_category[category].append(product)
    found: dict[int, Rivals] = {}
    for products in by_category.values():
        ranked = sorted(products, key=lambda product: (-counts[product], product))
        for product in products:
            others = [other for other in ranked if other != product][:RIVALS]
            found[product] = (others, [counts[other] for other in others])
    return found


def _named(
    review: SeedReview, rivals: Rivals | None, rng: Random
) -> Iterator[tuple[int, Kind]]:
    if not rivals or not rivals[0]:
        return
    products, weights = rivals
    if rng.random() < COMPARES:
        drawn = rng.choices(products, weights, k=rng.randint(1, MOST_COMPARED))
        for product in dict.fromkeys(drawn):
            yield product, Kind.COMPARED
    for share, kind in ((CAME_FROM, Kind.SWITCHED_FROM), (MOVED_ON, Kind.SWITCHED_TO)):
        if rng.random() < share:
            yield rng.choices(products, weights)[0], kind
