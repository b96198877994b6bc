"""What is in the database already, for whatever is made around the reviews."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from accounts.models import User
from accounts.personas import persona
from reviews_site.seed.log import Log
from reviews_site.seed.making import Made
from reviews_site.seed.people import Person
from reviews_site.seed.reviews import SeedReview


@dataclass(frozen=True, slots=True)
class Stored:
    made: Made
    people: Sequence[Person]
    # The named members, by the part of their address before the @.
    users: dict[str, User]
    # By the number of the person; by the public id of the review.
    user_ids: dict[int, int]
    review_ids: dict[str, int]
    log: Log
    now: datetime.datetime
    seed: int

    def rng(self, name: str) -> Random:
        return Random(f"{self.seed}:{name}")

    def author_id(self, review: SeedReview) -> int:
        return self.user_ids[review.author.number]

    def id_of(self, review: SeedReview) -> int:
        return self.review_ids[str(review.public_id)]

    def published(self, days: float | None = None) -> list[SeedReview]:
        """Those of the last `days`, the oldest first."""
        since = self.now - datetime.timedelta(days=days or 100_000)
        found = [
            review
            for review in self.made.reviews
            if review.status == "published"
            and review.published_at
            and review.published_at > since
        ]
        return sorted(found, key=lambda review: review.submitted_at)

    def some(
        self, name: str, count: int, days: float | None = None
    ) -> list[SeedReview]:
        """Published ones at random, those of the named members not among them."""
        found = [review for review in self.published(days) if review.author.number]
        return self.rng(name).sample(found, min(count, len(found)))

    def somebody(self, rng: Random, *but: Person) -> Person:
        return next(
            person
            for person in iter(lambda: rng.choice(self.people), None)
            if person not in but
        )

    def hours_later(
        self, moment: datetime.datetime, rng: Random, mean: float = 17
    ) -> datetime.datetime:
        """When somebody got to it: never in the future."""
        wait = min(70.0, 1 + rng.expovariate(1 / mean))
        latest = self.now - datetime.timedelta(minutes=rng.randint(20, 300))
        return max(moment, min(moment + datetime.timedelta(hours=wait), latest))


def persona_line(person: Person) -> str:
    place = person.organisation
    return persona(person.job_function, person.seniority, place.size, place.industry)
