"""What is published of check-ins and deliveries (docs/outcomes.md); disclosure decides what may be shown, and when."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from disclosure import measures
from disclosure.topics import Contribution, Topic, Weighted, register
from outcomes.leaving import DELIVERY, RETENTION
from outcomes.models import CheckIn, Delivery
from outcomes.permissions import DUE_AFTER
from reviews.models import Review

COUNTED = {
    "review__status": Review.Status.PUBLISHED,
    "review__relationship": Review.Relationship.CUSTOMER,
}


class Retention(Topic):
    """One series for each month. Who left before a month counts in it as gone, without being asked again."""

    name = RETENTION
    series_are_independent = True
    title = "Did they stay?"
    position = 20
    panel_template = "outcomes/retention_panel.html"

    def product_ids(self) -> Iterable[int]:
        rows = CheckIn.objects.answered().filter(**COUNTED).exclude(organisation="")
        return rows.order_by().values_list("review__product", flat=True).distinct()

    def contributions(
        self, product_id: int, until: datetime.date
    ) -> Sequence[Contribution]:
        rows = (
            CheckIn.objects.answered()
            .filter(**COUNTED, review__product=product_id)
            .filter(answered_at__date__lte=until)
            .exclude(organisation="")
            .select_related("review")
            .order_by("answered_at", "pk")
        )
        # The newest of an organisation comes last and stays.
        latest: dict[tuple[str, str], Contribution] = {}
        for row in rows:
            for said in _of_answer(row, until):
                latest[said.organisation, said.series] = said
        return list(latest.values())

    def figures(self, members: Sequence[Weighted]) -> dict[str, Any]:
        return _said(
            still_using=measures.share(members, "still_using"),
            use=measures.shares(members, "use", CheckIn.Use.values),
            buy_again=measures.shares(members, "buy_again", CheckIn.BuyAgain.values),
        )


def _of_answer(row: CheckIn, until: datetime.date) -> Iterable[Contribution]:
    assert row.answered_at is not None
    values = {
        "still_using": row.still_using,
        "use": row.use or None,
        "buy_again": row.buy_again or None,
    }
    for month in CheckIn.Month:
        if month == row.month or (
            month > row.month
            and not row.still_using
            and _is_due(row.review, month, until)
        ):
            yield Contribution(
                organisation=row.organisation,
                values=values if month == row.month else {"still_using": False},
                stated_on=row.answered_at.date(),
                series=str(int(month)),
            )


def _is_due(review: Review, month: CheckIn.Month, until: datetime.date) -> bool:
    assert review.published_at is not None
    return (review.published_at + DUE_AFTER[month]).date() <= until


class SoldAndDelivered(Topic):
    name = DELIVERY
    title = "Sold and delivered"
    position = 30
    panel_template = "outcomes/delivery_panel.html"

    def product_ids(self) -> Iterable[int]:
        rows = Delivery.objects.filter(**COUNTED)
        return rows.order_by().values_list("review__product", flat=True).distinct()

    def contributions(
        self, product_id: int, until: datetime.date
    ) -> Sequence[Contribution]:
        rows = Delivery.objects.filter(
            **COUNTED, review__product=product_id, changed_at__date__lte=until
        ).order_by("changed_at", "pk")
        latest = {row.organisation: _of_delivery(row) for row in rows}
        return list(latest.values())

    def figures(self, members: Sequence[Weighted]) -> dict[str, Any]:
        return _said(
            on_time=measures.share(members, "on_time"),
            months_late=measures.middle(members, "months_late", measures.MONTHS),
            cost_gap=measures.middle(members, "cost_gap", measures.POINTS, lowest=-100),
            scope=measures.shares(members, "scope", Delivery.Scope.values),
        )


def _of_delivery(row: Delivery) -> Contribution:
    late = months_late(row)
    return Contribution(
        organisation=row.organisation,
        values={
            "months_late": late,
            "on_time": None if late is None else late <= 0,
            "cost_gap": row.cost_gap_percent,
            "scope": row.scope or None,
        },
        stated_on=row.changed_at.date(),
    )


def months_late(row: Delivery) -> int | None:
    """What is not live yet is as late as it was on the day of the statement; None while its month hasn't passed.

    Leaving it out would flatter: those who still wait would be missing.
    """
    if row.live_on is not None:
        return _months_between(row.promised_on, row.live_on)
    waited = _months_between(row.promised_on, row.changed_at.date())
    return waited if waited > 0 else None


def _months_between(one: datetime.date, other: datetime.date) -> int:
    return (other.year - one.year) * 12 + other.month - one.month


def _said(**figures: dict[str, Any] | None) -> dict[str, Any]:
    return {name: figure for name, figure in figures.items() if figure is not None}


register(Retention())
register(SoldAndDelivered())
