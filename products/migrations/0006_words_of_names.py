import products.models
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Products are read and written while the index is built.
    atomic = False

    dependencies = [("products", "0005_derived_features")]

    operations = [
        migrations.CreateModel(
            name="FrequentWord",
            fields=[
                (
                    "lexeme",
                    models.TextField(
                        help_text="As Postgres writes a tsquery of it.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name="product",
            index=GinIndex(
                products.models.NameWords("search_vector"), name="product_name_words"
            ),
        ),
    ]
