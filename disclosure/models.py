from typing import Self

from django.db import models
from django.db.models import Q

from products.models import Product


class CohortQuerySet(models.QuerySet["Cohort"]):
    def live(self) -> Self:
        return self.filter(retired_on=None)


class Cohort(models.Model):
    """At least 5 organisations that enter public figures together and leave them together (docs/disclosure.md).

    Whatever is ever published is computed over unions of whole cohorts, so no two publications can be subtracted to
    less than a cohort.
    """

    topic = models.CharField(max_length=40, help_text="As disclosure.topics names it.")
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="cohorts"
    )
    series = models.CharField(
        max_length=40,
        blank=True,
        help_text="What can't be mixed: a unit and currency, a month.",
    )
    band = models.CharField(
        max_length=20,
        blank=True,
        help_text="A part that may be shown by itself; empty for a mixture.",
    )
    field = models.CharField(
        max_length=40, help_text="Which of the topic's values; each by itself."
    )
    stated_on = models.DateField(
        help_text="The middle of its members' days; what the weight of all of them decays from."
    )
    formed_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        indexes = [
            # disclosure.releasing: what a product's cells are made of, and who was in them before.
            models.Index(
                fields=["product", "topic"], name="cohort_of_product_and_topic"
            ),
            # disclosure.releasing: products with cohorts to look after.
            models.Index(
                fields=["topic", "product"],
                name="cohort_live",
                condition=Q(retired_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"cohort {self.pk}"


class CohortMember(models.Model):
    """What one organisation says in one field, as it was when its cohort was formed. Private."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    organisation = models.CharField(
        max_length=253,
        help_text="Registrable domain; after a withdrawal only a keyed hash of it. Never shown.",
    )
    value = models.JSONField(
        null=True, help_text="A number or a word; empty after a withdrawal."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "organisation"],
                name="one_member_per_cohort_and_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"member {self.pk} of cohort {self.cohort_id}"


class Release(models.Model):
    """The last release of a product's topic: there is one a quarter. Whoever changes its cohorts locks this row."""

    topic = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(
        default=0, help_text="One more whenever the cells were written: for caches."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "topic"], name="one_release_per_product_and_topic"
            )
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"


class Cell(models.Model):
    """What the public sees: rounded figures over whole cohorts, written only by disclosure.releasing."""

    topic = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="cells")
    series = models.CharField(max_length=40, blank=True)
    band = models.CharField(max_length=20, blank=True, help_text="Empty for all.")
    organisations = models.PositiveIntegerField(
        help_text="At least so many, rounded down to a multiple of 5."
    )
    figures = models.JSONField()
    released_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "topic", "series", "band"],
                name="one_cell_per_product_topic_series_and_band",
            ),
            models.CheckConstraint(
                name="no_cell_under_5_organisations", condition=Q(organisations__gte=5)
            ),
        ]

    def __str__(self) -> str:
        return f"cell {self.pk}"
