"""A shortlist as CSV, for the spreadsheet that a decision is made in."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from django.conf import settings

from following.models import ShortlistItem
from products.models import Product

HEAD = ("Product", "Vendor", "Score", "Interval from", "Interval to", "Reviews", "Note", "Added", "Address")  # fmt: skip
# What a spreadsheet takes for the beginning of a formula, also in its wide forms.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001
# Without it Excel takes the file for another encoding.
BYTE_ORDER_MARK = "\ufeff"


def as_csv(items: Iterable[ShortlistItem]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(map(_row, items))
    return BYTE_ORDER_MARK + out.getvalue()


def _row(item: ShortlistItem) -> list[str]:
    product = item.product
    name, vendor, note = map(as_text, (product.name, product.vendor.name, item.note))
    is_listed = product.status == Product.Status.ACTIVE
    address = settings.SITE_URL + product.get_absolute_url() if is_listed else ""
    figures = list(_figures(product)) if is_listed else [""] * 4
    return [name, vendor, *figures, note, f"{item.added_at:%Y-%m-%d}", address]


def _figures(product: Product) -> Iterator[str]:
    rating: Any = getattr(product, "rating", None)
    for name in ("score", "interval_low", "interval_high"):
        value = getattr(rating, name, None)
        yield "" if value is None else f"{value:.2f}"
    yield str(rating.count if rating else 0)


def as_text(text: str) -> str:
    """With an apostrophe before what would be taken for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
