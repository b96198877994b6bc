"""A member's own reports, each with when it can count and who has read it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.models import User
from disclosure.releasing import WAIT, quarter_of
from moderation.models import Decision
from prices.cells import PER_UNIT
from prices.kinds import PRICE_REPORT
from prices.models import PriceReport
from reviews.models import Review

# A member writes about some products, not hundreds.
MOST_SHOWN = 200


@dataclass(frozen=True)
class OwnReport:
    report: PriceReport
    # The first release that may take it up.
    counts_from: datetime.date
    is_old_enough: bool
    # Whether the review that it stands beside is public.
    is_public: bool
    readings: list[Decision]

    @property
    def sentence(self) -> str:
        """ "EUR 12,500 a year for 100, EUR 130 per user" """
        report = self.report
        if report.yearly_amount is None or report.unit_price is None:
            return ""
        amount = f"{report.currency} {report.yearly_amount:,.2f} a year".replace(
            ".00 ", " "
        )
        if report.unit == "organisation":
            return f"{amount} {PER_UNIT[report.unit]}"
        each = f"{report.currency} {report.unit_price:,.2f}"
        return f"{amount} for {report.quantity:,}: {each} {PER_UNIT[report.unit]}"


def own_reports(user: User, today: datetime.date) -> list[OwnReport]:
    """Newest first. Withdrawn ones stay in the list once somebody has read them."""
    published = Review.objects.published().filter(
        author=user, product=OuterRef("product")
    )
    reports = list(
        PriceReport.objects.filter(member=user)
        .select_related("product")
        .annotate(is_public=Exists(published))
        .order_by("-id")[:MOST_SHOWN]
    )
    readings = _readings(report.public_id for report in reports)
    return [
        _own(report, readings[report.public_id], today)
        for report in reports
        if not report.withdrawn_at or readings[report.public_id]
    ]


def _own(report: Any, readings: list[Decision], today: datetime.date) -> OwnReport:
    counts_from = first_release(report.changed_at.date())
    return OwnReport(
        report=report,
        counts_from=counts_from,
        is_old_enough=counts_from <= today and report.is_public,
        is_public=report.is_public,
        readings=readings,
    )


def first_release(changed_on: datetime.date) -> datetime.date:
    """The first day of a quarter on which what was said then is three months old."""
    ripe = changed_on + WAIT
    first = quarter_of(ripe)
    if ripe == first:
        return first
    return (
        first.replace(month=first.month + 3)
        if first.month < 10
        else first.replace(year=first.year + 1, month=1)
    )


def _readings(public_ids: Iterable[UUID]) -> dict[UUID, list[Decision]]:
    found: dict[UUID, list[Decision]] = defaultdict(list)
    about_them = Decision.objects.filter(
        target_kind=PRICE_REPORT, target_public_id__in=list(public_ids)
    ).select_related("record")
    for decision in about_them.order_by("id"):
        found[decision.target_public_id].append(decision)
    return found
