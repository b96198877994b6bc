from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0006_number_messages")]

    operations = [
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                "last_message_at",
                name="conversation_live_by_silence",
                condition=models.Q(state__in=["requested", "open"]),
            ),
        ),
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                "last_message_at",
                name="conversation_over_by_silence",
                condition=models.Q(state__in=["declined", "closed", "blocked"]),
            ),
        ),
    ]
