"""Fills the database with the demo's members, reviews and conversations, in one transaction."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import User
from disclosure import releasing
from moderation.models import QueueItem
from moderation.transparency import store_day
from products.services import refresh_features
from reviews import signals
from reviews.coarsening import coarsen_all
from reviews.models import Question, Review
from reviews.ratings import recompute_all_ratings
from reviews_site.seed import (
    considered,
    discussion,
    following,
    named,
    notices,
    outcomes,
    prices,
    proofs,
    references,
    revisions,
    rows,
    threads,
    vendors,
    voices,
)
from reviews_site.seed.catalogue import load_products
from reviews_site.seed.log import Log
from reviews_site.seed.making import Progress, make_reviews
from reviews_site.seed.members import DEMO_MEMBERS
from reviews_site.seed.organisations import make_organisations
from reviews_site.seed.people import Person, make_people
from reviews_site.seed.reviews import (
    COLUMNS,
    SeedReview,
    random_uuid,
)
from reviews_site.seed.stored import Stored

REVIEWS = 8_000
ORGANISATIONS = 240
REVIEWS_PER_MEMBER = 2.6
# Of other vendors than the demo representative's.
SPEAKERS = vendors.SPEAKING_VENDORS + 3
NIGHTS_COUNTED = 7
# What is said of the others is counted by the worker, within minutes.
COUNTED_VOICES = 60


class NothingToReview(Exception):
    """There are no products to write reviews about."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    products: int
    members: int
    organisations: int
    reviews: int
    answers: int
    conversations: int
    waiting: int


def is_seeded() -> bool:
    """All of it is one transaction: where the named members are, everything is."""
    emails = [member.email for member in DEMO_MEMBERS]
    return User.objects.filter(email__in=emails).count() == len(emails)


@transaction.atomic
def seed(
    *,
    seed: int,
    today: datetime.date,
    progress: Progress,
    reviews: int,
) -> DemoReport:
    """Raises NothingToReview."""
    products = load_products()
    if not products:
        raise NothingToReview
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    now = datetime.datetime.combine(today, datetime.time(), datetime.UTC)
    organisations = make_organisations(ORGANISATIONS, Random(f"{seed}:organisations"))
    count = max(60, int(reviews / REVIEWS_PER_MEMBER))
    everybody = make_people(count + SPEAKERS, organisations, Random(f"{seed}:people"))
    # The last ones write nothing: they speak for vendors.
    people, speakers = everybody[:count], everybody[count:]
    made = make_reviews(products, people, reviews, now, seed, progress)
    reviewer = named.reviewer(organisations)
    made.add_named(reviewer, people, now, Random(f"{seed}:named"))
    made.add_refused(people, now, Random(f"{seed}:refused"))
    progress("Storing members", 0, 1)
    users = named.write_members(organisations, now)
    user_ids = write_people(everybody, made.reviews, now, Random(f"{seed}:users"))
    user_ids[reviewer.number] = users["reviewer"].pk
    progress("Storing reviews", 0, 1)
    review_ids = write_reviews(made.reviews, user_ids)
    answers = write_answers(made.reviews, review_ids)
    coarsen_all()
    refresh_features()
    named.write_representative(users["representative"], made.reviews)
    conversations = threads.write(
        made, people, users, user_ids, review_ids, now, Random(f"{seed}:conversations")
    )
    progress("Storing what moderators did", 0, 1)
    moderators = (users["moderator"], users["colleague"])
    log = Log(moderators, Random(f"{seed}:log"))
    stored = Stored(made, people, users, user_ids, review_ids, log, now, seed)
    write_around(stored, speakers)
    progress("Looking for copies and bursts", 0, 1)
    look_for_signals()
    progress("Computing ratings", 0, 1)
    recompute_all_ratings()
    following.write(users["buyer"], now, Random(f"{seed}:following"))
    release_figures(today)
    progress("Counting what is praised", 0, 1)
    voices.count(COUNTED_VOICES, len(products))
    progress("Counting for the transparency page", 0, 1)
    publish_figures(today)
    return DemoReport(
        products=len(products),
        members=len(everybody) + len(DEMO_MEMBERS),
        organisations=len(organisations),
        reviews=len(made.reviews),
        answers=answers,
        conversations=conversations,
        waiting=QueueItem.objects.waiting().count(),
    )


def look_for_signals() -> None:
    """As the worker would: what is public first, so that a copy of it is found."""
    signals.fingerprint_left_over()
    waiting = Review.objects.filter(status=Review.Status.PENDING)
    for review_id in waiting.order_by("submitted_at").values_list("pk", flat=True):
        signals.check_review(review_id)


def release_figures(today: datetime.date) -> None:
    """Of what members say in private, as of the first day of the quarter."""
    releasing.release_due(today)


def publish_figures(today: datetime.date) -> None:
    """As if the site had counted in the last nights; the beat of a fresh demo would do it only after an hour."""
    for days in range(NIGHTS_COUNTED, 0, -1):
        store_day(today - datetime.timedelta(days=days))


def write_around(stored: Stored, speakers: Sequence[Person]) -> None:
    """Verification, discussion, vendors, moderation: whatever has its place in the log or the queue."""
    refusals = notices.log_reviews(stored)
    appeals = notices.log_appeals(stored, refusals)
    proofs.write(stored)
    revisions.write(stored)
    considered.write(stored)
    discussion.write_votes(stored)
    discussion.write_comments(stored)
    vendors.write(stored, speakers)
    notices.write_reports(stored)
    notices.write_appeals(stored, appeals, stored.log.write())
    references.write(stored)
    prices.write(stored)
    outcomes.write(stored)
    discussion.count()


# --- Storing --------------------------------------------------------------------------------


def write_people(
    people: Sequence[Person],
    reviews: Iterable[SeedReview],
    now: datetime.datetime,
    rng: Random,
) -> dict[int, int]:
    """Their number to the id of the user. None of them can log in."""
    first: dict[int, datetime.datetime] = {}
    for review in reviews:
        number = review.author.number
        first[number] = min(first.get(number, now), review.submitted_at)
    ids = dict(
        zip(
            (person.number for person in people),
            rows.reserve_ids("accounts_user", len(people)),
            strict=True,
        )
    )
    password = make_password(None)
    joined = {
        person.number: first.get(person.number, now)
        - datetime.timedelta(days=rng.randint(1, 40), minutes=rng.randint(1, 600))
        for person in people
    }
    rows.copy_rows(
        "accounts_user",
        ("id", "public_id", "email", "password", "is_superuser", "is_staff", "is_active", "is_demo", "date_joined"),
        (
            (ids[p.number], random_uuid(rng), p.email, password, False, False, True, True, joined[p.number])
            for p in people
        ),
    )  # fmt: skip
    write_profiles(people, ids)
    write_addresses(people, ids, joined, now, rng)
    return ids


def write_profiles(people: Iterable[Person], ids: dict[int, int]) -> None:
    rows.copy_rows(
        "accounts_profile",
        ("user_id", "display_name", "job_title", "job_function", "seniority", "company_name", "company_size",
         "industry", "country", "accepts_messages"),
        (
            (ids[p.number], p.display_name, p.job_title, p.job_function, p.seniority, p.organisation.name,
             p.organisation.size, p.organisation.industry, p.organisation.country,
             "everyone" if p.accepts_messages else "nobody")
            for p in people
        ),
    )  # fmt: skip


def write_addresses(
    people: Iterable[Person],
    ids: dict[int, int],
    joined: dict[int, datetime.datetime],
    now: datetime.datetime,
    rng: Random,
) -> None:
    """Confirmed e-mail addresses, and work e-mails that were confirmed within the last year."""
    people = list(people)
    rows.copy_rows(
        "account_emailaddress",
        ("user_id", "email", "verified", "primary"),
        ((ids[p.number], p.email, True, True) for p in people),
    )
    rows.copy_rows(
        "accounts_workemail",
        ("public_id", "user_id", "address", "domain", "created_at", "verified_at"),
        (
            (random_uuid(rng), ids[p.number], p.work_address, p.organisation.domain, moment, moment)
            for p in people
            for moment in [max(joined[p.number], now - datetime.timedelta(days=rng.randint(1, 330)))]
        ),
    )  # fmt: skip


def write_reviews(
    reviews: Sequence[SeedReview], user_ids: dict[int, int]
) -> dict[str, int]:
    """Oldest first, so that ids and dates agree. Returns the id of each by its public one."""
    in_order = sorted(reviews, key=lambda review: review.submitted_at)
    ids = dict(
        zip(
            (str(review.public_id) for review in in_order),
            rows.reserve_ids("reviews_review", len(in_order)),
            strict=True,
        )
    )
    rows.copy_rows(
        "reviews_review",
        COLUMNS,
        (
            review.row(ids[str(review.public_id)], user_ids[review.author.number])
            for review in in_order
        ),
    )
    return ids


def write_answers(reviews: Iterable[SeedReview], review_ids: dict[str, int]) -> int:
    questions = dict(Question.objects.values_list("key", "id"))
    answers = [
        (review_ids[str(review.public_id)], questions[key], text)
        for review in reviews
        for key, text in review.text.answers.items()
        if key in questions
    ]
    rows.copy_rows("reviews_answer", ("review_id", "question_id", "text"), answers)
    return len(answers)
