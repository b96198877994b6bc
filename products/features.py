"""What sources say of features: the statements that follow from the catalogue's records, and reading all of them.

A source that says nothing of a feature has no statement: absence is never a "no".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from products.categories import CategoryTree
from products.models import Feature, Product, ProductFeature

Record = Mapping[str, Any]
YES, PARTLY, NO = (
    ProductFeature.Support.YES,
    ProductFeature.Support.PARTLY,
    ProductFeature.Support.NO,
)
LONGEST_SOURCE, LONGEST_NOTE = 120, 200


# --- Who says it ----------------------------------------------------------------------------

# By the name that the importers keep: what readers call it, and where it stands.
SOURCES = {
    "cncf-landscape": ("CNCF Landscape", "https://landscape.cncf.io/"),
    "lfai-landscape": ("LF AI & Data Landscape", "https://landscape.lfai.foundation/"),
    "cdf-landscape": ("CD Foundation Landscape", "https://landscape.cd.foundation/"),
    "finos-landscape": ("FINOS Landscape", "https://landscape.finos.org/"),
    "endoflife.date": ("endoflife.date", "https://endoflife.date/"),
    "oss-alternatives": (
        "Awesome open-source alternatives",
        "https://github.com/RunaCapital/awesome-oss-alternatives",
    ),
    "fedramp-marketplace": (
        "FedRAMP Marketplace",
        "https://marketplace.fedramp.gov/products",
    ),
}
LANDSCAPES = frozenset(name for name in SOURCES if name.endswith("-landscape"))
OPEN_SOURCE_LISTS = LANDSCAPES | {"oss-alternatives"}
FEDRAMP = frozenset({"fedramp-marketplace"})
END_OF_LIFE = frozenset({"endoflife.date"})
ANYBODY = frozenset(SOURCES)


@dataclass(frozen=True)
class Statement:
    feature: str
    support: str
    source: str
    source_url: str = ""
    note: str = ""


def _who(record: Record, speakers: frozenset[str]) -> tuple[str, str]:
    """(name, address) of the source; of a record that joins several, all that speak of such things, without an address."""
    named = _facts(record).get("described_by")
    joined = [str(name) for name in named] if isinstance(named, list) else []
    names = [name for name in joined if name in speakers] or joined
    names = names or [str(record.get("source", ""))]
    known = [SOURCES.get(name, (name, "")) for name in names]
    source = ", ".join(label for label, _ in known)[:LONGEST_SOURCE]
    return source, known[0][1] if len(known) == 1 else ""


def _facts(record: Record) -> Mapping[str, Any]:
    facts = record.get("facts")
    return facts if isinstance(facts, dict) else {}


# --- What follows from a record -------------------------------------------------------------

Answer = tuple[str, str] | None
"""(support, note), or None where the record says nothing of it."""

STRONG_COPYLEFT = ("GPL-", "AGPL-", "OSL-", "EUPL-", "CECILL-2")
WEAK_COPYLEFT = ("LGPL-", "MPL-", "EPL-", "CDDL-", "CPL-")
PERMISSIVE = ("MIT", "Apache-", "BSD-", "ISC", "0BSD", "Zlib", "Unlicense", "PostgreSQL", "BSL-1.0", "CC0-", "Python-2.0")  # fmt: skip


def _open_source(record: Record) -> Answer:
    stated = record.get("is_open_source")
    if not isinstance(stated, bool):
        return None
    return (YES if stated else NO), ""


def _permissive_licence(record: Record) -> Answer:
    """Of a single licence that is well known; an expression of several says something else for each part."""
    licence = str(record.get("licence") or "")
    for beginnings, support in (
        (PERMISSIVE, YES),
        (WEAK_COPYLEFT, PARTLY),
        (STRONG_COPYLEFT, NO),
    ):
        if " " not in licence and licence.startswith(beginnings):
            return support, licence[:LONGEST_NOTE]
    return None


def _offered_as(deployment: str) -> Callable[[Record], Answer]:
    def offered(record: Record) -> Answer:
        stated = record.get("deployment")
        is_stated = isinstance(stated, list | tuple) and deployment in stated
        return (YES, "") if is_stated else None

    return offered


def _fedramp(record: Record) -> Answer:
    """Listed and not yet authorised is on the way, and the note says how far."""
    status, level = _fedramp_facts(record)
    if not status:
        return None
    if status.casefold() == "authorized":
        return YES, level
    return PARTLY, status


def _fedramp_high(record: Record) -> Answer:
    status, level = _fedramp_facts(record)
    if status.casefold() != "authorized" or not level:
        return None
    return (YES if level.casefold() == "high" else NO), level


def _fedramp_facts(record: Record) -> tuple[str, str]:
    facts = _facts(record)
    return (
        str(facts.get("fedramp_status") or ""),
        str(facts.get("fedramp_impact_level") or ""),
    )


STAGES = {
    "graduated": YES,
    "incubating": PARTLY,
    "sandbox": NO,
    "archived": NO,
}


def _graduated(record: Record) -> Answer:
    facts = _facts(record)
    stage = str(facts.get("foundation_maturity") or facts.get("maturity") or "")
    support = STAGES.get(stage.casefold())
    return (support, stage) if support else None


def _tracked_releases(record: Record) -> Answer:
    latest = _facts(record).get("latest_release")
    return (YES, f"latest {latest}"[:LONGEST_NOTE]) if latest else None


@dataclass(frozen=True)
class Derived:
    """A feature that is asked of all products, and how its answer is read out of a record."""

    slug: str
    name: str
    description: str
    answer: Callable[[Record], Answer]
    speakers: frozenset[str] = ANYBODY


DERIVED = (
    Derived(
        "open-source",
        "Open source",
        "Its source code may be used, changed and passed on under an open-source licence.",
        _open_source,
        OPEN_SOURCE_LISTS,
    ),
    Derived(
        "permissive-licence",
        "Permissive licence",
        "Changed versions may be passed on under other terms; partly: its own files only under the same.",
        _permissive_licence,
        OPEN_SOURCE_LISTS,
    ),
    Derived(
        "self-hosted",
        "Can be self-hosted",
        "Runs on machines of one's own choice.",
        _offered_as("self_hosted"),
        OPEN_SOURCE_LISTS,
    ),
    Derived(
        "cloud-service",
        "Offered as a cloud service",
        "Somebody else runs it.",
        _offered_as("saas"),
    ),
    Derived(
        "fedramp-authorised",
        "FedRAMP authorised",
        "Agencies of the US government may use it; partly: listed, and not yet authorised.",
        _fedramp,
        FEDRAMP,
    ),
    Derived(
        "fedramp-high",
        "FedRAMP at impact level High",
        "Authorised for the most sensitive unclassified data.",
        _fedramp_high,
        FEDRAMP,
    ),
    Derived(
        "foundation-graduated",
        "Graduated in its foundation",
        "The foundation that hosts it calls it mature; partly: incubating.",
        _graduated,
        LANDSCAPES,
    ),
    Derived(
        "tracked-releases",
        "Releases and their ends tracked",
        "How long each release is supported stands in a public list.",
        _tracked_releases,
        END_OF_LIFE,
    ),
)


def statements(record: Record) -> list[Statement]:
    """What one source's record of a product says of the derived features."""
    found = []
    for derived in DERIVED:
        answer = derived.answer(record)
        if answer is not None:
            source, address = _who(record, derived.speakers)
            if source:
                found.append(
                    Statement(derived.slug, answer[0], source, address, answer[1])
                )
    return found


# --- Reading --------------------------------------------------------------------------------


@dataclass(frozen=True)
class FeatureGroup:
    """Features of one category, "" for those asked of all products, each with what is stated of it."""

    category: str
    features: list[tuple[Feature, list[ProductFeature]]]


def stated_of(product_ids: Iterable[int]) -> list[ProductFeature]:
    """In the order in which they are shown; one query."""
    return list(
        ProductFeature.objects.filter(product__in=list(product_ids))
        .select_related("feature__category")
        .order_by("feature__position", "feature__name", "feature_id", "source", "pk")
    )


def category_ids(product: Product, tree: CategoryTree) -> list[int]:
    """Of a product annotated with its `category_names`, without a query."""
    slugs = [one["slug"] for one in vars(product)["category_names"]]
    return [tree.by_slug[slug].id for slug in slugs if slug in tree.by_slug]


def asked_of(category_ids: Iterable[int], tree: CategoryTree) -> list[Feature]:
    """What buyers of these categories ask for: their own features and those of the categories above."""
    nodes = [tree.nodes[pk] for pk in category_ids if pk in tree.nodes]
    above = {one.id for node in nodes for one in (*tree.path(node), node)}
    return list(
        Feature.objects.filter(category__in=above)
        .select_related("category")
        .order_by("position", "name", "pk")
    )


def features_of(product: Product, tree: CategoryTree) -> list[dict[str, Any]]:
    """What is asked of it and what is stated of it; `product` as the API's list annotates it."""
    by_feature: dict[Feature, list[ProductFeature]] = defaultdict(list)
    for one in stated_of([product.pk]):
        by_feature[one.feature].append(one)
    for feature in asked_of(category_ids(product, tree), tree):
        by_feature.setdefault(feature, [])
    return [
        {
            "slug": feature.slug,
            "name": feature.name,
            "description": feature.description,
            "category": feature.category and feature.category.slug,
            "statements": said,
        }
        for group in by_category(by_feature)
        for feature, said in group.features
    ]


def grouped(found: Iterable[ProductFeature]) -> list[FeatureGroup]:
    """What is asked of all products first, then by category."""
    by_feature: dict[Feature, list[ProductFeature]] = defaultdict(list)
    for one in found:
        by_feature[one.feature].append(one)
    return by_category(by_feature)


def by_category(
    by_feature: Mapping[Feature, list[ProductFeature]],
) -> list[FeatureGroup]:
    groups: dict[str, list[tuple[Feature, list[ProductFeature]]]] = defaultdict(list)
    for feature, said in by_feature.items():
        groups[feature.category.name if feature.category else ""].append(
            (feature, said)
        )
    return [
        FeatureGroup(
            name,
            sorted(rows, key=lambda row: (row[0].position, row[0].name, row[0].pk)),
        )
        for name, rows in sorted(groups.items())
    ]
