from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The outbox is written to while the index is built.
    atomic = False

    dependencies = [("notifications", "0002_thread")]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingemail",
            index=models.Index(
                condition=models.Q(("thread", ""), _negated=True),
                fields=["thread"],
                name="outgoing_thread",
            ),
        ),
    ]
