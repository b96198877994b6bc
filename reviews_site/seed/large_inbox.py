"""Private conversations for the large set: one member with very many, one very long thread, and as many between others.

Made by plain arithmetic: only how much there is matters here. Counts and folders come from the triggers.
"""

import datetime
from typing import Any

import pgtrigger
from django.db import connection

from reviews_site.seed.catalogue import SYNTHETIC_SOURCE

CONVERSATIONS = 10_000
MESSAGES_OF_THE_LONG_ONE = 10_000
MESSAGES_OF_AN_OPEN_ONE = 4
WORDS_OF_A_MESSAGE = 25
WORDS = (
    "about access admin after agreed answer archive audit backup before better budget build card change check cloud "
    "colleague compare connector contract cost customer dashboard data date deadline default delay demo design device "
    "discount document domain driver early effort email engine error estimate event export factor feature field filter "
    "finance first fix folder form friend group growth guide handle help history hosting hour idea import index invoice "
    "issue item job key label language late launch layer lead lesson level licence limit link list load local login "
    "lunch manager manual market meeting member memory metric migration minute mobile model module month morning "
    "network night note number office option order outage owner page partner password patch people permission phone "
    "pilot plan platform policy portal pressure price printer process product project proof public query question "
    "queue quote rate reader record region release renewal report request result review risk role rollout room route "
    "rule sample scale schedule school scope screen script search seat secret section security server service session "
    "setting share site size software source space staff stage standard start status storage store story summer "
    "supplier support survey switch system table target task team template tenant term test ticket time token tool "
    "topic trace traffic training trial trust type update upgrade usage user value vendor version view voice volume "
    "warning week weight window winter word work year zone"
)

# Whoever came first has the many; the others of the reviews that are left talk among themselves.
_PAIRS = """
CREATE TEMPORARY TABLE pairs ON COMMIT DROP AS
WITH able AS (
    SELECT u.id FROM accounts_user u
    WHERE u.is_active AND NOT EXISTS (SELECT 1 FROM products_vendorrepresentative r WHERE r.user_id = u.id)
), heavy AS (
    SELECT min(id) AS id FROM able
), asked AS (
    SELECT r.id AS review_id, r.author_id, row_number() OVER (ORDER BY r.id) AS number
    FROM reviews_review r JOIN products_product p ON p.id = r.product_id AND p.source = %(source)s
    JOIN able ON able.id = r.author_id
    WHERE r.status = 'published' AND r.author_id <> (SELECT id FROM heavy)
    ORDER BY r.id LIMIT 2 * %(most)s
)
SELECT number, review_id, author_id AS reviewer_id, gen_random_uuid() AS public_id,
    CASE WHEN number <= %(most)s THEN (SELECT id FROM heavy) ELSE lead(author_id, 50, (SELECT id FROM heavy)) OVER (ORDER BY number) END AS buyer_id,
    CASE mod(number, 10) WHEN 0 THEN 'requested' WHEN 1 THEN 'requested' WHEN 2 THEN 'declined' WHEN 3 THEN 'closed' ELSE 'open' END AS state,
    mod(number, 10) = 4 AS is_archived, number = 5 AS is_long,
    %(now)s::timestamptz - number * interval '40 minutes' AS at
FROM asked
"""
_CONVERSATIONS = """
INSERT INTO messaging_conversation (public_id, review_id, buyer_id, state, created_at, last_message_at, accepted_at, ended_at)
SELECT public_id, review_id, buyer_id, state, at - interval '3 days', at,
    CASE WHEN state IN ('open', 'closed') THEN at - interval '2 days' END,
    CASE WHEN state IN ('declined', 'closed') THEN at END
FROM pairs WHERE reviewer_id <> buyer_id
"""
_PARTICIPANTS = """
INSERT INTO messaging_participant (conversation_id, user_id, role, alias, persona, unread_count, last_read_at, muted, archived_at)
SELECT c.id, side.user_id, side.role, side.alias, 'IT · 201–1,000 employees · Finance',
    -- The other side writes every second minute.
    unread, at - unread * interval '2 minutes', false,
    CASE WHEN is_archived AND side.role = 'buyer' THEN at END
FROM pairs JOIN messaging_conversation c USING (public_id)
CROSS JOIN LATERAL (VALUES
    (c.buyer_id, 'buyer', 'Slate ' || 'Heron ' || number), (reviewer_id, 'reviewer', 'Amber ' || 'Wren ' || number)
) side (user_id, role, alias)
CROSS JOIN LATERAL (
    SELECT CASE WHEN c.state = 'open' AND mod(number, 3) = 0 AND side.role = 'buyer' THEN 1 + mod(number, 2) ELSE 0 END AS unread
) left_over
"""
_MESSAGES = """
INSERT INTO messaging_message (public_id, conversation_id, sender_id, sender_role, body, client_key, created_at, number,
    number_from_reviewer)
SELECT gen_random_uuid(), conversation_id, CASE role WHEN 'buyer' THEN buyer_id ELSE reviewer_id END, role, body, gen_random_uuid(),
    at - (amount - n) * interval '1 minute', n, n / 2
FROM (
    SELECT c.id AS conversation_id, c.buyer_id, reviewer_id, at, amount, n,
        CASE WHEN mod(n, 2) = 1 THEN 'buyer' ELSE 'reviewer' END AS role
    FROM pairs JOIN messaging_conversation c USING (public_id)
    CROSS JOIN LATERAL (SELECT CASE WHEN is_long THEN %(long)s WHEN c.state IN ('open', 'closed') THEN %(some)s ELSE 1 END AS amount) a
    CROSS JOIN LATERAL generate_series(1, amount) n
    ORDER BY c.id, n
) said
CROSS JOIN LATERAL (
    SELECT string_agg((%(words)s::text[])[1 + mod(abs(hashint8(conversation_id * 100003 + n * 101 + k)::bigint), %(count)s)::int], ' ') AS body
    FROM generate_series(1, %(length)s) k
) written
"""
_COUNTS = """
UPDATE messaging_conversation c SET message_count = said.amount, from_reviewer_count = said.amount / 2
FROM (
    SELECT asked.id, count(*) AS amount
    FROM pairs JOIN messaging_conversation asked USING (public_id) JOIN messaging_message m ON m.conversation_id = asked.id
    GROUP BY asked.id
) said
WHERE said.id = c.id
"""
TABLES = (
    "messaging_conversation",
    "messaging_participant",
    "messaging_message",
)
# Nobody asked here: made-up members have no addresses, and what ended was never open. In one transaction, each
# message of the long thread would find all the older versions of its conversation: they are numbered here instead.
IGNORED = (
    "messaging.Conversation:refuse",
    "messaging.Message:refuse",
    "messaging.Message:number",
)


def write(now: datetime.datetime, reviews: int) -> None:
    """In the transaction of the load. Of few reviews there are fewer: half of them are asked about."""
    values: dict[str, Any] = {
        "source": SYNTHETIC_SOURCE,
        "now": now,
        "most": min(CONVERSATIONS, reviews // 2),
        "long": min(MESSAGES_OF_THE_LONG_ONE, reviews // 2 * 2),
        "some": MESSAGES_OF_AN_OPEN_ONE,
        "words": WORDS.split(),
        "count": len(WORDS.split()),
        "length": WORDS_OF_A_MESSAGE,
    }
    statements = (
        _PAIRS,
        "ANALYZE pairs",
        _CONVERSATIONS,
        "ANALYZE messaging_conversation",
        _PARTICIPANTS,
        _MESSAGES,
        "ANALYZE messaging_message",
        _COUNTS,
    )
    with pgtrigger.ignore(*IGNORED), connection.cursor() as cursor:
        for statement in statements:
            # What ignores the triggers adds values of its own, without names.
            sql = connection.ops.compose_sql(statement, values)  # type: ignore[attr-defined]
            cursor.execute(sql)
