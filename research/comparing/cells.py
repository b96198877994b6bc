"""What members told in private, as far as it has been released: prices, whether they stayed, what was delivered.

Of prices only the same unit and currency stand side by side.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from disclosure.models import Cell
from outcomes import cells as outcomes
from outcomes.cells import Delivered, Retention, Share, Spread
from outcomes.leaving import DELIVERY, RETENTION
from outcomes.models import CheckIn
from prices import cells as prices
from prices.models import Currency
from prices.topics import PRICE
from products.models import Product
from research.comparing.ratings import counted
from research.comparing.tables import (
    Entry,
    Group,
    Row,
    missing,
    row_by_interval,
    row_of_spreads,
)

TOO_FEW = "Too few yet: 5 organisations are needed"


def groups(products: Sequence[Product]) -> list[Group]:
    """One query for the cells of all topics."""
    cells = _cells(products)
    return [
        _price_group(products, [cells[product.pk][PRICE] for product in products]),
        _retention_group(
            [outcomes.retention_of(cells[one.pk][RETENTION]) for one in products]
        ),
        _delivery_group(
            [outcomes.delivered_of(cells[one.pk][DELIVERY]) for one in products]
        ),
    ]


def _cells(products: Sequence[Product]) -> Mapping[int, Mapping[str, list[Cell]]]:
    found: dict[int, dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    rows = Cell.objects.filter(product__in=products)
    for cell in rows.order_by("topic", "series", "band"):
        found[cell.product_id][cell.topic].append(cell)
    return found


# --- Prices ---------------------------------------------------------------------------------


def _price_group(products: Sequence[Product], cells: Sequence[Sequence[Cell]]) -> Group:
    """A row for each unit and currency that some product has figures in, those that most have first."""
    by_product = [
        {(one.unit, one.currency): one for one in prices.all_series(own)}
        for own in cells
    ]
    names = [name for own in by_product for name in own]
    in_order = sorted(set(names), key=lambda name: (-names.count(name), name))
    rows = tuple(
        row
        for name in in_order
        for row in _series_rows(name, [own.get(name) for own in by_product], by_product)
    )
    if not rows:
        rows = (Row("price", "Price", tuple(missing(TOO_FEW) for _ in products)),)
    return Group(
        "price",
        "What organisations pay",
        rows,
        note=_cant_be_compared(in_order),
        method="/about/figures/#prices",
    )


Series = prices.Series


def _series_rows(
    name: tuple[str, str],
    series: Sequence[Series | None],
    by_product: Sequence[Mapping[tuple[str, str], Series]],
) -> list[Row]:
    """What is paid and, where some product has figures of it, the discount behind it."""
    unit, currency = name
    absent = [
        missing(TOO_FEW if one else _without(own))
        for one, own in zip(series, by_product, strict=True)
    ]
    of_whom = f"{Currency(currency).value} {prices.PER_UNIT[unit]}"
    paid = [_price(one) or none for one, none in zip(series, absent, strict=True)]
    rows = [
        row_of_spreads(
            f"{unit}/{currency}",
            f"{of_whom} and year",
            paid,
            "Middle, and what half pay",
        )
    ]
    discounts = [_discount(one) for one in series]
    if any(discounts):
        entries = [one or none for one, none in zip(discounts, absent, strict=True)]
        rows.append(
            row_of_spreads(
                f"{unit}/{currency}/discount", f"Discount off list, {of_whom}", entries
            )
        )
    return rows


def _without(own: Mapping[tuple[str, str], Series]) -> str:
    return "Known in another unit or currency" if own else TOO_FEW


def _price(series: Series | None) -> Entry | None:
    """Medians are no intervals: what half pay says how far prices lie apart, and nothing is called better."""
    price = series.whole.figures.get("unit_price") if series else None
    if series is None or price is None:
        return None
    whole, low, high = series.whole, price["low"], price["high"]
    return Entry(
        text=prices.money(price["median"], series.currency),
        note=(
            f"half pay {prices.money(low, '').strip()} to {prices.money(high, '').strip()}; "
            f"{_at_least(price, whole)}, {whole.released_on:%B %Y}"
        ),
        interval=(low, high),
        values=_values(series, price),
    )


def _discount(series: Series | None) -> Entry | None:
    discount = series.whole.figures.get("discount") if series else None
    if series is None or discount is None:
        return None
    low, high = discount["low"], discount["high"]
    return Entry(
        text=f"{discount['median']} %",
        note=f"half get {low} to {high} %; {_at_least(discount, series.whole)}",
        interval=(low, high),
        values=_values(series, discount),
    )


def _at_least(figure: Mapping[str, Any], cell: Cell) -> str:
    number = figure.get("organisations", cell.organisations)
    return f"at least {counted(number, 'organisation')}"


def _values(series: Series, figure: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "unit": series.unit,
        "currency": series.currency,
        **figure,
        "released_on": series.whole.released_on.isoformat(),
    }


def _cant_be_compared(different: Sequence[object]) -> str:
    if len(different) < 2:
        return ""
    return "Different units and currencies can’t be put side by side: each has a row of its own, and nothing is converted."


# --- Did they stay? -------------------------------------------------------------------------


def _retention_group(found: Sequence[Retention]) -> Group:
    """A row a month that one of them has figures of."""
    months = sorted({point.month for one in found for point in one.points})
    rows = [
        _share_row(
            f"after_{month}_months",
            f"Still use it after {month} months",
            [_month(one, month) for one in found],
        )
        for month in months or list(CheckIn.Month)[-1:]
    ]
    rows.append(
        _share_row(
            "buy_again", "Would buy it again", [one.would_buy_again for one in found]
        )
    )
    return Group(
        "retention", "Did they stay?", tuple(rows), method="/about/figures/#retention"
    )


def _month(one: Retention, month: int) -> Share | None:
    return next((point.share for point in one.points if point.month == month), None)


def _share_row(name: str, label: str, shares: Sequence[Share | None]) -> Row:
    return row_by_interval(name, label, [_share(one) for one in shares])


def _share(share: Share | None) -> Entry:
    if share is None:
        return missing(TOO_FEW)
    return Entry(
        text=share.text,
        note=f"{share.interval}; at least {counted(share.organisations, 'organisation')}",
        interval=(share.low, share.high),
        values={
            "percent": share.percent,
            "low": share.low,
            "high": share.high,
            "organisations": share.organisations,
        },
    )


# --- Sold and delivered ---------------------------------------------------------------------


def _delivery_group(found: Sequence[Delivered]) -> Group:
    rows = (
        _share_row("on_time", "Live when promised", [one.on_time for one in found]),
        _spread_row(
            "months_late",
            "Go-live against the promise",
            [(one.months_late, one.months_text) for one in found],
        ),
        _spread_row(
            "cost_gap",
            "Cost against the promise",
            [(one.cost_gap, one.cost_text) for one in found],
        ),
    )
    return Group(
        "delivery", "Sold and delivered", rows, method="/about/figures/#delivery"
    )


def _spread_row(
    name: str, label: str, told: Sequence[tuple[Spread | None, str]]
) -> Row:
    return row_of_spreads(
        name, label, [_spread(spread, words) for spread, words in told]
    )


def _spread(spread: Spread | None, words: str) -> Entry:
    """In the words of the product's own page: "Typically …; half of them between …"."""
    if spread is None:
        return missing(TOO_FEW)
    text, _, half = words.rstrip(".").partition("; ")
    return Entry(
        text=text,
        note=f"{half}; at least {counted(spread.organisations, 'organisation')}",
        interval=(spread.low, spread.high),
        values={
            "low": spread.low,
            "median": spread.median,
            "high": spread.high,
            "organisations": spread.organisations,
        },
    )
