"""Pages that explain the site; their figures come from the code that they explain."""

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import WORK_EMAIL_REMINDER_BEFORE, WORK_EMAIL_VALID_FOR
from disclosure import measures, quantiles
from disclosure.cells import MOST_OF_ONE
from disclosure.releasing import WAIT
from disclosure.topics import Weighted
from messaging import retention
from messaging.permissions import (
    NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY,
    NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
    NEW_CONVERSATIONS_SLOWED_DOWN,
    NEW_CONVERSATIONS_SLOWED_DOWN_MORE,
    STRIKES_COUNT_FOR,
    STRIKES_TO_SLOW_DOWN,
    STRIKES_TO_SLOW_DOWN_MORE,
    Refusal,
)
from messaging.services import MESSAGES_BEFORE_A_REPORTED_ONE
from reviews import proofs, scoring
from reviews.models import Review
from reviews_site.lib.visitor_pages import for_visitors


@dataclass(frozen=True)
class Example:
    stars: float
    age_days: int
    age: str
    method: str
    relationship: str = "customer"
    incentive: str = "none"

    @property
    def half_stars(self) -> int:
        return int(self.stars * 2)

    @property
    def labels(self) -> tuple[str, str, str]:
        return (
            str(Review.Method(self.method).label),
            str(Review.Relationship(self.relationship).label),
            str(Review.Incentive(self.incentive).label),
        )

    @property
    def weight(self) -> float:
        return scoring.weight(
            age_days=self.age_days,
            method=self.method,
            relationship=self.relationship,
            incentive=self.incentive,
            source="organic",
        )

    @property
    def weighted(self) -> float:
        return self.weight * self.stars


EXAMPLES = (
    Example(5.0, 0, "today", "proof_of_use"),
    Example(4.0, 365, "one year", "work_email"),
    Example(2.5, 730, "two years", "work_email", incentive="gift"),
    Example(5.0, 0, "today", "work_email", relationship="reseller"),
)
EXAMPLE_PRIOR = scoring.Prior(mean=3.8, variance=0.9)


@for_visitors()
def ratings(request: HttpRequest) -> HttpResponse:
    rated = [scoring.Rated(example.stars, example.weight) for example in EXAMPLES]
    return render(
        request,
        "about/ratings.html",
        {
            "scoring": scoring,
            "examples": EXAMPLES,
            "prior": EXAMPLE_PRIOR,
            "weights": sum(one.weight for one in rated),
            "weighted": sum(one.weight * one.stars for one in rated),
            "result": scoring.score(rated, EXAMPLE_PRIOR),
        },
    )


@for_visitors()
def verification(request: HttpRequest) -> HttpResponse:
    verifying = [each for each in settings.OIDC_PROVIDERS if each.verifies]
    context = {
        "scoring": scoring,
        "work_email_days": WORK_EMAIL_VALID_FOR.days,
        "reminder_days": WORK_EMAIL_REMINDER_BEFORE.days,
        "has_linkedin": any(each.verifies == "linkedin" for each in verifying),
        "organisations": [each for each in verifying if each.verifies == "openid"],
        "proof_days": proofs.KEPT_FOR.days,
    }
    return render(request, "about/verification.html", context)


# Of no real organisation: what seven of them pay for a user and year.
EXAMPLE_PRICES = (61.2, 74.4, 78.0, 83.5, 96.0, 102.25, 148.8)


@for_visitors()
def figures(request: HttpRequest) -> HttpResponse:
    context = {
        "fewest": measures.FEWEST,
        "wait_days": WAIT.days,
        "most_of_one": round(100 * MOST_OF_ONE),
        "example": _figures_example(),
    }
    return render(request, "about/figures.html", context)


def _figures_example() -> dict[str, Any]:
    parts = quantiles.parts([1.0] * len(EXAMPLE_PRICES), 0.5)
    members = [Weighted({"price": value}, 1.0) for value in EXAMPLE_PRICES]
    logarithm = sum(
        math.log(value) * part
        for value, part in zip(EXAMPLE_PRICES, parts, strict=True)
    )
    return {
        "lines": [
            {"value": value, "part": part, "product": math.log(value) * part}
            for value, part in zip(EXAMPLE_PRICES, parts, strict=True)
        ],
        "sum": logarithm,
        "median": math.exp(logarithm),
        "told": measures.middle(members, "price", measures.MONEY, logarithmic=True),
    }


@for_visitors()
def messages(request: HttpRequest) -> HttpResponse:
    context = {
        "sender_limit": NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
        "reviewer_limit": NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY,
        "strikes_days": STRIKES_COUNT_FOR.days,
        "slow_from": STRIKES_TO_SLOW_DOWN,
        "slowed_limit": NEW_CONVERSATIONS_SLOWED_DOWN,
        "slower_from": STRIKES_TO_SLOW_DOWN_MORE,
        "slowest_limit": NEW_CONVERSATIONS_SLOWED_DOWN_MORE,
        "not_accepting": Refusal.NOT_ACCEPTING.label,
        "messages_before": MESSAGES_BEFORE_A_REPORTED_ONE,
        "months_until_closed": retention.MONTHS_UNTIL_CLOSED,
        "months_until_deleted": retention.MONTHS_UNTIL_DELETED,
        "days_of_warning": retention.DAYS_OF_WARNING,
    }
    return render(request, "about/messages.html", context)


@for_visitors()
def guidelines(request: HttpRequest) -> HttpResponse:
    return render(request, "about/guidelines.html")


@for_visitors()
def write_a_review(request: HttpRequest) -> HttpResponse:
    return render(request, "about/write_a_review.html")
