"""A table of statements about features (CSV): which source says that which product has what."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from products.importers.files import csv_rows
from products.importers.text import clean_line, clean_url
from products.models import ProductFeature

NEEDED = ("feature", "product", "support", "source")
COLUMNS = frozenset({*NEEDED, "category", "description", "source_url", "date", "note"})
LIMITS = {"feature": 120, "description": 300, "source": 120, "note": 200}


@dataclass(frozen=True)
class FeatureLine:
    where: str
    category: str
    """Slug or name; empty for what is asked of all products."""
    feature: str
    description: str
    product: str
    support: str
    source: str
    source_url: str
    note: str
    stated_on: datetime.date | None


@dataclass(frozen=True)
class LineError:
    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where[:1].upper()}{self.where[1:]}: {self.reason}"


class _BadLine(Exception):
    pass


def read_features(
    path: Path, today: datetime.date
) -> Iterator[FeatureLine | LineError]:
    """Each line of the file in its order, or what is wrong with it."""
    for where, row in csv_rows(path):
        try:
            yield _line(where, row, today)
        except _BadLine as bad:
            yield LineError(where, str(bad))


def _line(where: str, row: dict[str, Any], today: datetime.date) -> FeatureLine:
    if unknown := sorted(set(row) - COLUMNS - {""}):
        raise _BadLine(f"There is no column “{clean_line(unknown[0], 40)}”.")
    for name in NEEDED:
        if not clean_line(row.get(name), 500):
            raise _BadLine(f"“{name}” is empty.")
    return FeatureLine(
        where=where,
        category=clean_line(row.get("category"), 120),
        product=clean_line(row["product"], 120),
        support=_support(row["support"]),
        source_url=_address(row.get("source_url") or ""),
        stated_on=_day(row.get("date") or "", today),
        **{name: _short(name, row.get(name) or "") for name in LIMITS},
    )


def _short(name: str, stated: str) -> str:
    text = clean_line(stated, 1000)
    if len(text) > LIMITS[name]:
        raise _BadLine(f"“{name}” has more than {LIMITS[name]} characters.")
    if name == "feature" and not slugify(text):
        raise _BadLine("“feature” has no letters that an address could be made of.")
    return text


def _support(stated: str) -> str:
    support = clean_line(stated, 20).casefold()
    if support not in ProductFeature.Support.values:
        raise _BadLine("“support” is yes, partly or no; leave out what is not known.")
    return support


def _address(stated: str) -> str:
    address = clean_url(stated)
    if stated.strip() and not address:
        raise _BadLine("“source_url” is not an http or https address.")
    return address


def _day(stated: str, today: datetime.date) -> datetime.date | None:
    if not stated.strip():
        return None
    try:
        day = datetime.date.fromisoformat(stated.strip())
    except ValueError:
        raise _BadLine("“date” is a day such as 2026-05-31.") from None
    if day > today or day.year < 1970:
        raise _BadLine("“date” is not in the past.")
    return day
