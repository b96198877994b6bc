"""Which addresses to ask, found in the database at hand; prints JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

from products.models import Category, Product  # noqa: E402 (the models need the set-up above)

REVIEWS_ON_A_PAGE = 20
SPREAD = 50  # distinct products, so that no single row or key is unnaturally hot
SEARCHES = [
    "monitoring",
    "database backup",
    "identity",
    "cloud cost",
    "container security",
    "data",
]


def product_paths() -> list[str]:
    busy = Product.objects.visible().filter(rating__count__gte=REVIEWS_ON_A_PAGE)
    return [product.get_absolute_url() for product in busy.order_by("slug")[:SPREAD]]


def category_paths() -> list[str]:
    largest = Category.objects.filter(product_count__gt=0).order_by(
        "-product_count", "id"
    )[:10]
    return [category.get_absolute_url() for category in largest]


def misspelt_names() -> list[str]:
    """The names of some products with their third letter left out."""
    names = (
        Product.objects.visible()
        .filter(name__regex=r"^[A-Za-z]{7,}$")
        .order_by("id")
        .values_list("name", flat=True)
    )
    return [name[:2] + name[3:] for name in names[:20]]


def pages() -> list[dict]:
    card, row = 'class="review-card', 'class="product-row'
    described = [
        {"name": "product, 20 reviews", "paths": product_paths(), "expected": card, "times": REVIEWS_ON_A_PAGE},
        {"name": "product list", "paths": ["/products/"], "expected": row, "times": 20},
        {"name": "category", "paths": category_paths(), "expected": "<h1", "times": 1},
        {"name": "search, words", "paths": [f"/search/?q={q.replace(' ', '+')}" for q in SEARCHES], "expected": "<h1", "times": 1},
        {"name": "search, misspelt", "paths": [f"/search/?q={q}" for q in misspelt_names()], "expected": "<h1", "times": 1},
        {"name": "home", "paths": ["/"], "expected": "<h1", "times": 1},
    ]  # fmt: skip
    return [page for page in described if page["paths"]]


if __name__ == "__main__":
    json.dump(pages(), sys.stdout)
