"""Products with stored figures, for tests of pages that put them side by side."""

import datetime

from disclosure.models import Cell
from products.models import Feature, Product, ProductFeature
from reviews.models import ProductRating
from tests.factories import CategoryFactory, ProductFactory
from tests.products.ratings import rate


def rated(slug: str, score: float | None = 4.0, **changes) -> Product:
    """A product called as its slug, with a capital, and a stored rating."""
    category = changes.pop("category", None)
    count, half_width = changes.pop("count", 12), changes.pop("half_width", 0.2)
    product = ProductFactory(
        slug=slug, name=slug.capitalize(), category=category, **changes
    )
    rate(product, score, count=count, half_width=half_width)
    ProductRating.objects.filter(product=product).update(recommend_mean=8.0)
    return product


def say(
    product: Product,
    name: str,
    support: str,
    source: str = "The maker",
    category=None,
    **more,
) -> ProductFeature:
    slug = name.lower().replace(" ", "-")
    feature, _ = Feature.objects.get_or_create(
        slug=slug, defaults={"name": name, "category": category}
    )
    return ProductFeature.objects.create(
        product=product, feature=feature, support=support, source=source, **more
    )


def release(
    product: Product, topic: str, series: str, figures: dict, band: str = ""
) -> Cell:
    return Cell.objects.create(
        product=product,
        topic=topic,
        series=series,
        band=band,
        organisations=10,
        figures=figures,
        released_on=datetime.date(2026, 10, 1),
    )


def price(median: float, low: float, high: float) -> dict:
    return {
        "unit_price": {
            "low": low,
            "median": median,
            "high": high,
            "organisations": 10,
        }
    }


def share(percent: int, low: int, high: int) -> dict:
    return {"percent": percent, "low": low, "high": high, "organisations": 10}


def full(slug: str, number: int, category=None) -> Product:
    """With something in every group of rows."""
    product = rated(slug, 3.0 + number / 2, category=category or CategoryFactory())
    say(product, "Single sign-on", "yes")
    say(product, "Audit log", "no", source_url="https://maker.example/log")
    release(product, "price", "user/EUR", price(100.0 * number, 80, 120))
    release(product, "retention", "12", {"still_using": share(80, 60, 90)})
    release(product, "delivery", "", {"on_time": share(50, 30, 70)})
    return product
