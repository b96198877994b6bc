from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils import timezone

from products.models import Category, Product


class ProductRating(models.Model):
    """Written only by reviews.ratings. Means, score and interval are in stars (0.5 to 5)."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="rating"
    )
    half_star_counts = ArrayField(
        models.PositiveIntegerField(),
        size=10,
        help_text="Published reviews with 1, 2, … 10 half stars.",
    )
    count = models.PositiveIntegerField(default=0)
    scored_count = models.PositiveIntegerField(
        default=0, help_text="Of these, how many carry weight in the score."
    )
    mean = models.FloatField(
        null=True, help_text="Plain mean of the published ratings, unweighted."
    )
    score = models.FloatField(null=True, help_text="Null under 3 scored reviews.")
    interval_low = models.FloatField(null=True)
    interval_high = models.FloatField(null=True)
    effective_n = models.FloatField(default=0)
    prior_mean = models.FloatField(
        help_text="The primary category's mean that the score leans on."
    )
    prior_variance = models.FloatField(
        default=1.0,
        help_text="Stars squared; how far that category's ratings lie apart.",
    )
    perspectives = models.JSONField(
        default=dict, help_text="Each perspective to {count, mean or null}."
    )
    sub_ratings = models.JSONField(
        default=dict, help_text="Each sub-rating to {count, mean or null}."
    )
    recommend_mean = models.FloatField(null=True, help_text="0 to 10.")
    sums = models.JSONField(
        default=dict,
        db_default={},
        help_text="What the score is made of: Σ w, Σ w², Σ w·r and Σ w·r² of the scored reviews.",
    )
    methods = models.JSONField(
        default=dict,
        db_default={},
        help_text="Each way of verification to {count, weight} of the scored reviews.",
    )
    trend = models.JSONField(
        default=list,
        db_default=[],
        help_text="[{quarter, count, mean}] of the scored reviews by day of publication, oldest first.",
    )
    as_of = models.DateField(
        help_text="Ages of reviews were counted up to this day (UTC)."
    )
    refreshed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # Lists ordered by score, page by key.
            models.Index(
                F("score").desc(nulls_last=True),
                F("product").desc(),
                name="rating_by_score",
            ),
            # search: of a thousand matches the scores, without reading their rows.
            models.Index(
                fields=["product"],
                include=["score", "refreshed_at"],
                name="rating_of_product",
            ),
        ]

    def __str__(self) -> str:
        return f"rating of product {self.product_id}"


class CategoryRating(models.Model):
    """The mean that the scores of a category's products lean on; written only by reviews.ratings."""

    category = models.OneToOneField(
        Category, on_delete=models.CASCADE, primary_key=True, related_name="rating"
    )
    count = models.PositiveIntegerField(default=0)
    mean = models.FloatField(
        null=True,
        help_text="Stars; of published ratings of products whose primary it is.",
    )
    variance = models.FloatField(
        null=True, help_text="Stars squared; population variance of the same ratings."
    )
    refreshed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"rating of category {self.category_id}"


class RatingRefresh(models.Model):
    """A wish, appended in the transaction of each change, that a product's rating be recomputed.

    Append-only until the worker deletes what it has served: posts on one hot product don't wait for each other.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"refresh of product {self.product_id}"
