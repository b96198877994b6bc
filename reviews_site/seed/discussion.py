"""What stands around a review: votes, comments and answers to them."""

import datetime
from dataclasses import dataclass
from random import Random

from django.db import connection

from moderation.models import Decision, ReasonCode
from reviews import kinds
from reviews.models import Comment
from reviews_site.seed import rows
from reviews_site.seed.grammar import can_fill, fill
from reviews_site.seed.log import Subject
from reviews_site.seed.people import Person
from reviews_site.seed.personas import Persona
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.sentences import discussion as said
from reviews_site.seed.stored import Stored, persona_line

VOTED_SHARE = 0.3
MOST_VOTES = 14
COMMENTED = 110
COMMENTED_DAYS = 300
WAITING_COMMENTS = 6
REFUSED_COMMENTS = 5
DAY = datetime.timedelta(days=1)


def write_votes(stored: Stored) -> int:
    """More for long reviews: they help more."""
    rng, votes = stored.rng("votes"), []
    for review in stored.published():
        if rng.random() > VOTED_SHARE:
            continue
        most = 2 + min(MOST_VOTES, len(review.text.pros) // 40)
        voters = rng.sample(
            stored.people, min(rng.randint(1, most), len(stored.people))
        )
        for person in voters:
            if person is not review.author and review.published_at:
                moment = stored.hours_later(review.published_at, rng, mean=400)
                votes.append(
                    (stored.id_of(review), stored.user_ids[person.number], moment)
                )
    rows.copy_rows("reviews_helpfulvote", ("review_id", "user_id", "created_at"), votes)
    return len(votes)


# --- Comments -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    comment: Comment
    review: SeedReview


def write_comments(stored: Stored) -> list[Comment]:
    """Published ones with answers, some that wait, some that were refused."""
    rng = stored.rng("comments")
    made: list[_Said] = []
    for review in stored.some("commented", COMMENTED, COMMENTED_DAYS):
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            made.append(_comment(stored, review, rng))
    made += _waiting(stored, rng)
    made += _refused(stored, rng)
    Comment.objects.bulk_create(each.comment for each in made)
    answers = [
        _answer(stored, each, rng)
        for each in made
        if each.comment.status == Comment.Status.PUBLISHED and rng.random() < 0.55
    ]
    for each in answers[-2:]:
        _make_wait(
            each.comment, stored.now - datetime.timedelta(hours=rng.randint(3, 40))
        )
    Comment.objects.bulk_create(each.comment for each in answers)
    for each in made + answers:
        _log(stored, each)
    return [each.comment for each in made + answers]


def _comment(stored: Stored, review: SeedReview, rng: Random) -> _Said:
    person = stored.somebody(rng, review.author)
    assert review.published_at is not None
    latest = (stored.now - review.published_at).total_seconds() / 3600
    created_at = review.published_at + datetime.timedelta(
        hours=rng.uniform(0.1, 0.9) * min(latest, 24 * 60)
    )
    return _Said(_by(stored, person, review, said.COMMENTS, created_at, rng), review)


def _by(
    stored: Stored,
    person: Person,
    review: SeedReview,
    pool: tuple[str, ...],
    created_at: datetime.datetime,
    rng: Random,
) -> Comment:
    slots = _slots(person, review, rng)
    text = rng.choice([text for text in pool if can_fill(text, slots)])
    is_by_reviewer = person is review.author
    return Comment(
        public_id=random_uuid(rng),
        review_id=stored.id_of(review),
        author_id=stored.user_ids[person.number],
        is_by_reviewer=is_by_reviewer,
        # The reviewer answers without name or persona, whatever the review is signed with.
        display_name="" if is_by_reviewer else person.display_name,
        persona="" if is_by_reviewer else persona_line(person),
        body=fill(text, slots, rng),
        status=Comment.Status.PUBLISHED,
        created_at=created_at,
        published_at=stored.hours_later(created_at, rng),
    )


def _slots(person: Person, review: SeedReview, rng: Random) -> dict[str, str]:
    place, subject = person.organisation, review.product.subject
    spoken = Persona(
        review.perspective,
        person.job_function,
        place.size,
        place.industry,
        "over_2_years",
    ).slots(rng)
    rival = rng.choice(subject.rivals) if subject.rivals else ""
    noun = f"this kind of {subject.noun}"
    return spoken | {"product": subject.name, "rival": rival, "noun": noun}


def _answer(stored: Stored, to: _Said, rng: Random) -> _Said:
    assert to.comment.published_at is not None
    created_at = stored.hours_later(to.comment.published_at, rng, mean=30)
    answer = _by(stored, to.review.author, to.review, said.REPLIES, created_at, rng)
    answer.parent = to.comment
    return _Said(answer, to.review)


def _make_wait(comment: Comment, since: datetime.datetime) -> None:
    comment.status, comment.published_at = Comment.Status.PENDING, None
    comment.created_at = since


def _waiting(stored: Stored, rng: Random) -> list[_Said]:
    made = []
    for number, review in enumerate(stored.some("asked", WAITING_COMMENTS, 90)):
        each = _comment(stored, review, rng)
        _make_wait(each.comment, stored.now - datetime.timedelta(hours=4 + 9 * number))
        made.append(each)
    if made:
        made[0].comment.body = said.SPAM_COMMENTS[0]
    return made


def _refused(stored: Stored, rng: Random) -> list[_Said]:
    made = []
    for number, review in enumerate(stored.some("spammed", REFUSED_COMMENTS, 150)):
        each = _comment(stored, review, rng)
        rude = number % 2
        each.comment.body = (
            said.RUDE_COMMENT if rude else rng.choice(said.SPAM_COMMENTS)
        )
        each.comment.status = Comment.Status.REJECTED
        made.append(each)
    return made


def _log(stored: Stored, each: _Said) -> None:
    comment = each.comment
    subject = Subject(
        kinds.COMMENT, comment.public_id, comment.created_at, comment.body
    )
    if comment.status == Comment.Status.PENDING:
        stored.log.waits(subject)
        return
    decided_at = comment.published_at or comment.created_at
    if comment.status == Comment.Status.PUBLISHED:
        stored.log.decided(subject, decided_at, Decision.Action.PUBLISH)
        return
    reason = (
        ReasonCode.ABUSIVE
        if comment.body == said.RUDE_COMMENT
        else ReasonCode.ADVERTISING
    )
    stored.log.decided(subject, decided_at, Decision.Action.REJECT, reason)


# --- Counts ---------------------------------------------------------------------------------


def count() -> None:
    """What the cards show, from the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE reviews_review r SET helpful_count = coalesce(v.n, 0), comment_count = coalesce(c.n, 0)
            FROM reviews_review s
            LEFT JOIN (SELECT review_id, count(*) AS n FROM reviews_helpfulvote GROUP BY 1) v ON v.review_id = s.id
            LEFT JOIN (SELECT review_id, count(*) AS n FROM reviews_comment WHERE status = 'published' GROUP BY 1) c
                ON c.review_id = s.id
            WHERE r.id = s.id AND (v.n IS NOT NULL OR c.n IS NOT NULL)
            """
        )
