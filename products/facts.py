"""What the sources of an entry state beyond the columns, and who they are."""

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
LONGEST = 200


def stated_facts(product: Product) -> list[tuple[str, str]]:
    """(label, text) of those facts that have a label, in the order above."""
    facts = product.facts if isinstance(product.facts, dict) else {}
    return [
        (label, _text(facts[name])) for name, label in LABELS.items() if facts.get(name)
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
