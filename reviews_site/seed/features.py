"""Made-up statements about the features of made-up products, in one statement of SQL; of real ones only what the catalogue says."""

from django.db import connection

from products.models import Category, Feature

SOURCE = "Made up for measurements"
NAMES = ("Single sign-on", "Audit log", "Bulk export", "Offline use", "Own encryption keys", "Sandbox")  # fmt: skip


def write_large(category: Category, source: str) -> int:
    """Asked of the category and what is below it; of a third of the products each is not known."""
    Feature.objects.bulk_create(
        (
            Feature(
                category=category,
                slug=f"{category.slug}-{position}",
                name=name,
                position=position,
            )
            for position, name in enumerate(NAMES)
        ),
        ignore_conflicts=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO products_productfeature (product_id, feature_id, support, source, source_url, note, is_derived)
            SELECT product.id, feature.id, (ARRAY['yes', 'yes', 'partly', 'no'])[1 + chance %% 4], %s, '', '', false
            FROM products_product product
            CROSS JOIN products_feature feature
            CROSS JOIN LATERAL (SELECT hashint8(product.id * 31 + feature.id) & 2147483647 AS chance) AS drawn
            WHERE product.source = %s AND feature.category_id = %s AND chance %% 3 > 0
            ON CONFLICT DO NOTHING
            """,
            [SOURCE, source, category.pk],
        )
        return int(cursor.rowcount)
