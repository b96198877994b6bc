from django.db import migrations

# Whoever writes waits for it: a message that comes in between would be numbered as if it were the first.
NUMBER = """
LOCK TABLE messaging_message IN SHARE ROW EXCLUSIVE MODE;

UPDATE messaging_message m
SET number = n.number, number_from_reviewer = n.from_reviewer
FROM (
    SELECT id,
           row_number() OVER thread AS number,
           count(*) FILTER (WHERE sender_role = 'reviewer') OVER thread AS from_reviewer
    FROM messaging_message
    WINDOW thread AS (PARTITION BY conversation_id ORDER BY id)
) n
WHERE n.id = m.id AND (m.number, m.number_from_reviewer) <> (n.number, n.from_reviewer);

UPDATE messaging_conversation c
SET message_count = n.number, from_reviewer_count = n.from_reviewer
FROM (
    SELECT conversation_id, max(number) AS number, max(number_from_reviewer) AS from_reviewer
    FROM messaging_message GROUP BY conversation_id
) n
WHERE n.conversation_id = c.id
    AND (c.message_count, c.from_reviewer_count) <> (n.number, n.from_reviewer);

UPDATE messaging_conversation SET ended_at = last_message_at
WHERE ended_at IS NULL AND state IN ('declined', 'closed', 'blocked');
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_trusted_messaging")]

    operations = [migrations.RunSQL(NUMBER, migrations.RunSQL.noop)]
