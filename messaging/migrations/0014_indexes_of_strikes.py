from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0013_refuse_in_the_database")]

    operations = [
        AddIndexConcurrently(
            model_name="conversation",
            index=models.Index(
                "buyer",
                "ended_at",
                name="conversation_declined",
                condition=models.Q(state="declined"),
            ),
        ),
        AddIndexConcurrently(
            model_name="messagereport",
            index=models.Index(
                "resolved_at",
                name="message_report_upheld",
                condition=models.Q(status="upheld"),
            ),
        ),
    ]
