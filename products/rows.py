"""A product as one row of a list, prepared once for each version of the product and of its rating."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.template.loader import get_template

from products.models import Product, ProductCategory
from reviews_site.lib.fragments import Batch, Fragments, prepare

TEMPLATE = "products/row.html"
# Ten minutes: the name of a vendor or a category can change without the product.
ROWS: Fragments[int] = Fragments("product-row", (TEMPLATE,), (__file__,), timeout=600)

KEY_COLUMNS = ("id", "updated_at", "rating__refreshed_at")


class RowKey(NamedTuple):
    id: int
    updated_at: datetime
    refreshed_at: datetime | None

    @property
    def version(self) -> str:
        rated = self.refreshed_at.timestamp() if self.refreshed_at else 0
        return f"{self.updated_at.timestamp()}:{rated}"


def category_names() -> ArraySubquery:
    """[{slug, name}] of a product, the primary one first, without a query of its own."""
    mine = ProductCategory.objects.filter(product=OuterRef("pk")).order_by("position")
    return ArraySubquery(
        mine.values(named=JSONObject(slug="category__slug", name="category__name"))
    )


def render_rows(ids: list[int]) -> dict[int, str]:
    template = get_template(TEMPLATE)
    products = (
        Product.objects.filter(pk__in=ids)
        .select_related("vendor", "rating")
        .annotate(category_names=category_names())
    )
    return {product.pk: template.render({"product": product}) for product in products}


def rows(keys: Iterable[RowKey]) -> Batch[int]:
    return ROWS.batch({key.id: key.version for key in keys}, render_rows)


def prepared_rows(keys: Iterable[RowKey]) -> dict[int, str]:
    """HTML by id, in the order of the keys."""
    return prepare(rows(keys))[0]
