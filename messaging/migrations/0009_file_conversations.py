from django.db import migrations

FILE = """
UPDATE messaging_participant p
SET folder = CASE
        WHEN p.archived_at IS NOT NULL THEN 'archived'
        WHEN c.state = 'requested' THEN 'requests'
        WHEN c.state = 'open' THEN 'open'
        ELSE 'closed'
    END,
    last_message_at = c.last_message_at
FROM messaging_conversation c
WHERE c.id = p.conversation_id;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_inbox_by_folder")]

    operations = [migrations.RunSQL(FILE, migrations.RunSQL.noop)]
