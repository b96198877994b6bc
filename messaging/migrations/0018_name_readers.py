from django.db import migrations

AT_ONCE = 10_000
NAME_READERS = """
UPDATE messaging_message m
SET readers = (
    SELECT coalesce(array_agg(user_id) FILTER (WHERE user_id IS NOT NULL), '{}')
    FROM messaging_participant side WHERE side.conversation_id = m.conversation_id
)
WHERE m.id BETWEEN %s AND %s AND m.readers = '{}'
"""


def name_readers(apps, schema_editor):
    """Of the messages that were there before the trigger was, 10,000 in a transaction: nobody waits for all of them."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM messaging_message")
        (last,) = cursor.fetchone()
        for first in range(1, last + 1, AT_ONCE):
            cursor.execute(NAME_READERS, [first, first + AT_ONCE - 1])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0017_block_of_a_conversation")]

    operations = [migrations.RunPython(name_readers, migrations.RunPython.noop)]
