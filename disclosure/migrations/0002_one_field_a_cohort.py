import datetime

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Nothing writes cohorts before this, so the values of new columns in old rows don't matter."""

    dependencies = [
        ("products", "0004_research"),
        ("disclosure", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="cohort", name="cohort_live"),
        migrations.AddField(
            model_name="cohort",
            name="field",
            field=models.CharField(
                default="",
                help_text="Which of the topic's values; each by itself.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="cohort",
            name="stated_on",
            field=models.DateField(
                default=datetime.date(2026, 1, 1),
                help_text="The middle of its members' days; what the weight of all of them decays from.",
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="cohort",
            index=models.Index(
                fields=["product", "topic"], name="cohort_of_product_and_topic"
            ),
        ),
        migrations.AddIndex(
            model_name="cohort",
            index=models.Index(
                condition=Q(("retired_on", None)),
                fields=["topic", "product"],
                name="cohort_live",
            ),
        ),
        migrations.RemoveField(model_name="cohortmember", name="stated_on"),
        migrations.RemoveField(model_name="cohortmember", name="values"),
        migrations.AddField(
            model_name="cohortmember",
            name="value",
            field=models.JSONField(
                help_text="A number or a word; empty after a withdrawal.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="cohortmember",
            name="organisation",
            field=models.CharField(
                help_text="Registrable domain; after a withdrawal only a keyed hash of it. Never shown.",
                max_length=253,
            ),
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("topic", models.CharField(max_length=40)),
                ("as_of", models.DateField(blank=True, null=True)),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="One more whenever the cells were written: for caches.",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="products.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "topic"),
                        name="one_release_per_product_and_topic",
                    )
                ],
            },
        ),
    ]
