from collections.abc import Iterator
from itertools import islice

from products.models import Product
from reviews.models import ProductRating
from reviews.ratings import check_ratings
from reviews_site.lib.integrity import Check, sql

# Ratings that are recomputed at once; their products are locked meanwhile.
AT_ONCE = 500


def wrong_ratings() -> Iterator[str]:
    """Left out are those whose reviews changed and that wait for the worker."""
    rated = ProductRating.objects.order_by("product")
    ids = rated.values_list("product_id", flat=True).iterator()
    while batch := list(islice(ids, AT_ONCE)):
        differences = check_ratings(batch).differences
        wrong: dict[int, set[str]] = {}
        for each in differences:
            wrong.setdefault(each.product_id, set()).add(each.field)
        slugs = Product.objects.in_bulk(wrong)
        for product_id, fields in wrong.items():
            yield f"{slugs[product_id].slug}: {', '.join(sorted(fields))}"


def _not_waiting(name: str, invariant: str, table: str, kind: str, waits: str) -> Check:
    """What waits for a moderator by its own state has an item in the queue."""
    return sql(
        name,
        invariant,
        f"""
        SELECT t.public_id FROM {table} t
        LEFT JOIN moderation_queueitem i
            ON i.kind = %(kind)s AND i.target_public_id = t.public_id AND i.closed_at IS NULL
        WHERE {waits} AND i.id IS NULL ORDER BY t.id
        """,
        kind=kind,
    )


CHECKS = [
    Check(
        "rating",
        "A rating is what its published reviews give.",
        wrong_ratings,
    ),
    sql(
        "product_without_rating",
        "A product with published reviews has a rating, or waits for one.",
        """
        SELECT p.slug FROM products_product p
        WHERE EXISTS (SELECT 1 FROM reviews_review r WHERE r.product_id = p.id AND r.status = 'published')
            AND NOT EXISTS (SELECT 1 FROM reviews_productrating rating WHERE rating.product_id = p.id)
            AND NOT EXISTS (SELECT 1 FROM reviews_ratingrefresh wish WHERE wish.product_id = p.id)
        """,
    ),
    sql(
        "rating_not_refreshed",
        "A wish that a rating be computed anew is served within ten minutes.",
        """
        SELECT DISTINCT p.slug FROM reviews_ratingrefresh wish JOIN products_product p ON p.id = wish.product_id
        WHERE wish.requested_at < now() - interval '10 minutes'
        """,
    ),
    sql(
        "helpful_count",
        "A review counts the members who found it helpful.",
        """
        SELECT r.public_id FROM reviews_review r
        LEFT JOIN (SELECT review_id, count(*) AS n FROM reviews_helpfulvote GROUP BY review_id) v
            ON v.review_id = r.id
        WHERE r.helpful_count <> coalesce(v.n, 0)
        """,
    ),
    sql(
        "comment_count",
        "A review counts the published comments under it.",
        """
        SELECT r.public_id FROM reviews_review r
        LEFT JOIN (
            SELECT review_id, count(*) AS n FROM reviews_comment WHERE status = 'published' GROUP BY review_id
        ) c ON c.review_id = r.id
        WHERE r.comment_count <> coalesce(c.n, 0)
        """,
    ),
    sql(
        "published_unverified",
        "A published review that wasn't imported was verified in the way that it says.",
        """
        SELECT r.public_id FROM reviews_review r
        LEFT JOIN reviews_verification v
            ON v.review_id = r.id AND v.method = r.verification_method AND v.status = 'passed'
        WHERE r.status = 'published' AND r.source <> 'imported' AND v.id IS NULL
        """,
    ),
    sql(
        "evidence_kept",
        "A proof of use is deleted with the decision about it.",
        """
        SELECT v.public_id FROM reviews_verification v
        WHERE v.status <> 'pending'
            AND EXISTS (SELECT 1 FROM reviews_proofpage p WHERE p.verification_id = v.id)
        """,
    ),
    sql(
        "dispute_of_what_is_not_public",
        "An open dispute is about a review that is public.",
        """
        SELECT d.public_id FROM reviews_dispute d JOIN reviews_review r ON r.id = d.review_id
        WHERE d.status = 'open' AND r.status <> 'published' ORDER BY d.id
        """,
    ),
    _not_waiting(
        "review_not_waiting",
        "A review that was sent waits for a moderator until it is decided.",
        "reviews_review",
        "review",
        "t.status = 'pending'",
    ),
    _not_waiting(
        "comment_not_waiting",
        "A comment that was sent waits for a moderator until it is decided.",
        "reviews_comment",
        "comment",
        "t.status = 'pending'",
    ),
    _not_waiting(
        "response_not_waiting",
        "A vendor's answer that was sent waits for a moderator until it is decided.",
        "reviews_vendorresponse",
        "vendor_response",
        "t.status = 'pending'",
    ),
    _not_waiting(
        "dispute_not_waiting",
        "An open dispute waits for a moderator.",
        "reviews_dispute",
        "dispute",
        "t.status = 'open'",
    ),
]
