"""Loads a large synthetic set for measurements: plainly named products, many reviews, by COPY in one transaction."""

import datetime
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from products.models import Category, Product
from products.services import note_frequent_words, refresh_category_counts
from reviews.coarsening import coarsen_all
from reviews.models import Question
from reviews.ratings import recompute_all_ratings
from reviews_site.seed import (
    bulk_reviews,
    distributions,
    features,
    large_inbox,
    large_private,
    rows,
    voices,
)
from reviews_site.seed.catalogue import SYNTHETIC_SOURCE
from reviews_site.seed.making import Progress
from reviews_site.seed.organisations import make_organisations
from reviews_site.seed.people import Person, make_people
from reviews_site.seed.reviews import random_uuid
from reviews_site.seed.sentences.topics import TOPICS

PRODUCTS_PER_VENDOR = 4
PRODUCTS_PER_CATEGORY = 500
REVIEWS_PER_MEMBER = 20
REVIEWS_PER_CHUNK = 8_000
# Below this, starting processes takes longer than writing.
WORTH_PROCESSES = 40_000
CHUNKS_AHEAD = 4
# Of the busiest products: counted at once, and wished for in all.
VOICES = (10, 300)
LOADED = (
    "products_product", "products_productcategory", "products_vendor", "products_category", "accounts_user",
    "accounts_profile", "reviews_review", "reviews_answer",
)  # fmt: skip
DERIVED = (
    "reviews_productrating", "reviews_categoryrating", "reviews_consideredproduct", "accounts_workemail",
    "disclosure_cell",
)  # fmt: skip
PARENT_SLUG = "demo-categories"


@dataclass(slots=True)
class LargeReport:
    products: int
    reviews: int
    members: int
    answers: int = 0
    # Seconds by step.
    seconds: dict[str, float] = field(default_factory=dict)


def loaded_products() -> int:
    return Product.objects.filter(source=SYNTHETIC_SOURCE).count()


class _Clock:
    def __init__(self, report: LargeReport) -> None:
        self._report, self._since = report, time.monotonic()

    def lap(self, step: str) -> None:
        now = time.monotonic()
        self._report.seconds[step] = round(now - self._since, 1)
        self._since = now


def load(
    *, products: int, reviews: int, seed: int, today: datetime.date, progress: Progress
) -> LargeReport:
    """All of it or nothing; constraints and indexes stay as they are."""
    now = datetime.datetime.combine(today, datetime.time(), datetime.UTC)
    counts = distributions.review_counts(products, reviews, Random(f"{seed}:counts"))
    Random(f"{seed}:order").shuffle(counts)
    members = max(20, max(counts), reviews // REVIEWS_PER_MEMBER)
    # Fewer than asked for, where a product would have more than there are members.
    report = LargeReport(products, sum(counts), members)
    clock = _Clock(report)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL synchronous_commit = off")
        product_ids, topics = write_products(products, seed, now)
        features.write_large(Category.objects.get(slug=PARENT_SLUG), SYNTHETIC_SOURCE)
        clock.lap("products")
        first_author = write_members(members, seed, now)
        clock.lap("members")
        parts = [
            bulk_reviews.ProductPart(*part)
            for part in zip(product_ids, topics, counts, strict=True)
            if part[2]
        ]
        report.answers = write_reviews(parts, report.reviews, first_author, members, seed, now, progress)  # fmt: skip
        clock.lap("reviews")
        # The planner knows nothing of rows that came by COPY, and the ratings read all of them.
        analyze(*LOADED)
        clock.lap("analyze")
        coarsen_all()
        progress("Computing ratings", 0, 1)
        refresh_category_counts()
        recompute_all_ratings()
        clock.lap("ratings")
        progress("Counting what is praised", 0, 1)
        voices.count(*VOICES)
        clock.lap("voices")
        progress("Releasing what was told in private", 0, 1)
        large_private.write(now)
        clock.lap("private")
        large_inbox.write(now, report.reviews)
        clock.lap("inbox")
    clock.lap("commit")
    analyze(*DERIVED, *large_inbox.TABLES)
    note_frequent_words()
    for table in ("reviews_review", *large_inbox.TABLES):
        vacuum(table)
    clock.lap("vacuum")
    return report


# --- Catalogue ------------------------------------------------------------------------------


def write_products(
    count: int, seed: int, now: datetime.datetime
) -> tuple[list[int], list[int]]:
    """Their ids, and for each the number of the topic that its reviews speak of."""
    rng = Random(f"{seed}:products")
    categories = _write_categories(max(5, count // PRODUCTS_PER_CATEGORY))
    vendor_ids = _write_vendors(max(1, count // PRODUCTS_PER_VENDOR), now)
    ids = list(rows.reserve_ids("products_product", count))
    places = [rng.randrange(len(categories)) for _ in ids]
    rows.copy_rows(
        "products_product",
        ("id", "slug", "name", "vendor_id", "summary", "description", "keywords", "website", "repository", "licence",
         "is_open_source", "pricing_model", "deployment", "status", "source", "source_id", "facts", "data_licence",
         "created_at", "updated_at"),
        (
            _product_row(number, id, rng.choice(vendor_ids), place, now, rng)
            for number, (id, place) in enumerate(zip(ids, places, strict=True), start=1)
        ),
    )  # fmt: skip
    rows.copy_rows(
        "products_productcategory",
        ("product_id", "category_id", "position"),
        ((id, categories[place], 0) for id, place in zip(ids, places, strict=True)),
    )
    return ids, [place % len(TOPICS) for place in places]


def _product_row(
    number: int,
    id: int,
    vendor_id: int,
    place: int,
    now: datetime.datetime,
    rng: Random,
) -> tuple[object, ...]:
    topic = TOPICS[place % len(TOPICS)]
    words = ", ".join(strength.short for strength in rng.sample(topic.strengths, 3))
    return (
        id, f"demo-product-{number:06}", f"Demo Product {number:06}", vendor_id,
        f"A made-up {topic.noun} for measurements.", f"Made up for measurements: {words}.",
        f"Demo Category {place + 1:03}", "", "", "", rng.random() < 0.4,
        rng.choice(("free", "freemium", "subscription", "usage", "quote", "")),
        rng.choice((["saas"], ["self_hosted"], ["saas", "self_hosted"])), "active", SYNTHETIC_SOURCE, f"{number:06}",
        {}, "", now, now,
    )  # fmt: skip


def _write_categories(count: int) -> list[int]:
    parent, _ = Category.objects.get_or_create(
        slug=PARENT_SLUG, defaults={"name": "Demo categories"}
    )
    made = Category.objects.bulk_create(
        Category(
            slug=f"demo-category-{number:03}",
            name=f"Demo Category {number:03}",
            parent=parent,
        )
        for number in range(1, count + 1)
    )
    return [category.pk for category in made]


def _write_vendors(count: int, now: datetime.datetime) -> list[int]:
    ids = list(rows.reserve_ids("products_vendor", count))
    rows.copy_rows(
        "products_vendor",
        ("id", "slug", "name", "website", "description", "name_is_derived", "email_domains", "created_at"),
        (
            (id, f"demo-vendor-{number:05}", f"Demo Vendor {number:05}", "", "", False, [], now)
            for number, id in enumerate(ids, start=1)
        ),
    )  # fmt: skip
    return ids


# --- Members --------------------------------------------------------------------------------


def write_members(count: int, seed: int, now: datetime.datetime) -> int:
    """The id of the first; the others follow without gaps."""
    rng = Random(f"{seed}:bulk-members")
    employers = make_organisations(240, Random(f"{seed}:organisations"))
    people = make_people(count, employers, rng)
    ids = list(rows.reserve_ids("accounts_user", count))
    password, joined = make_password(None), now - datetime.timedelta(days=365 * 7)
    rows.copy_rows(
        "accounts_user",
        ("id", "public_id", "email", "password", "is_superuser", "is_staff", "is_active", "is_demo", "date_joined"),
        (
            (id, random_uuid(rng), f"bulk{person.number:06}@people.example", password, False, False, True, True, joined)
            for id, person in zip(ids, people, strict=True)
        ),
    )  # fmt: skip
    rows.copy_rows(
        "accounts_profile",
        ("user_id", "display_name", "job_title", "job_function", "seniority", "company_name", "company_size",
         "industry", "country", "accepts_messages"),
        (_profile_row(id, person) for id, person in zip(ids, people, strict=True)),
    )  # fmt: skip
    rows.copy_rows(
        "accounts_workemail",
        ("public_id", "user_id", "address", "domain", "created_at", "verified_at"),
        (
            (random_uuid(rng), id, f"bulk{id}@{place.domain}", place.domain, now, now)
            for id, place in zip(ids, (p.organisation for p in people), strict=True)
        ),
    )
    return ids[0]


def _profile_row(id: int, person: Person) -> tuple[object, ...]:
    place = person.organisation
    return (
        id, f"Demo Member {id}", person.job_title, person.job_function, person.seniority, place.name, place.size,
        place.industry, place.country, "everyone",
    )  # fmt: skip


# --- Reviews --------------------------------------------------------------------------------


def write_reviews(
    parts: Sequence[bulk_reviews.ProductPart],
    total: int,
    first_author: int,
    authors: int,
    seed: int,
    now: datetime.datetime,
    progress: Progress,
) -> int:
    """Returns how many answers there are."""
    first_id = next(rows.reserve_ids("reviews_review", total), 0)
    question_id = Question.objects.values_list("pk", flat=True).first() or 0
    chunks = [
        bulk_reviews.Chunk(seed, number, chunk, first_id + before, first_author, authors, question_id, now)
        for number, (before, chunk) in enumerate(_chunks(parts))
    ]  # fmt: skip
    answers: list[str] = []
    rows.copy_lines(
        "reviews_review",
        bulk_reviews.COLUMNS,
        _reviews_of(_written(chunks, total), answers, total, progress),
    )
    if question_id:
        rows.copy_lines("reviews_answer", bulk_reviews.ANSWER_COLUMNS, answers)
    return sum(lines.count("\n") for lines in answers)


def _chunks(
    parts: Sequence[bulk_reviews.ProductPart],
) -> Iterator[tuple[int, tuple[bulk_reviews.ProductPart, ...]]]:
    """Each with the number of reviews before it."""
    chunk: list[bulk_reviews.ProductPart] = []
    before = size = 0
    for part in parts:
        chunk.append(part)
        size += part.count
        if size >= REVIEWS_PER_CHUNK:
            yield before, tuple(chunk)
            before, size, chunk = before + size, 0, []
    if chunk:
        yield before, tuple(chunk)


def _reviews_of(
    written: Iterator[bulk_reviews.Lines],
    answers: list[str],
    total: int,
    progress: Progress,
) -> Iterator[str]:
    done = 0
    for lines in written:
        answers.append(lines.answers)
        done += lines.count
        progress("Writing reviews", done, total)
        yield lines.reviews


def _written(
    chunks: Sequence[bulk_reviews.Chunk], total: int
) -> Iterator[bulk_reviews.Lines]:
    if total < WORTH_PROCESSES:
        yield from map(bulk_reviews.write_chunk, chunks)
        return
    # Fresh processes: a forked one would share the connection to the database.
    context = multiprocessing.get_context("spawn")
    workers = min(4, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        ahead: deque[Future[bulk_reviews.Lines]] = deque()
        for chunk in chunks:
            ahead.append(pool.submit(bulk_reviews.write_chunk, chunk))
            if len(ahead) > CHUNKS_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def analyze(*tables: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def vacuum(table: str) -> None:
    """Index-only scans need to know that all rows are visible; autovacuum would come to it within minutes."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"VACUUM {table}")
        cursor.execute("RESET statement_timeout")
