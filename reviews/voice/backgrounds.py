"""What others are praised and criticised for: samples of the subject's category and of the whole site."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from reviews.voice.choosing import Background
from reviews.voice.statement import (
    Occurrences,
    Picked,
    Subject,
    counted,
    occurrences,
    review_of,
)

# A sample says enough: the newest reviews of the most reviewed products.
PRODUCTS_OF_A_CATEGORY = 60
PRODUCTS_OF_THE_SITE = 200
REVIEWS_OF_A_PRODUCT = 3
WHOLE_SITE = 0


@dataclass(frozen=True)
class _Sample:
    """Of each category, or of the site: how many reviews of each product, and how many of them say what."""

    sizes: Mapping[int, Counter[int]]
    counts: Mapping[tuple[int, str, str], Counter[int]]

    @classmethod
    def of(cls, products: Mapping[int, Sequence[int]], phrases: Collection[str]) -> "_Sample":  # fmt: skip
        """`products` by key of category."""
        subjects = [Subject(key, ids) for key, ids in products.items()]
        most = REVIEWS_OF_A_PRODUCT * max(map(len, products.values()), default=0)
        picked = Picked(subjects, REVIEWS_OF_A_PRODUCT, most)
        sizes: dict[int, Counter[int]] = defaultdict(Counter)
        product_of: dict[int, int] = {}
        for review in counted(picked):
            sizes[review.subject][review.product_id] += 1
            product_of[review.id] = review.product_id
        counts = {
            (one.subject, one.side, one.phrase): Counter(
                product_of[pk]
                for pk in {review_of(sentence) for sentence in one.sentences}
                if pk in product_of
            )
            for one in occurrences(picked, at_least=1, among=phrases)
        }
        return cls(sizes, counts)

    def share(
        self, key: int, one: Occurrences, without: Collection[int]
    ) -> tuple[int, int]:
        """(reviews that say it, all of them) but those of the products `without`."""
        counts = self.counts.get((key, one.side, one.phrase), Counter())
        sizes = self.sizes.get(key, Counter())
        return _sum_without(counts, without), _sum_without(sizes, without)


def _sum_without(counts: Counter[int], without: Collection[int]) -> int:
    return counts.total() - sum(counts[product] for product in without)


@dataclass(frozen=True)
class Backgrounds:
    category_of: Mapping[int, int]
    categories: _Sample
    site: _Sample

    @classmethod
    def of(cls, subjects: Sequence[Subject], phrases: Collection[str]) -> "Backgrounds":
        category_of = _primary_categories(subjects)
        products = _most_reviewed(set(category_of.values()))
        site = {WHOLE_SITE: _most_reviewed_of_all()} if phrases else {}
        return cls(
            category_of,
            _Sample.of(products if phrases else {}, phrases),
            _Sample.of(site, phrases),
        )

    def for_subject(self, subject: Subject) -> Callable[[Occurrences], Background]:
        category = self.category_of.get(subject.key, WHOLE_SITE)
        own = set(subject.product_ids)

        def background(one: Occurrences) -> Background:
            return Background(
                *self.categories.share(category, one, own),
                *self.site.share(WHOLE_SITE, one, own),
            )

        return background


def _primary_categories(subjects: Sequence[Subject]) -> dict[int, int]:
    """Of each subject the category of its first product: a vendor's products come most reviewed first."""
    first = {s.product_ids[0]: s.key for s in subjects if s.product_ids}
    rows = _query(
        "SELECT product_id, category_id FROM products_productcategory WHERE position = 0 AND product_id = ANY(%s)",
        list(first),
    )
    return {first[product_id]: category_id for product_id, category_id in rows}


def _most_reviewed(categories: Collection[int]) -> dict[int, list[int]]:
    rows = _query(
        f"""
        SELECT category.id, top.product_id FROM unnest(%s::bigint[]) AS category (id) CROSS JOIN LATERAL (
            SELECT rating.product_id FROM products_productcategory placed
            JOIN reviews_productrating rating USING (product_id)
            WHERE placed.category_id = category.id AND placed.position = 0 AND rating.count > 0
            ORDER BY rating.count DESC, rating.product_id LIMIT {PRODUCTS_OF_A_CATEGORY}
        ) top
        """,
        sorted(categories),
    )
    products: dict[int, list[int]] = defaultdict(list)
    for category_id, product_id in rows:
        products[category_id].append(product_id)
    return products


def _most_reviewed_of_all() -> list[int]:
    rows = _query(
        "SELECT product_id FROM reviews_productrating WHERE count > 0 ORDER BY count DESC, product_id LIMIT %s",
        PRODUCTS_OF_THE_SITE,
    )
    return [row[0] for row in rows]


def _query(sql: str, parameter: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        return cursor.fetchall()
