"""What the import's tests share: the made-up files, and the command as somebody calls it."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from products.models import Category, Product

FILES = Path(__file__).parent.parent / "data" / "catalogues"


def run(file: Path | str, *options: str) -> dict[str, Any]:
    """The report of an import; a bare name is one of FILES."""
    out = io.StringIO()
    call_command("import_catalog", str(FILES / file), "--json", *options, stdout=out)
    report = json.loads(out.getvalue())
    assert report["read"] == sum(report[count] for count in COUNTS)
    return report


COUNTS = ("created", "updated", "unchanged", "merged", "skipped")


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {count: report[count] for count in COUNTS if report[count]}


def write_rows(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def product(name: str) -> Product:
    return Product.objects.select_related("vendor").get(name=name)


def paths(product: Product) -> list[str]:
    """Its categories in their order, each with those above it."""
    links = product.product_categories.select_related("category__parent").order_by(
        "position"
    )
    return [path(link.category) for link in links]


def path(category: Category) -> str:
    return (
        f"{category.parent.name} / {category.name}"
        if category.parent
        else category.name
    )
