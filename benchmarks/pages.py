"""Which addresses to ask, found in the database at hand; prints JSON."""

import json
import os
import re
import sys
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

from django.db import connection  # noqa: E402

from products.models import Category, Product  # noqa: E402 (the models need the set-up above)

REVIEWS_ON_A_PAGE = 20
SPREAD = 50  # distinct products, so that no single row or key is unnaturally hot


def product_paths() -> list[str]:
    busy = Product.objects.visible().filter(rating__count__gte=REVIEWS_ON_A_PAGE)
    return [product.get_absolute_url() for product in busy.order_by("slug")[:SPREAD]]


def category_paths() -> list[str]:
    largest = Category.objects.filter(product_count__gt=0).order_by(
        "-product_count", "id"
    )[:10]
    return [category.get_absolute_url() for category in largest]


def words_found_in(lowest: float, highest: float, count: int) -> list[str]:
    """Words that this share of all products holds, from all over the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word FROM ts_stat('SELECT search_vector FROM products_product'), (SELECT count(*) FROM products_product) p (n)
            WHERE ndoc BETWEEN p.n * %s AND p.n * %s AND word ~ '^[a-z]{4,}$' ORDER BY md5(word) LIMIT %s
            """,
            [lowest, highest, count],
        )
        return [word for (word,) in cursor.fetchall()]


def misspelt_names() -> list[str]:
    """The names of some products without the third letter of their longest word."""
    names = Product.objects.visible().order_by("id").values_list("name", flat=True)
    return [misspell(name) for name in names[:20]]


def misspell(name: str) -> str:
    word = max(re.findall(r"[^\W\d]+", name), key=len)
    return name.replace(word, word[:2] + word[3:], 1)


def search_paths(queries: list[str]) -> list[str]:
    return [f"/search/?{urlencode({'q': query})}" for query in queries]


CARD, ROW, HEADING = '<article class="review-card"', '<li class="product-row">', "<h1"


def pages() -> list[dict]:
    """Each with a piece of HTML that its answer must hold, and how often."""
    rows = [
        ("product, 20 reviews", product_paths(), CARD, REVIEWS_ON_A_PAGE),
        ("product list", ["/products/"], ROW, 20),
        ("category ranking", category_paths(), HEADING, 1),
        (
            "search, word in 0.5 to 5 %",
            search_paths(words_found_in(0.005, 0.05, 20)),
            ROW,
            1,
        ),
        ("search, word in over 10 %", search_paths(words_found_in(0.1, 1, 5)), ROW, 1),
        ("search, misspelt", search_paths(misspelt_names()), ROW, 1),
        ("home", ["/"], HEADING, 1),
    ]
    return [
        {"name": name, "paths": paths, "expected": expected, "times": times}
        for name, paths, expected, times in rows
        if paths
    ]


if __name__ == "__main__":
    json.dump(pages(), sys.stdout)
