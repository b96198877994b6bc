"""Cells are made of live cohorts and of nothing else, so that the same cohorts give the same bytes on any day."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F

from disclosure import topics
from disclosure.measures import FEWEST, organisations
from disclosure.models import Cell, Cohort, Release
from disclosure.topics import Topic, Weighted
from products.freshness import product_pages_changed

HALF_LIFE_DAYS = 730
# Of the weight behind a figure, one organisation has no more.
MOST_OF_ONE = 0.25

# (series, band)
Place = tuple[str, str]


def write_cells(made: Release) -> None:
    """Replaces those of the release's product and topic; the caller holds the release's lock."""
    topic = topics.get(made.topic)
    cells = [_cell(made, topic, place, of_it) for place, of_it in _places(made)]
    Cell.objects.filter(product=made.product_id, topic=made.topic).delete()
    Cell.objects.bulk_create(cell for cell in cells if cell is not None)
    Release.objects.filter(pk=made.pk).update(revision=F("revision") + 1)
    product_pages_changed([made.product_id])


def _places(made: Release) -> list[tuple[Place, list[Cohort]]]:
    live = (
        Cohort.objects.live()
        .filter(product=made.product_id, topic=made.topic)
        .prefetch_related("members")
        .order_by("pk")
    )
    places: dict[Place, list[Cohort]] = defaultdict(list)
    for cohort in live:
        places[cohort.series, ""].append(cohort)
        if cohort.band:
            places[cohort.series, cohort.band].append(cohort)
    return sorted(places.items(), key=lambda item: item[0])


def _cell(
    made: Release, topic: Topic, place: Place, cohorts: Sequence[Cohort]
) -> Cell | None:
    figures: dict[str, Any] = {}
    behind: set[str] = set()
    for field in sorted({cohort.field for cohort in cohorts}):
        of_it = [cohort for cohort in cohorts if cohort.field == field]
        if told := _figures(topic, of_it):
            figures |= told
            behind |= {m.organisation for cohort in of_it for m in cohort.members.all()}
    if len(behind) < FEWEST or made.as_of is None:
        return None
    series, band = place
    return Cell(
        topic=made.topic,
        product_id=made.product_id,
        series=series,
        band=band,
        organisations=organisations(len(behind)),
        figures=figures,
        released_on=made.as_of,
    )


def _figures(topic: Topic, cohorts: Sequence[Cohort]) -> dict[str, Any]:
    members = list(_weighted(cohorts))
    if len(members) < FEWEST or dominated([each.weight for each in members]):
        return {}
    return topic.figures(members)


def _weighted(cohorts: Sequence[Cohort]) -> Iterable[Weighted]:
    """The members of a cohort weigh the same; counted from the youngest cohort, weights don't change by the day."""
    youngest = max(cohort.stated_on for cohort in cohorts)
    for cohort in cohorts:
        weight = 0.5 ** ((youngest - cohort.stated_on).days / HALF_LIFE_DAYS)
        for member in cohort.members.all():
            yield Weighted({cohort.field: member.value}, weight)


def dominated(weights: Sequence[float]) -> bool:
    return max(weights) > MOST_OF_ONE * math.fsum(weights)
