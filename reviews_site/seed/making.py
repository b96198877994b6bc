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
# All about one product, with five stars, within two hours.
BURST = 5
# Much like what others wrote about another product.
COPIES = 2
# So many members for one review that was refused in the last months.
MEMBERS_PER_REFUSAL = 80
# One in so many refused ones had been public before somebody reported it.
REMOVED_EVERY = 6
REFUSED_DAYS = 200
# What the demo reviewer wrote about: half stars and days ago.
NAMED_TOPICS = ("observability", "platform")
NAMED_REVIEWS = ((9, 2), (7, 24), (8, 196))


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
        """Three published reviews by the demo reviewer, and what waits for the demo moderator."""
        for (half_stars, days), maker in zip(
            NAMED_REVIEWS, self._for_platform_lead(), strict=False
        ):
            moment = maker.calendar.in_working_hours(
                now - datetime.timedelta(days=days)
            )
            self.reviews.append(
                _by_reviewer(maker.review(reviewer, 1.0, half_stars, moment))
            )
        waiting = [
            *enumerate(self.makers[3 : 3 + PENDING]),
            *((number, self.makers[2]) for number in range(BURST)),
        ]
        for number, maker in waiting:
            self.reviews.append(self._pending(number, maker, people, now, rng))
        for review in self.reviews[-BURST:]:
            _join_burst(review, now, rng)
        for number in range(COPIES):
            self.reviews.append(self._copy(number, people, now, rng))

    def add_refused(
        self, people: Sequence[Person], now: datetime.datetime, rng: Random
    ) -> None:
        """What was never published, and what was removed later; the first of these came back after an appeal."""
        for number in range(max(REMOVED_EVERY, len(people) // MEMBERS_PER_REFUSAL)):
            maker = rng.choice(self.makers[: max(8, len(self.makers) // 3)])
            days = rng.uniform(6, REFUSED_DAYS) if number else REFUSED_DAYS
            moment = maker.calendar.in_working_hours(
                now - datetime.timedelta(days=days)
            )
            review = self._another(maker, people, moment, rng)
            if number % REMOVED_EVERY:
                review.status, review.published_at = "rejected", None
            else:
                _remove(review, now, rng)
            if number == 0 and review.removed_at:
                review.status = "published"
                review.restored_at = review.removed_at + datetime.timedelta(days=9)
            self.reviews.append(review)

    def _for_platform_lead(self) -> list[ReviewMaker]:
        """What the demo reviewer would use: well-known ones of the field first."""
        return sorted(
            self.makers,
            key=lambda maker: (
                maker.product.subject.topic.key not in NAMED_TOPICS,
                not maker.product.is_well_known,
            ),
        )

    def _another(
        self,
        maker: ReviewMaker,
        people: Sequence[Person],
        submitted_at: datetime.datetime,
        rng: Random,
    ) -> SeedReview:
        """By somebody who has not written about this product."""
        taken = {r.author.number for r in self.reviews if r.product is maker.product}
        topic = maker.product.subject.topic.key
        author = rng.choice(
            [p for p in people if p.number not in taken and writes_about(p, topic)]
        )
        liking = maker.likings(1)[0]
        return maker.review(
            author, liking, distributions.half_stars_for(liking), submitted_at
        )

    def _pending(
        self,
        number: int,
        maker: ReviewMaker,
        people: Sequence[Person],
        now: datetime.datetime,
        rng: Random,
    ) -> SeedReview:
        # None older than the deadline of 3 working days.
        submitted_at = now - datetime.timedelta(hours=2 + number * 5)
        review = self._another(maker, people, submitted_at, rng)
        review.status, review.published_at = "pending", None
        # A proof of use is what a moderator still has to look at.
        if number % 4 == 1 or review.verification_method == "proof_of_use":
            review.verification_method, review.verified_on = "", None
        return review

    def _copy(
        self, number: int, people: Sequence[Person], now: datetime.datetime, rng: Random
    ) -> SeedReview:
        review = self._pending(4 + number, self.makers[1 - number], people, now, rng)
        original = next(
            r for r in self.reviews[number * 7 :] if len(r.text.pros) > 150
        ).text
        review.text.pros = f"{original.pros} I can only recommend it."
        review.text.cons = f"{original.cons} No more than that."
        return review


def _remove(review: SeedReview, now: datetime.datetime, rng: Random) -> None:
    assert review.published_at is not None
    after = datetime.timedelta(days=rng.uniform(2, 30))
    review.status = "removed"
    review.removed_at = min(
        now - datetime.timedelta(hours=3), review.published_at + after
    )


def _join_burst(review: SeedReview, now: datetime.datetime, rng: Random) -> None:
    review.submitted_at = now - datetime.timedelta(hours=9, minutes=rng.randint(0, 110))
    review.last_used_on = review.submitted_at.date()
    review.half_stars, review.would_recommend = 10, 10
    if review.verified_on:
        review.verified_on = review.submitted_at.date()


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
