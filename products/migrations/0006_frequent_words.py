from django.db import migrations, models


class Migration(migrations.Migration):
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
    ]
