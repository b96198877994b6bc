"""All demo reviews, before any of them is stored."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from reviews_site.seed import distributions
from reviews_site.seed.catalogue import by_popularity
from reviews_site.seed.people import Audience, Person, writes_about
from reviews_site.seed.reviews import ReviewMaker, SeedProduct, SeedReview

# What is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

PENDING = 12
# What the demo reviewer wrote about: half stars and days ago.
NAMED_TOPICS = ("observability", "platform")
NAMED_REVIEWS = ((9, 2), (7, 24))


@dataclass(slots=True)
class Made:
    reviews: list[SeedReview] = field(default_factory=list)
    # The most reviewed product first.
    makers: list[ReviewMaker] = field(default_factory=list)

    def of(self, author: Person) -> list[SeedReview]:
        return [review for review in self.reviews if review.author is author]

    def add_named(
        self,
        reviewer: Person,
        people: Sequence[Person],
        now: datetime.datetime,
        rng: Random,
    ) -> None:
        """Two published reviews by the demo reviewer, and what waits for the demo moderator."""
        for (half_stars, days), maker in zip(
            NAMED_REVIEWS, self._for_platform_lead(), strict=False
        ):
            moment = maker.calendar.in_working_hours(
                now - datetime.timedelta(days=days)
            )
            self.reviews.append(
                _by_reviewer(maker.review(reviewer, 1.0, half_stars, moment))
            )
        for number, maker in enumerate(self.makers[3 : 3 + PENDING]):
            self.reviews.append(self._pending(number, maker, people, now, rng))

    def _for_platform_lead(self) -> list[ReviewMaker]:
        """What the demo reviewer would use: well-known ones of the field first."""
        return sorted(
            self.makers,
            key=lambda maker: (
                maker.product.subject.topic.key not in NAMED_TOPICS,
                not maker.product.is_well_known,
            ),
        )

    def _pending(
        self,
        number: int,
        maker: ReviewMaker,
        people: Sequence[Person],
        now: datetime.datetime,
        rng: Random,
    ) -> SeedReview:
        taken = {r.author.number for r in self.reviews if r.product is maker.product}
        topic = maker.product.subject.topic.key
        author = rng.choice(
            [p for p in people if p.number not in taken and writes_about(p, topic)]
        )
        liking = maker.likings(1)[0]
        # None older than the deadline of 3 working days.
        submitted_at = now - datetime.timedelta(hours=2 + number * 5)
        review = maker.review(
            author, liking, distributions.half_stars_for(liking), submitted_at
        )
        review.status, review.published_at = "pending", None
        # A proof of use is what a moderator still has to look at.
        if review.verification_method == "proof_of_use":
            review.verification_method, review.verified_on = "", None
        return review


def _by_reviewer(review: SeedReview) -> SeedReview:
    review.is_anonymous = False
    review.verification_method, review.verified_on = (
        "work_email",
        review.submitted_at.date(),
    )
    review.relationship, review.incentive, review.source = "customer", "none", "organic"
    return review


def make_reviews(
    products: Sequence[SeedProduct],
    people: Sequence[Person],
    total: int,
    now: datetime.datetime,
    seed: int,
    progress: Progress,
) -> Made:
    """Published ones, product by product."""
    rng = Random(f"{seed}:counts")
    # Nobody writes about one product twice, and a few must be left for what waits in the queue.
    most = len(people) * 2 // 3
    counts = distributions.review_counts(len(products), total, rng, most)
    ranked = zip(by_popularity(products, rng), counts, strict=True)
    texts: set[str] = set()
    numbered = [
        (ReviewMaker(product, now, seed, texts), count)
        for product, count in ranked
        if count
    ]
    likings = [maker.likings(count) for maker, count in numbered]
    stars = iter(
        distributions.half_stars_by_rank([one for each in likings for one in each])
    )
    audience = Audience(people)
    made = Made(makers=[maker for maker, _ in numbered])
    for maker, liked in zip(made.makers, likings, strict=True):
        half_stars = [next(stars) for _ in liked]
        made.reviews += maker.make(audience, liked, half_stars)
        progress("Writing reviews", len(made.reviews), total)
    return made
