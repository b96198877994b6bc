"""What the catalogue and its sources say: facts, and features by category."""

from collections import defaultdict
from collections.abc import Sequence

from products.categories import CategoryTree, category_tree
from products.features import (
    FeatureGroup,
    asked_of,
    by_category,
    category_ids,
    stated_of,
)
from products.models import Deployment, Feature, Product, ProductFeature
from research.comparing.tables import (
    Entry,
    Group,
    Line,
    Row,
    missing,
    row_of_facts,
)

METHOD = "/about/figures/#compare"
OPEN_SOURCE, PROPRIETARY = "Open source", "Proprietary"
DISAGREE = "Sources disagree"


def groups(products: Sequence[Product]) -> list[Group]:
    """Two queries, and one for the tree of categories if it isn't in the cache."""
    return [
        Group("facts", "Facts", _fact_rows(products)),
        *_feature_groups(products, category_tree()),
    ]


# --- Facts ----------------------------------------------------------------------------------


def _fact_rows(products: Sequence[Product]) -> tuple[Row, ...]:
    rows = [
        row_of_facts("vendor", "Vendor", [_vendor(product) for product in products]),
        row_of_facts(
            "deployment", "Deployment", [_deployment(product) for product in products]
        ),
        row_of_facts("pricing", "Pricing", [_pricing(product) for product in products]),
        row_of_facts("licence", "Licence", [_licence(product) for product in products]),
    ]
    return tuple(rows)


def _vendor(product: Product) -> Entry:
    vendor = product.vendor
    return Entry(
        text=vendor.name,
        url=vendor.get_absolute_url(),
        compared=vendor.pk,
        values={"slug": vendor.slug, "name": vendor.name},
    )


def _deployment(product: Product) -> Entry:
    if not product.deployment:
        return missing()
    labels = [Deployment(value).label for value in product.deployment]
    return Entry(
        text=", ".join(labels),
        compared=frozenset(product.deployment),
        values={"deployment": list(product.deployment)},
    )


def _pricing(product: Product) -> Entry:
    if not product.pricing_model:
        return missing()
    return Entry(
        text=product.get_pricing_model_display(),
        compared=product.pricing_model,
        values={"pricing_model": product.pricing_model},
    )


def _licence(product: Product) -> Entry:
    if product.licence:
        text = product.licence
    elif product.is_open_source is None:
        return missing()
    else:
        text = OPEN_SOURCE if product.is_open_source else PROPRIETARY
    return Entry(
        text=text,
        compared=text,
        values={
            "licence": product.licence,
            "is_open_source": product.is_open_source,
        },
    )


# --- Features -------------------------------------------------------------------------------


def _feature_groups(products: Sequence[Product], tree: CategoryTree) -> list[Group]:
    """Those that somebody speaks of, row by row; what is asked in a category and nobody speaks of, in a sentence."""
    said = stated_of(product.pk for product in products)
    by_feature: dict[Feature, list[ProductFeature]] = defaultdict(list)
    for one in said:
        by_feature[one.feature].append(one)
    categories = [pk for product in products for pk in category_ids(product, tree)]
    unanswered = [
        feature for feature in asked_of(categories, tree) if feature not in by_feature
    ]
    silent = {
        group.category: group for group in by_category({f: [] for f in unanswered})
    }
    groups = [
        _feature_group(group, silent.pop(group.category, None), products)
        for group in by_category(by_feature)
    ]
    return groups + [
        _feature_group(FeatureGroup(name, []), group, products)
        for name, group in silent.items()
    ]


def _feature_group(
    group: FeatureGroup, silent: FeatureGroup | None, products: Sequence[Product]
) -> Group:
    names = [feature.name for feature, _ in silent.features] if silent else []
    note = f"Not known of any of them: {', '.join(names)}." if names else ""
    return Group(
        "features",
        f"Features asked of {group.category}" if group.category else "Features",
        tuple(
            _feature_row(feature, said, products) for feature, said in group.features
        ),
        note=note,
        method=METHOD,
    )


def _feature_row(
    feature: Feature, said: Sequence[ProductFeature], products: Sequence[Product]
) -> Row:
    return row_of_facts(
        feature.slug,
        feature.name,
        [
            _feature_entry([one for one in said if one.product_id == product.pk])
            for product in products
        ],
        feature.description,
    )


def _feature_entry(said: Sequence[ProductFeature]) -> Entry:
    """What one source says, or each of several; two that say the same are named together."""
    if not said:
        return missing()
    supports = {one.support for one in said}
    return Entry(
        text="" if len(supports) == 1 else DISAGREE,
        lines=tuple(_statement(one) for one in said),
        compared=frozenset(supports),
    )


def _statement(one: ProductFeature) -> Line:
    support = ProductFeature.Support(one.support).label
    return Line(
        text=f"{support} ({one.note})" if one.note else str(support),
        mark=one.support,
        note=one.source,
        url=one.source_url,
        values={
            "support": one.support,
            "note": one.note,
            "source": one.source,
            "source_url": one.source_url,
            "stated_on": one.stated_on and one.stated_on.isoformat(),
        },
    )
