import datetime
from typing import Any

from django.utils import timezone

from disclosure import releasing
from disclosure.models import Cell
from prices.topics import PRICE
from products.models import Product


def release_of(product: Product, as_of: datetime.date | None = None) -> None:
    day = as_of or releasing.quarter_of(timezone.now().date())
    releasing.release(product.pk, PRICE, day)


def cells(product: Product) -> list[tuple[str, str, int, dict[str, Any]]]:
    found = Cell.objects.filter(product=product, topic=PRICE)
    return list(
        found.order_by("series", "band").values_list(
            "series", "band", "organisations", "figures"
        )
    )
