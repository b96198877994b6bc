"""Which words are so frequent that looking through the products finds enough of them sooner than the index of words does.

The index gives all that hold a word before the first of them can be ranked; products are looked through until MOST_RANKED hold
it. Postgres would see that itself if it planned each search anew, which takes as long as a quick search.
"""

from django.db import connection

from products.models import Product

# Where share * share * products is above it. Measured: to look at a product takes five times as long as to note one that the
# index names; to find 400, 400 / share are looked at, and the index names share * products.
WORTH_IT = 2_000

_FREQUENT = """
SELECT quote_literal(lexeme)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = 'search_vector',
    unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS w (lexeme, share)
WHERE c.oid = %s::regclass AND lexeme IS NOT NULL AND share * share * c.reltuples > %s
"""


def frequent_lexemes() -> set[str]:
    """From what ANALYZE has counted, as Postgres writes a tsquery of each; empty before its first time."""
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENT, [Product._meta.db_table, WORTH_IT])
        return {lexeme for (lexeme,) in cursor.fetchall()}
