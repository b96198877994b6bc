from collections.abc import Mapping

from reviews.fingerprints import SHORTEST_TEXT, bands, plain
from reviews.models import Review
from reviews.signals.texts import Evidence, rows_of

# Of pg_trgm's similarity, 0 to 1. Two honest reviews of one product seldom reach 0.4.
NEAR_COPY_FROM = 0.6
# Of the two sides together, which may both be short: only when hardly a word differs.
WHOLE_COPY_FROM = 0.9
MOST_CANDIDATES = 50
MOST_SHOWN = 5

_SIMILAR = f"""
WITH mine AS (SELECT * FROM unnest(%(fields)s::text[], %(bodies)s::text[]) AS mine (field, body)),
candidates AS (
    SELECT f.review_id, r.public_id,
           cardinality(ARRAY(SELECT unnest(f.bands) INTERSECT SELECT unnest(%(bands)s::bigint[]))) AS shared
    FROM reviews_textfingerprint f JOIN reviews_review r ON r.id = f.review_id
    WHERE f.bands && %(bands)s::bigint[] AND r.id <> %(review)s
      -- What the same member wrote about this product before is an earlier version, not a copy.
      AND NOT coalesce(r.product_id = %(product)s AND r.author_id = %(author)s, false)
    ORDER BY shared DESC, f.review_id LIMIT {MOST_CANDIDATES}
),
theirs AS (
    SELECT c.public_id, part.field, lower(regexp_replace(
        normalize(part.body, NFKD), '[\\u0300-\\u036f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]', '', 'g'
    )) AS body
    FROM candidates c JOIN reviews_review r ON r.id = c.review_id CROSS JOIN LATERAL (
        VALUES ('pros', r.pros), ('cons', r.cons), ('sides', concat(r.pros, E'\\n', r.cons))
        UNION ALL
        SELECT q.key, a.text FROM reviews_answer a JOIN reviews_question q ON q.id = a.question_id
        WHERE a.review_id = r.id
    ) AS part (field, body)
    WHERE length(part.body) >= {SHORTEST_TEXT}
)
SELECT DISTINCT ON (theirs.public_id) theirs.public_id, mine.field, theirs.field, likeness
FROM mine CROSS JOIN theirs CROSS JOIN LATERAL (SELECT similarity(mine.body, theirs.body) AS likeness) AS measured
WHERE likeness >= CASE WHEN 'sides' IN (mine.field, theirs.field) THEN {WHOLE_COPY_FROM} ELSE {NEAR_COPY_FROM} END
ORDER BY theirs.public_id, likeness DESC
"""


def near_copy(review: Review, texts: Mapping[str, str]) -> Evidence | None:
    """Compared with every review by other authors and of other products, its answers included.

    The passage itself is not kept, only where it stands: what somebody has erased must not live on as evidence.
    """
    long_enough = {
        field: text for field, text in texts.items() if len(text) >= SHORTEST_TEXT
    }
    found_bands = bands(long_enough.values())
    if not found_bands:
        return None
    rows = rows_of(
        _SIMILAR,
        fields=list(long_enough),
        bodies=[plain(text) for text in long_enough.values()],
        bands=found_bands,
        review=review.pk,
        product=review.product_id,
        author=review.author_id,
    )
    best = sorted(rows, key=lambda row: -row[3])[:MOST_SHOWN]
    if not best:
        return None
    similar = [
        {
            "review": str(public_id),
            "field": field,
            "their_field": their_field,
            "similarity": round(likeness, 2),
        }
        for public_id, field, their_field, likeness in best
    ]
    return {"similar": similar, "count": len(rows)}
