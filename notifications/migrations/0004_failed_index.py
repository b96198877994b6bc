from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The outbox is written to while the index is built.
    atomic = False

    dependencies = [("notifications", "0003_thread_index")]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingemail",
            index=models.Index(
                condition=models.Q(("status", "failed")),
                fields=["created_at"],
                name="outgoing_failed",
            ),
        ),
    ]
