from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0015_find_own_messages")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=GinIndex(fields=["readers", "search_vector"], name="message_search"),
        ),
    ]
