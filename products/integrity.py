from reviews_site.lib.integrity import sql

CHECKS = [
    sql(
        "category_count",
        "A category counts the active products in it and below, each once.",
        """
        WITH RECURSIVE below AS (
            SELECT id AS top, id FROM products_category
            UNION
            SELECT below.top, child.id FROM below JOIN products_category child ON child.parent_id = below.id
        ), counted AS (
            SELECT below.top AS id, count(DISTINCT product.id) AS n
            FROM below
            LEFT JOIN products_productcategory link ON link.category_id = below.id
            LEFT JOIN products_product product ON product.id = link.product_id AND product.status = 'active'
            GROUP BY below.top
        )
        SELECT c.slug FROM products_category c LEFT JOIN counted USING (id)
        WHERE c.product_count IS DISTINCT FROM counted.n ORDER BY c.id
        """,
    ),
    sql(
        "alias_of_another_product",
        "No product has the old address of another.",
        """
        SELECT a.slug FROM products_productalias a JOIN products_product p ON p.slug = a.slug
        ORDER BY a.id
        """,
    ),
    sql(
        "representative_without_address",
        "Whoever speaks for a vendor has a confirmed address.",
        """
        SELECT u.public_id FROM products_vendorrepresentative r JOIN accounts_user u ON u.id = r.user_id
        WHERE r.verified_at IS NOT NULL AND r.ended_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM account_emailaddress a WHERE a.user_id = u.id AND a.verified
        )
        ORDER BY r.id
        """,
    ),
    sql(
        "claim_not_waiting",
        "A claim whose address is confirmed waits for a moderator until it is decided.",
        """
        SELECT c.public_id FROM products_vendorclaim c
        LEFT JOIN moderation_queueitem i
            ON i.kind = 'vendor_claim' AND i.target_public_id = c.public_id AND i.closed_at IS NULL
        WHERE c.status = 'pending' AND i.id IS NULL ORDER BY c.id
        """,
    ),
]
