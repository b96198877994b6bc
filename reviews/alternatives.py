"""Which other products the reviewers of one compared it with, came from and moved on to.

The statements stand on the cards of reviews. How many organisations stand behind them is another matter: only where
that is at least 5, and then rounded down, so that the figure doesn't tell whether two anonymous authors share one.
Explained in docs/alternatives.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connections, router
from django.template.loader import get_template

from disclosure import measures
from products.models import Product
from reviews.models import ConsideredProduct
from reviews_site.lib.kept_values import kept_value

ON_PRODUCT_PAGE = 5
# Counting takes a third of a second where ten thousand reviews name others, so it is done at most every ten minutes.
KEPT_FOR = 600
PANEL_TEMPLATE = "reviews/product_alternatives.html"
# Both make the section.
PANEL_TEMPLATES = (PANEL_TEMPLATE, "reviews/alternatives_table.html")

COMPARED, CAME_FROM, MOVED_ON = (
    str(kind)
    for kind in (
        ConsideredProduct.Kind.COMPARED,
        ConsideredProduct.Kind.SWITCHED_FROM,
        ConsideredProduct.Kind.SWITCHED_TO,
    )
)


@dataclass(frozen=True)
class Alternative:
    """Numbers of organisations, None where fewer than 5 said so; `score` None where there is none yet."""

    slug: str
    name: str
    score: float | None
    interval: tuple[float, float] | None
    compared: int | None
    came_from: int | None
    moved_on: int | None

    @property
    def most(self) -> int:
        return max(self.compared or 0, self.came_from or 0, self.moved_on or 0)


# Both ways: what reviews of it say of others, and what reviews of others say of it; there "used before" and "moved on
# to" change places. An organisation is the domain of the work e-mail that its member showed last; who showed none, and
# whoever earns by the product, is not counted. Served by review_page, the constraint
# on what a review names, considered_by_product and the index on a member's work e-mails.
_SQL = """
WITH said AS (
    SELECT c.product_id AS other, c.kind, r.author_id
    FROM reviews_review r JOIN reviews_consideredproduct c ON c.review_id = r.id
    WHERE r.product_id = %(product)s AND r.status = 'published' AND r.relationship = 'customer'
    UNION ALL
    SELECT r.product_id,
        CASE c.kind WHEN 'switched_from' THEN 'switched_to' WHEN 'switched_to' THEN 'switched_from' ELSE c.kind END,
        r.author_id
    FROM reviews_consideredproduct c JOIN reviews_review r ON r.id = c.review_id
    WHERE c.product_id = %(product)s AND r.status = 'published' AND r.relationship = 'customer'
),
employers AS (
    SELECT DISTINCT ON (user_id) user_id, domain
    FROM accounts_workemail
    WHERE verified_at IS NOT NULL AND user_id IN (SELECT author_id FROM said)
    ORDER BY user_id, verified_at DESC, id DESC
),
counted AS (
    SELECT other, kind, count(DISTINCT domain) AS organisations
    FROM said JOIN employers ON user_id = author_id
    GROUP BY other, kind HAVING count(DISTINCT domain) >= %(smallest)s
)
SELECT p.slug, p.name, s.score, s.interval_low, s.interval_high, counted.kind, counted.organisations
FROM counted JOIN products_product p ON p.id = counted.other AND p.status = 'active'
    LEFT JOIN reviews_productrating s ON s.product_id = p.id
WHERE p.id <> %(product)s
"""


def alternatives_of(product_id: int) -> list[Alternative]:
    """The most named first, then by name; at most one query."""
    found = _by_product(_counted(product_id))
    return sorted(found, key=lambda one: (-one.most, one.name.lower(), one.slug))


def _counted(product_id: int) -> list[tuple]:
    def count() -> list[tuple]:
        with connections[router.db_for_read(Product)].cursor() as cursor:
            cursor.execute(_SQL, {"product": product_id, "smallest": measures.FEWEST})
            return cursor.fetchall()

    return kept_value(f"alternatives:{product_id}", KEPT_FOR, count)


def _by_product(rows: Iterable[tuple]) -> Iterator[Alternative]:
    counts: dict[tuple, dict[str, int]] = defaultdict(dict)
    for *product, kind, organisations in rows:
        counts[tuple(product)][kind] = measures.organisations(organisations)
    for (slug, name, score, low, high), by_kind in counts.items():
        yield Alternative(
            slug=slug,
            name=name,
            score=score,
            interval=None if score is None else (low, high),
            compared=by_kind.get(COMPARED),
            came_from=by_kind.get(CAME_FROM),
            moved_on=by_kind.get(MOVED_ON),
        )


def render_alternatives(product: Product) -> str:
    """The section of the product page; it also says what is missing."""
    found = alternatives_of(product.pk)
    context = {
        "product": product,
        "alternatives": found[:ON_PRODUCT_PAGE],
        "more": len(found) > ON_PRODUCT_PAGE,
        "smallest": measures.FEWEST,
    }
    return get_template(PANEL_TEMPLATE).render(context)
