"""What several sources say about one product, as the one thing that the product's row says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from products.importers.items import Path, Record
from products.importers.text import clean_line, first_sentence
from products.models import Product

SUMMARY_LIMIT = 200
TEXTS = ("summary", "description", "website", "repository", "licence", "pricing_model")


@dataclass(frozen=True)
class Composed:
    """`columns` are Product's columns of these names."""

    vendor: str = ""
    vendor_is_derived: bool = True
    columns: dict[str, Any] = field(default_factory=dict)
    categories: tuple[Path, ...] = ()
    other_names: tuple[str, ...] = ()


BLANK = Composed(
    columns={
        "name": "",
        **dict.fromkeys(TEXTS, ""),
        "is_open_source": None,
        "deployment": [],
        "status": Product.Status.ACTIVE.value,
        "facts": {},
        "data_licence": "",
    }
)


def compose(records: Sequence[Record]) -> Composed:
    """The earlier source's word stands; a later one fills what is blank, and lists are joined."""
    if not records:
        return BLANK
    vendor, is_derived = _vendor(records)
    return Composed(
        vendor=vendor,
        vendor_is_derived=is_derived,
        columns=_columns(records),
        categories=tuple(_joined(records, "categories")),
        other_names=tuple(
            dict.fromkeys(
                r["name"] for r in records[1:] if r["name"] != records[0]["name"]
            )
        ),
    )


def _columns(records: Sequence[Record]) -> dict[str, Any]:
    columns: dict[str, Any] = {"name": records[0]["name"]}
    columns |= {name: _first(records, name, "") for name in TEXTS}
    columns["summary"] = columns["summary"] or first_sentence(
        columns["description"], SUMMARY_LIMIT
    )
    columns["is_open_source"] = _is_open_source(records)
    columns["deployment"] = _joined(records, "deployment", hashable=str)
    columns["status"] = _status(records)
    columns["facts"] = _facts(records)
    columns["data_licence"] = _licences(records)
    return columns


def _vendor(records: Sequence[Record]) -> tuple[str, bool]:
    """A stated name, else one made from a slug, else the product's own name: many a project is its own vendor."""
    stated = (
        r["vendor"]
        for r in records
        if r.get("vendor") and not r.get("vendor_is_derived")
    )
    derived = (r["vendor"] for r in records if r.get("vendor"))
    if name := next(stated, ""):
        return name, False
    return clean_line(next(derived, records[0]["name"]), 160), True


def _first(records: Sequence[Record], name: str, blank: Any) -> Any:
    return next(
        (r[name] for r in records if r.get(name) not in (None, "", blank)), blank
    )


def _joined(records: Sequence[Record], name: str, hashable: Any = tuple) -> list[Any]:
    return list(
        dict.fromkeys(hashable(one) for r in records for one in r.get(name, ()))
    )


def _is_open_source(records: Sequence[Record]) -> bool | None:
    """A source that knows the repository outweighs one that only has none."""
    stated = {r.get("is_open_source") for r in records} - {None}
    return None if not stated else True in stated


def _status(records: Sequence[Record]) -> str:
    over = any(r.get("discontinued") for r in records)
    return (Product.Status.DISCONTINUED if over else Product.Status.ACTIVE).value


def _facts(records: Sequence[Record]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for record in records:
        facts = record.get("facts", {}) | facts
    return facts


def _licences(records: Sequence[Record]) -> str:
    licences = list(
        dict.fromkeys(r["data_licence"] for r in records if r.get("data_licence"))
    )
    if len(licences) < 2:
        return "".join(licences)
    return clean_line(
        " AND ".join(f"({one})" if " OR " in one else one for one in licences), 100
    )


def changes(before: Composed, after: Composed, product: Product) -> dict[str, Any]:
    """Columns to write: what the sources changed, except where staff wrote something else meanwhile."""
    return {
        name: value
        for name, value in after.columns.items()
        if value != before.columns[name]
        and getattr(product, name) == before.columns[name]
    }
