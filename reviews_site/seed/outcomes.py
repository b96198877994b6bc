"""Whether the demo's members stayed with what they reviewed, and what was delivered of what they were sold."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from notifications.services import set_preferences
from outcomes.emails import CHECK_IN, send_check_in
from outcomes.models import CheckIn
from outcomes.permissions import DUE_AFTER
from reviews.models import Review
from reviews_site.seed import distributions, rows
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.stored import Stored

PRODUCTS = 40
# Of those who are asked; who has left answers less often.
STAYED_ANSWERS, LEFT_ANSWERS = 0.62, 0.5
STATES_DELIVERY = 0.3
MOST_PER_PRODUCT = 120
CHECK_IN_COLUMNS = (
    "public_id", "review_id", "month", "organisation", "still_using", "use", "replaced_by_id", "buy_again",
    "asked_at", "answered_at",
)  # fmt: skip
DELIVERY_COLUMNS = (
    "public_id", "review_id", "organisation", "signed_on", "promised_on", "live_on", "cost_gap_percent", "scope",
    "created_at", "changed_at",
)  # fmt: skip
_USE = {"grew": 0.36, "same": 0.46, "shrank": 0.12, "": 0.06}
_SCOPE = {"more": 0.05, "all": 0.3, "most": 0.42, "half": 0.13, "little": 0.05, "": 0.05}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """What its customers have in common."""

    # Of those there at the beginning of a month.
    leaving: float
    months_late: float
    cost_gap: float
    successors: Sequence[int]


def write(stored: Stored) -> None:
    by_product: dict[int, list[SeedReview]] = {}
    for review in stored.published():
        if review.relationship == "customer" and review.author.number:
            by_product.setdefault(review.product.id, []).append(review)
    check_ins: list[tuple[object, ...]] = []
    deliveries: list[tuple[object, ...]] = []
    for maker in stored.made.makers[:PRODUCTS]:
        rng = stored.rng(f"outcomes:{maker.product.slug}")
        record = _record(stored, maker.product.subject.topic.key, maker.product.id, rng)
        reviews = by_product.get(maker.product.id, [])
        for review in rng.sample(reviews, min(len(reviews), MOST_PER_PRODUCT)):
            check_ins += _check_ins(stored, review, record, rng)
            if rng.random() < STATES_DELIVERY:
                deliveries.append(_delivery(stored, review, record, rng))
    rows.copy_rows("outcomes_checkin", CHECK_IN_COLUMNS, check_ins)
    rows.copy_rows("outcomes_delivery", DELIVERY_COLUMNS, deliveries)
    _ask_the_reviewer(stored)


def _record(stored: Stored, topic: str, product_id: int, rng: Random) -> Record:
    alike = [
        maker.product.id
        for maker in stored.made.makers
        if maker.product.subject.topic.key == topic and maker.product.id != product_id
    ]
    return Record(
        leaving=rng.uniform(0.008, 0.04),
        months_late=rng.uniform(-0.5, 4.5),
        cost_gap=rng.uniform(-2, 35),
        successors=alike[:6],
    )


# --- Did they stay? -------------------------------------------------------------------------


def _check_ins(
    stored: Stored, review: SeedReview, record: Record, rng: Random
) -> Iterator[tuple[object, ...]]:
    """Whoever is content stays longer; who has left is not asked again."""
    assert review.published_at is not None
    hazard = record.leaving * (1.9 if review.half_stars <= 5 else 0.8)
    before = 0
    for month in CheckIn.Month:
        stayed = rng.random() < (1 - hazard) ** (month - before)
        due = review.published_at + DUE_AFTER[month]
        answers = rng.random() < (STAYED_ANSWERS if stayed else LEFT_ANSWERS)
        answered = due + datetime.timedelta(hours=rng.uniform(2, 500))
        if answers and answered < stored.now:
            yield (
                random_uuid(rng), stored.id_of(review), int(month), review.author.organisation.domain,
                stayed, distributions.weighted(_USE, rng) if stayed else "",
                _successor(record, rng) if not stayed else None, _buy_again(review, stayed, rng), due, answered,
            )  # fmt: skip
        if not stayed:
            return
        before = month


def _successor(record: Record, rng: Random) -> int | None:
    return (
        rng.choice(record.successors)
        if record.successors and rng.random() < 0.7
        else None
    )


def _buy_again(review: SeedReview, stayed: bool, rng: Random) -> str:
    yes = min(0.95, review.half_stars / 10) if stayed else 0.15
    return distributions.weighted(
        {"yes": yes, "unsure": 0.25, "no": max(0.05, 0.9 - yes), "": 0.08}, rng
    )


# --- Sold and delivered ---------------------------------------------------------------------


def _delivery(
    stored: Stored, review: SeedReview, record: Record, rng: Random
) -> tuple[object, ...]:
    assert review.published_at is not None
    signed = _months_later(review.published_at.date(), -rng.randint(8, 30))
    promised = _months_later(signed, rng.randint(1, 9))
    late = max(-2, round(rng.gauss(record.months_late, 2.4)))
    live: datetime.date | None = max(signed, _months_later(promised, late))
    if live and (live >= review.published_at.date() or rng.random() < 0.05):
        live = None
    cost = round(rng.gauss(record.cost_gap, 18)) if rng.random() < 0.8 else None
    moment = review.published_at + datetime.timedelta(hours=rng.uniform(1, 300))
    moment = min(moment, stored.now)
    return (
        random_uuid(rng), stored.id_of(review), review.author.organisation.domain, signed, promised, live,
        cost, distributions.weighted(_SCOPE, rng), moment, moment,
    )  # fmt: skip


def _months_later(day: datetime.date, months: int) -> datetime.date:
    """The first day of that month."""
    count = day.year * 12 + day.month - 1 + months
    return datetime.date(count // 12, count % 12 + 1, 1)


# --- What waits for the demo reviewer -------------------------------------------------------


def _ask_the_reviewer(stored: Stored) -> None:
    """About the oldest of their reviews, some days ago."""
    reviewer = stored.users["reviewer"]
    set_preferences(user=reviewer, enabled={CHECK_IN.name: True})
    latest = stored.now - DUE_AFTER[CheckIn.Month.SIX]
    reviews = Review.objects.published().filter(
        author=reviewer, published_at__lte=latest
    )
    review = reviews.select_related("product", "author").order_by("pk").first()
    if review is None:
        return
    asked = stored.now - datetime.timedelta(days=3)
    send_check_in(
        CheckIn.objects.create(
            public_id=random_uuid(stored.rng("asked")),
            review=review,
            month=CheckIn.Month.SIX,
            asked_at=asked,
        )
    )
