import datetime

from reviews.models import Review
from reviews.signals.texts import Evidence, public_ids, rows_of

# At least this many others reviewed at least this many products that the author reviewed, each within a week of them.
RING_OTHERS = 2
RING_PRODUCTS = 3
RING_APART = datetime.timedelta(days=7)
RING_LOOKS_BACK = datetime.timedelta(days=90)
# At least this many colleagues on one product within two weeks, and this share of all members who work there: a few
# of the many at a big employer are no ring.
COLLEAGUES = 3
COLLEAGUES_SHARE = 0.2
COLLEAGUES_APART = datetime.timedelta(days=14)

_SAME_PRODUCTS = """
SELECT other.author_id, count(DISTINCT other.product_id)
FROM reviews_review mine JOIN reviews_review other
  ON other.product_id = mine.product_id AND other.author_id <> mine.author_id
 AND other.submitted_at BETWEEN mine.submitted_at - %(apart)s AND mine.submitted_at + %(apart)s
WHERE mine.author_id = %(author)s AND mine.submitted_at > %(since)s
GROUP BY other.author_id
HAVING count(DISTINCT other.product_id) >= %(products)s AND bool_or(other.product_id = %(product)s)
"""

_COLLEAGUES = """
WITH colleagues AS (
    SELECT DISTINCT w.user_id FROM accounts_workemail w
    WHERE w.verified_at IS NOT NULL AND w.domain IN (
        SELECT domain FROM accounts_workemail WHERE user_id = %(author)s AND verified_at IS NOT NULL)
)
SELECT (SELECT count(*) FROM colleagues), array_agg(DISTINCT r.author_id)
FROM reviews_review r JOIN colleagues ON colleagues.user_id = r.author_id
WHERE r.product_id = %(product)s AND r.submitted_at BETWEEN %(since)s AND %(until)s
"""


def ring(review: Review) -> Evidence | None:
    if review.author_id is None:
        return None
    return _same_products(review) or _colleagues(review)


def _same_products(review: Review) -> Evidence | None:
    rows = rows_of(
        _SAME_PRODUCTS,
        author=review.author_id,
        product=review.product_id,
        products=RING_PRODUCTS,
        apart=RING_APART,
        since=review.submitted_at - RING_LOOKS_BACK,
    )
    if len(rows) < RING_OTHERS:
        return None
    return {
        "rule": "same_products",
        "authors": len(rows) + 1,
        "products": min(count for _, count in rows),
        "reviews": _reviews_of(review, [author for author, _ in rows]),
    }


def _colleagues(review: Review) -> Evidence | None:
    members, authors = rows_of(
        _COLLEAGUES,
        author=review.author_id,
        product=review.product_id,
        since=review.submitted_at - COLLEAGUES_APART,
        until=review.submitted_at + COLLEAGUES_APART,
    )[0]
    if len(authors or ()) < max(COLLEAGUES, members * COLLEAGUES_SHARE):
        return None
    others = [author for author in authors if author != review.author_id]
    return {
        "rule": "same_employer",
        "authors": len(authors),
        "members": members,
        "reviews": _reviews_of(review, others),
    }


def _reviews_of(review: Review, authors: list[int]) -> list[str]:
    same_product = Review.objects.filter(product=review.product_id, author__in=authors)
    return public_ids(same_product.order_by("-submitted_at", "-id"))
