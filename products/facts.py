"""What the sources of an entry state beyond the columns, and who they are."""

from collections.abc import Collection
from typing import Any

from products.models import Product

LABELS = {
    "latest_release": "Latest release",
    "alternative_to": "Listed as an alternative to",
    "foundation_maturity": "Stage in its foundation",
    "fedramp_status": "FedRAMP",
    "fedramp_impact_level": "FedRAMP impact level",
}
SOURCES = {
    "cncf-landscape": "CNCF Landscape contributors",
    "lfai-landscape": "LF AI & Data Landscape contributors",
    "cdf-landscape": "CD Foundation Landscape contributors",
    "finos-landscape": "FINOS Landscape contributors",
    "endoflife.date": "endoflife.date",
    "oss-alternatives": "Awesome open-source alternatives",
    "fedramp-marketplace": "FedRAMP Marketplace",
}
# A statement about this feature says the same, and by whom.
SAID_BY = {
    "latest_release": "tracked-releases",
    "foundation_maturity": "foundation-graduated",
    "fedramp_status": "fedramp-authorised",
    "fedramp_impact_level": "fedramp-authorised",
}
LONGEST = 200


def stated_facts(
    product: Product, features: Collection[str] = ()
) -> list[tuple[str, str]]:
    """(label, text) of those facts that have a label and that none of the `features` says, in the order above."""
    facts = product.facts if isinstance(product.facts, dict) else {}
    return [
        (label, _text(facts[name]))
        for name, label in LABELS.items()
        if facts.get(name) and SAID_BY.get(name) not in features
    ]


def attribution(product: Product) -> str:
    """Whose work the entry is; its licence stands in `data_licence`."""
    named = (
        product.facts.get("described_by") if isinstance(product.facts, dict) else None
    )
    if not isinstance(named, list) or not named:
        return SOURCES.get(product.source, product.source)
    return ", ".join(SOURCES.get(str(name), str(name)) for name in named)[:LONGEST]


def _text(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text[:LONGEST]
