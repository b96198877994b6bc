import products.models
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    # Products are read and written while the index is built.
    atomic = False

    dependencies = [("products", "0006_frequent_words")]

    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=GinIndex(
                products.models.NameWords("search_vector"), name="product_name_words"
            ),
        ),
    ]
