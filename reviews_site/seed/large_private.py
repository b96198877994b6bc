"""What the members of the large set tell in private and compare, so that its pages hold as much as real ones.

Made by plain arithmetic on the ids of reviews: only how much there is matters here.
"""

import datetime
from typing import Any

from django.db import connection

from disclosure import releasing
from reviews_site.seed.catalogue import SYNTHETIC_SOURCE

# With prices and answers; those that benchmarks.pages asks for are among them.
PRODUCTS = 50
LEAST_REVIEWS = 20
MOST_PER_PRODUCT = 120

_RIVALS = """
INSERT INTO reviews_consideredproduct (review_id, product_id, kind)
WITH rivals AS (
    SELECT product_id, lead(product_id) OVER same AS one, lead(product_id, 2) OVER same AS another
    FROM products_productcategory WHERE position = 0
    WINDOW same AS (PARTITION BY category_id ORDER BY product_id)
)
SELECT r.id, v.rival, v.kind
FROM reviews_review r JOIN products_product p ON p.id = r.product_id AND p.source = %(source)s
JOIN rivals USING (product_id)
CROSS JOIN LATERAL (VALUES
    (one, 'compared', r.id %% 3 = 0), (another, 'compared', r.id %% 5 = 0), (one, 'switched_from', r.id %% 7 = 0)
) v (rival, kind, stated)
WHERE r.status = 'published' AND v.stated AND v.rival IS NOT NULL
"""
_CUSTOMERS = """
CREATE TEMPORARY TABLE customers ON COMMIT DROP AS
WITH busy AS (
    SELECT p.id FROM products_product p JOIN reviews_productrating rating ON rating.product_id = p.id
    WHERE p.source = %(source)s AND rating.count >= %(least)s ORDER BY p.slug LIMIT %(products)s
)
SELECT r.*, w.domain, row_number() OVER (PARTITION BY r.product_id ORDER BY r.id) AS number
FROM busy JOIN reviews_review r ON r.product_id = busy.id JOIN accounts_workemail w ON w.user_id = r.author_id
WHERE r.status = 'published' AND r.relationship = 'customer'
"""
_PRICES = """
INSERT INTO prices_pricereport (public_id, member_id, product_id, organisation, company_size, yearly_amount, currency,
    unit, quantity, term_months, discount_percent, purchase_year, auto_renewal, uplift_cap_percent, exit_format,
    return_seen, created_at, changed_at)
SELECT gen_random_uuid(), author_id, product_id, domain, company_size, (50 + id %% 400) * (80 + id %% 61), 'EUR', 'user',
    50 + id %% 400, 12, 5 * (id %% 6), extract(year FROM published_at), id %% 3 > 0, 5, 'open', 'gain', published_at, published_at
FROM customers WHERE number <= %(most)s
"""
_CHECK_INS = """
INSERT INTO outcomes_checkin (public_id, review_id, month, organisation, still_using, use, buy_again, asked_at, answered_at)
SELECT gen_random_uuid(), id, month, domain, id %% 7 > 0, CASE WHEN id %% 7 > 0 THEN 'same' ELSE '' END, 'yes', at, at
FROM customers CROSS JOIN (VALUES (6), (12), (24)) months (month)
CROSS JOIN LATERAL (SELECT published_at + month * interval '31 days' AS at) asked
WHERE number <= %(most)s AND at < %(now)s
"""
_DELIVERIES = """
INSERT INTO outcomes_delivery (public_id, review_id, organisation, signed_on, promised_on, live_on, cost_gap_percent, scope,
    created_at, changed_at)
SELECT gen_random_uuid(), id, domain, (month - interval '18 months')::date, (month - interval '12 months')::date,
    (month - (6 + id %% 6) * interval '1 month')::date, id %% 30, 'most', published_at, published_at
FROM (SELECT *, date_trunc('month', published_at AT TIME ZONE 'UTC') AS month FROM customers) dated WHERE number <= %(most)s
"""


def write(now: datetime.datetime) -> None:
    """After the ratings, in the transaction of the load."""
    values: dict[str, Any] = {
        "source": SYNTHETIC_SOURCE,
        "least": LEAST_REVIEWS,
        "products": PRODUCTS,
        "most": MOST_PER_PRODUCT,
        "now": now,
    }
    with connection.cursor() as cursor:
        for statement in (_RIVALS, _CUSTOMERS, _PRICES, _CHECK_INS, _DELIVERIES):
            cursor.execute(statement, values)
    releasing.release_due(now.date())
