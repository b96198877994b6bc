"""Edits of published reviews: some that were approved, some that wait."""

import datetime
from random import Random

from moderation.models import Decision, ReasonCode
from reviews import kinds
from reviews.models import Review, ReviewRevision
from reviews.services.content import answers_of, as_json, stored_columns
from reviews_site.seed.log import Subject
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.sentences import discussion as said
from reviews_site.seed.stored import Stored

APPROVED = 24
REJECTED = 3
WAITING = 5
Status = ReviewRevision.Status


def write(stored: Stored) -> None:
    rng = stored.rng("revisions")
    chosen = iter(stored.some("revised", APPROVED + REJECTED + WAITING, 330))
    for number in range(WAITING):
        if review := next(chosen, None):
            _wait(stored, review, number, rng)
    for _ in range(REJECTED):
        if review := next(chosen, None):
            _decide(stored, review, Status.REJECTED, rng)
    for review in chosen:
        _decide(stored, review, Status.APPROVED, rng)


def _wait(stored: Stored, review: SeedReview, number: int, rng: Random) -> None:
    row = Review.objects.get(pk=stored.id_of(review))
    addition = said.HIDDEN_EDIT if number == 0 else rng.choice(said.EDITS)
    since = stored.now - datetime.timedelta(hours=5 + 11 * number)
    revision = _propose(row, addition, since, rng)
    stored.log.waits(_subject(revision))


def _decide(stored: Stored, review: SeedReview, status: Status, rng: Random) -> None:
    row = Review.objects.get(pk=stored.id_of(review))
    assert row.published_at is not None
    age = stored.now - row.published_at
    since = row.published_at + age * rng.uniform(0.3, 0.8)
    revision = _propose(row, rng.choice(said.EDITS), since, rng)
    decided_at = stored.hours_later(since, rng)
    revision.status, revision.decided_at = status, decided_at
    if status == Status.APPROVED:
        action, reason = Decision.Action.APPROVE_EDIT, ReasonCode.MEETS_GUIDELINES
        revision.replaced = as_json(stored_columns(row), answers_of(row))
        row.pros, row.edited_at, row.version = revision.content["pros"], decided_at, 2
        row.save(update_fields=["pros", "edited_at", "version"])
    else:
        action, reason = Decision.Action.REJECT_EDIT, ReasonCode.ADVERTISING
    revision.save()
    stored.log.decided(_subject(revision), decided_at, action, reason)


def _propose(
    row: Review, addition: str, since: datetime.datetime, rng: Random
) -> ReviewRevision:
    columns = stored_columns(row) | {"pros": row.pros + addition}
    return ReviewRevision.objects.create(
        public_id=random_uuid(rng),
        review=row,
        content=as_json(columns, answers_of(row)),
        created_at=since,
    )


def _subject(revision: ReviewRevision) -> Subject:
    text = revision.content["pros"]
    return Subject(kinds.REVISION, revision.public_id, revision.created_at, text)
