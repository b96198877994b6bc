"""Small corpora whose phrases can be counted by hand."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from products.models import Category, Product
from reviews import ratings, voice
from reviews.models import ProductVoice, Review, VendorVoice
from tests.factories import CategoryFactory, ProductFactory, ReviewFactory

# Says nothing that anybody else says: no two of its words stand side by side elsewhere.
NEUTRAL = "Nothing."


def say(product: Product, *, days_ago: int = 1, **kwargs: Any) -> Review:
    """A review that says only what is given."""
    at = timezone.now() - datetime.timedelta(days=days_ago)
    texts = {"headline": "Headline", "pros": NEUTRAL, "cons": NEUTRAL}
    return ReviewFactory(product=product, published_at=at, **texts | kwargs)


def others(category: Category, count: int = 20) -> Product:
    """The background: other products of the category, whose reviews say other things."""
    for _ in range(count):
        product = ProductFactory(category=category)
        say(product, pros="It opens quickly.", cons="It crashes.")
        ratings.refresh_product_rating(product.pk)
    return product


def listen(*products: Product) -> dict[int, dict[str, Any]]:
    for product in products:
        ratings.refresh_product_rating(product.pk)
    subjects = [voice.Subject(p.pk, [p.pk], [p.name, p.vendor.name]) for p in products]
    with transaction.atomic():
        return voice.compute(subjects)


def counts(figures: dict[str, Any], side: str) -> dict[str, int]:
    return {row["text"]: row["count"] for row in figures[side]}


def store(product: Product) -> ProductVoice:
    """As the worker would."""
    ratings.refresh_product_rating(product.pk)
    voice.serve_all([product.pk])
    return ProductVoice.objects.get(product=product)


def store_vendor(product: Product) -> VendorVoice:
    store(product)
    return VendorVoice.objects.get(vendor=product.vendor)


def ledger() -> Product:
    """In a category of twenty others."""
    category = CategoryFactory()
    others(category)
    return ProductFactory(slug="ledger", name="Ledger", category=category)
