"""The index that the ratings of matching reviews are read from holds what all ratings are made of.

Its successor is there before it goes, and nothing is locked meanwhile.
"""

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models
from django.db.models import Q

FACETS = (
    "id",
    "half_stars",
    "published_at",
    "verification_method",
    "relationship",
    "incentive",
    "source",
    "perspective",
    "job_function",
    "seniority",
    "company_size",
    "industry",
    "country",
    "deployment",
    "hidden_facets",
)
OPINIONS = ("would_recommend", "ease_of_use", "features", "support", "value")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reviews", "0012_considered_by_product")]

    operations = [
        AddIndexConcurrently(
            "review",
            models.Index(
                fields=["product"],
                include=[*FACETS, *OPINIONS],
                condition=Q(status="published"),
                name="review_facets_new",
            ),
        ),
        RemoveIndexConcurrently("review", "review_facets"),
        migrations.RenameIndex(
            "review", new_name="review_facets", old_name="review_facets_new"
        ),
    ]
