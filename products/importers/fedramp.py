"""The FedRAMP marketplace's JSON: products that serve the US government, with their business functions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from products.importers.categories import FEDRAMP
from products.importers.files import WHOLE_SIZE_LIMIT, check, decoded, parsed_json
from products.importers.items import CatalogueError, Item, Options, Skip
from products.importers.rows import item_from_row
from products.importers.text import clean_line

DATA_LICENCE = "US-Government-work (public domain in US)"
FACTS = {
    "service_model": "service_model",
    "deployment_model": "fedramp_deployment_model",
    "impact_level": "fedramp_impact_level",
    "status": "fedramp_status",
    "authorizations": "fedramp_authorizations",
}


def read_fedramp(path: Path, options: Options) -> Iterator[Item | Skip]:
    check(path, WHOLE_SIZE_LIMIT)
    tree = parsed_json(
        decoded(path.read_bytes(), path.name).removeprefix("\ufeff"), path.name
    )
    products = tree.get("products") if isinstance(tree, dict) else None
    if not isinstance(products, list):
        raise CatalogueError(
            f"{path.name} has no list “products” at its top: it is not FedRAMP's file."
        )
    for number, product in enumerate(products, start=1):
        yield _item(product, f"product {number}", options)


def _item(product: Any, where: str, options: Options) -> Item | Skip:
    if not isinstance(product, dict):
        return Skip(
            clean_line(str(product)[:80], 80),
            where,
            "It is not an object with a product's fields.",
        )
    row = {
        "source": options.source or FEDRAMP,
        "source_id": product.get("id"),
        "product": product.get("product"),
        "vendor": product.get("vendor"),
        "categories": product.get("business_function"),
        "homepage": product.get("website"),
        "description": product.get("description"),
        "extra": {fact: product.get(name) for name, fact in FACTS.items()},
        "data_license": options.data_licence or DATA_LICENCE,
    }
    return item_from_row(row, where, options)
