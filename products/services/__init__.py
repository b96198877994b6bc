"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from products.services.catalogue import (
    BATCH,
    IMPORT_LOCK,
    CatalogueRefused,
    DryRun,
    import_items,
    merge_products,
    merge_vendors,
    refresh_category_counts,
    refresh_keywords,
    rename_product,
    save_category,
    save_product,
    save_vendor,
)

__all__ = [
    "BATCH",
    "IMPORT_LOCK",
    "CatalogueRefused",
    "DryRun",
    "import_items",
    "merge_products",
    "merge_vendors",
    "refresh_category_counts",
    "refresh_keywords",
    "rename_product",
    "save_category",
    "save_product",
    "save_vendor",
]
