"""Made-up reviews as rows: when, by whom, how many stars, in which words."""

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from reviews_site.seed import distributions as d
from reviews_site.seed.people import Audience, Person
from reviews_site.seed.personas import Persona
from reviews_site.seed.writing import ProductWriter, ReviewText, Subject

COLUMNS = (
    "id", "public_id", "product_id", "author_id", "status", "headline", "pros", "cons", "half_stars", "ease_of_use",
    "features", "support", "value", "would_recommend", "perspective", "display_name", "job_function", "seniority",
    "company_size", "industry", "country", "usage_duration", "last_used_on", "deployment", "relationship", "incentive",
    "source", "is_anonymous", "verification_method", "verified_on", "submitted_at", "published_at", "version",
    "incentive_detail", "rewarded_by", "ended_at",
)  # fmt: skip
# What the reward was and who gave it.
REWARDS = {
    "gift": (("a voucher of 25 euros", "site"), ("a voucher of 25 euros", "vendor"), ("a thermos flask", "vendor")),
    "discount": (("a tenth off the next invoice", "vendor"),),
    "donation": (("10 euros to a food bank", "site"),),
    "other": (("a ticket to a user meeting", "vendor"),),
}  # fmt: skip
COUNTRY_FILL = 0.62
DEPLOYMENT_FILL = 0.55
# Moderators answer within 3 working days.
LONGEST_WAIT = datetime.timedelta(hours=70)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SeedProduct:
    id: int
    slug: str
    name: str
    deployment: tuple[str, ...]
    subject: Subject
    is_well_known: bool = False


@dataclass(slots=True)
class SeedReview:
    public_id: UUID
    product: SeedProduct
    author: Person
    half_stars: int
    sub_ratings: dict[str, int | None]
    would_recommend: int
    perspective: str
    usage_duration: str
    is_anonymous: bool
    country: str
    deployment: str
    relationship: str
    incentive: str
    source: str
    verification_method: str
    verified_on: datetime.date | None
    last_used_on: datetime.date
    submitted_at: datetime.datetime
    published_at: datetime.datetime | None
    status: str
    text: ReviewText
    incentive_detail: str = ""
    rewarded_by: str = ""
    # When a published one was removed, and when an appeal brought it back.
    removed_at: datetime.datetime | None = None
    restored_at: datetime.datetime | None = None

    @property
    def whole_text(self) -> str:
        return f"{self.text.headline}\n{self.text.pros}\n{self.text.cons}"

    def row(self, id: int, author_id: int) -> tuple[object, ...]:
        person, text = self.author, self.text
        return (
            id, self.public_id, self.product.id, author_id, self.status, text.headline, text.pros, text.cons,
            self.half_stars, *(self.sub_ratings[name] for name in d.SUB_RATING_FILL), self.would_recommend,
            self.perspective, "" if self.is_anonymous else person.display_name, person.job_function, person.seniority,
            person.organisation.size, person.organisation.industry, self.country, self.usage_duration,
            self.last_used_on, self.deployment, self.relationship, self.incentive, self.source, self.is_anonymous,
            self.verification_method, self.verified_on, self.submitted_at, self.published_at, 1,
            self.incentive_detail, self.rewarded_by, None if self.restored_at else self.removed_at,
        )  # fmt: skip


def random_uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


class ReviewMaker:
    """Reviews of one product. `texts` is what was written about others, so that nobody says just the same."""

    def __init__(
        self,
        product: SeedProduct,
        now: datetime.datetime,
        seed: int,
        texts: set[str] | None = None,
    ) -> None:
        self.product, self.now = product, now
        self.rng = Random(f"{seed}:{product.slug}")
        self.writer = ProductWriter(product.subject, self.rng, texts)
        self.liking = self.rng.gauss(0, d.PRODUCT_SHARE_OF_VARIANCE**0.5)
        if product.is_well_known:
            # What lasted long enough to be known is seldom bad.
            self.liking = 0.15 + 0.55 * self.liking
        self.tilt = self.rng.gauss(0, d.PERSPECTIVE_TILT_SIGMA)
        self.calendar = Calendar(now, self.rng)

    def likings(self, count: int) -> list[float]:
        spread = (1 - d.PRODUCT_SHARE_OF_VARIANCE) ** 0.5
        return [self.liking + self.rng.gauss(0, spread) for _ in range(count)]

    def make(
        self, audience: Audience, likings: Sequence[float], half_stars: Sequence[int]
    ) -> Iterator[SeedReview]:
        authors = audience.authors(
            self.product.subject.topic.key, len(likings), self.rng
        )
        for author, liking, stars in zip(authors, likings, half_stars, strict=True):
            yield self.review(author, liking, stars, self.calendar.submission())

    def review(
        self,
        author: Person,
        liking: float,
        half_stars: int,
        submitted_at: datetime.datetime,
    ) -> SeedReview:
        rng = self.rng
        perspective = perspective_of(author, self.tilt * (liking - self.liking), rng)
        usage = d.weighted(d.USAGE_DURATION, rng)
        persona = Persona(
            perspective,
            author.job_function,
            author.organisation.size,
            author.organisation.industry,
            usage,
        )
        text = self.writer.write(half_stars, persona)
        source = "invited" if rng.random() < d.INVITED_SHARE else "organic"
        method = d.weighted(d.VERIFICATION, rng)
        published_at = self.calendar.publication(submitted_at)
        review = SeedReview(
            public_id=random_uuid(rng),
            product=self.product,
            author=author,
            half_stars=half_stars,
            sub_ratings=sub_ratings(half_stars, liking, text, rng),
            would_recommend=recommendation(half_stars, rng),
            perspective=perspective,
            usage_duration=usage,
            is_anonymous=rng.random() < d.ANONYMOUS_SHARE,
            country=author.organisation.country if rng.random() < COUNTRY_FILL else "",
            deployment=self._deployment(),
            relationship=d.weighted(d.RELATIONSHIP, rng),
            incentive=_incentive(source, rng),
            source=source,
            verification_method=method,
            verified_on=submitted_at.date()
            if method != "proof_of_use"
            else published_at.date(),
            last_used_on=submitted_at.date() - DAY * int(rng.expovariate(1 / 6)),
            submitted_at=submitted_at,
            published_at=published_at,
            status="published",
            text=text,
        )
        review.incentive_detail, review.rewarded_by = _reward(review)
        return review

    def _deployment(self) -> str:
        known = self.product.deployment
        fills = self.rng.random() < DEPLOYMENT_FILL
        return self.rng.choice(known) if known and fills else ""


def perspective_of(author: Person, tilt: float, rng: Random) -> str:
    """`tilt` over 0: such a rating comes rather from a buyer than from an end user."""
    shares = dict(d.PERSPECTIVE)
    shares["buyer"] *= math.exp(tilt)
    shares["end_user"] *= math.exp(-tilt)
    if (
        author.seniority in ("c_level", "c_minus_1")
        or author.job_function == "procurement"
    ):
        shares["buyer"] *= 2.2
    else:
        shares["buyer"] *= 0.6
    if author.job_function in ("it", "security"):
        shares["administrator"] *= 1.8
        shares["end_user"] *= 0.6
    elif author.job_function not in ("engineering", "operations"):
        shares["administrator"] *= 0.3
    return d.weighted(shares, rng)


def sub_ratings(
    half_stars: int, liking: float, text: ReviewText, rng: Random
) -> dict[str, int | None]:
    return {
        name: _agreeing(name, half_stars, liking, text, rng)
        if rng.random() < share
        else None
        for name, share in d.SUB_RATING_FILL.items()
    }


def _agreeing(
    name: str, half_stars: int, liking: float, text: ReviewText, rng: Random
) -> int:
    """Nobody praises the support and gives it two stars."""
    drawn = d.half_stars_for(d.correlated(liking, d.SUB_RATING_CORRELATION, rng))
    if name in text.praised and name not in text.criticised:
        return max(drawn, min(10, half_stars), 6)
    if name in text.criticised and name not in text.praised:
        return max(1, min(drawn, half_stars - rng.randint(0, 2)))
    return drawn


def recommendation(half_stars: int, rng: Random) -> int:
    return max(0, min(10, round(half_stars + rng.gauss(-0.2, 0.9))))


def _incentive(source: str, rng: Random) -> str:
    if source != "invited":
        return "none"
    rewarded = {
        key: share / d.INVITED_SHARE
        for key, share in d.INCENTIVE.items()
        if key != "none"
    }
    return d.weighted({**rewarded, "none": 1 - sum(rewarded.values())}, rng)


def _reward(review: SeedReview) -> tuple[str, str]:
    known = REWARDS.get(review.incentive, (("", ""),))
    return known[review.public_id.int % len(known)]


class Calendar:
    """When the reviews of one product came: a slow stream since it was listed, one busy month, few on weekends."""

    def __init__(self, now: datetime.datetime, rng: Random) -> None:
        self.now, self.rng = now, rng
        self.listed_days_ago = rng.uniform(0.6, d.YEARS) * 365
        self.busy_days_ago = rng.uniform(30, self.listed_days_ago)

    def submission(self) -> datetime.datetime:
        if self.rng.random() < d.BUSIEST_MONTH_SHARE:
            age = self.busy_days_ago - self.rng.uniform(0, 30)
        else:
            age = self.listed_days_ago * self.rng.random() ** 1.5
        return self.in_working_hours(self.now - DAY * max(1.5, age))

    def in_working_hours(self, moment: datetime.datetime) -> datetime.datetime:
        if moment.weekday() >= 5 and self.rng.random() > d.WEEKEND_SHARE / (2 / 7):
            moment -= DAY * self.rng.randint(2, 4)
        hour = min(21.9, max(5.0, self.rng.gauss(13, 3)))
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        seconds = int(hour * 3600) + self.rng.randint(0, 59)
        return midnight + datetime.timedelta(seconds=seconds)

    def publication(self, submitted_at: datetime.datetime) -> datetime.datetime:
        wait = datetime.timedelta(hours=1 + self.rng.expovariate(1 / 17))
        latest = self.now - datetime.timedelta(minutes=self.rng.randint(20, 600))
        return max(submitted_at, min(submitted_at + min(wait, LONGEST_WAIT), latest))
