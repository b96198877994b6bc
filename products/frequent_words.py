"""Which words are so frequent that looking through the products finds enough of them sooner than the index of words does.

The index gives all that hold a word before the first of them can be ranked; products are looked through until MOST_RANKED hold
it. Postgres would see that itself if it planned each search anew, which takes as long as most searches.
"""

from django.db import connection

from products.models import FrequentWord, Product

# Where share * share * products is above it. Measured: to look at a product takes five times as long as to note one that the
# index names; to find 400, 400 / share are looked at, and the index names share * products.
WORTH_IT = 2_000

_FREQUENT = """
SELECT quote_literal(lexeme)
FROM pg_stats s, pg_class c, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS w (lexeme, share)
WHERE c.oid = %s::regclass AND s.schemaname = c.relnamespace::regnamespace::text AND s.tablename = c.relname
    AND s.attname = 'search_vector' AND lexeme IS NOT NULL AND share * share * c.reltuples > %s
"""


def note_frequent_words() -> int:
    """From what ANALYZE has counted. Returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENT, [Product._meta.db_table, WORTH_IT])
        found = {lexeme for (lexeme,) in cursor.fetchall()}
    FrequentWord.objects.exclude(pk__in=found).delete()
    FrequentWord.objects.bulk_create(
        [FrequentWord(lexeme=lexeme) for lexeme in sorted(found)], ignore_conflicts=True
    )
    return len(found)
