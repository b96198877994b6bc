"""The public bytes of an anonymous review don't depend on who wrote it.

The same site is built twice, with the same chance and the same clock, and only the author of one anonymous review
swapped: somebody with another name, address, employer, profile, age of membership and number of other reviews. Every
answer to everybody else is then compared whole: status, headers, cookies, body, and every e-mail as it would be sent.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from notifications.delivery import as_message
from notifications.models import OutgoingEmail
from reviews.models import Review
from reviews.public_data import rows
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    VendorFactory,
)
from tests.trust.crawl import addresses, crawl
from tests.trust.randomness import same_chance
from tests.trust.world import BEGIN, DAY, World, build, frozen, kept_numbers

pytestmark = pytest.mark.django_db
# The buyer has a conversation with the author, the representative speaks for the vendor, the stranger reported.
READERS = ("visitor", "buyer", "commenter", "representative", "stranger")
# Ordering, filters and pages that no link of a small site leads to.
QUERIES = (
    "/products/plain-0/?stars=4",
    "/products/plain-0/?perspective=administrator",
    "/products/?sort=score",
    "/search/?q=plain",
    "/search/?q=petronella",
    "/search/?q=quintus",
    "/api/v1/reviews/?product=plain-0",
    "/api/v1/products/?q=plain",
)


@dataclass(frozen=True)
class Seen:
    pages: dict[tuple[str, str], bytes]
    emails: list[bytes]
    # What anybody can take away (manage.py export_public_data).
    files: dict[str, bytes]
    facts: list[str]


@pytest.fixture
def numbers() -> Iterator[None]:
    """Ids go on afterwards where they were."""
    with kept_numbers():
        yield


@pytest.fixture(scope="module")
def seen() -> Callable[[str], Seen]:
    """Each author's site is looked at once for the tests here."""
    return cache(look)


def look(
    author: str,
    readers: tuple[str, ...] = READERS,
    only: tuple[str, ...] = (),
    **changes: object,
) -> Seen:
    """The site with this author, taken back once it is seen: all that can be reached, or `only` these addresses."""
    with transaction.atomic(), same_chance() as chance, frozen() as clock:
        world = build(author, clock, chance, **changes)
        pages = {}
        for reader in readers:
            client = Client()
            if reader != "visitor":
                chance.restart(f"sign in {reader}")
                client.force_login(world.people[reader])
            starts = [*only] or [*addresses(world.known()), *QUERIES]
            read = crawl(client, starts, chance.restart, follow=not only)
            pages |= {(reader, address): answer for address, answer in read.items()}
        seen = Seen(
            pages,
            list(emails_to_others(world)),
            public_files(),
            list(facts_of(world.people["author"])),
        )
        transaction.set_rollback(True)
    return seen


def emails_to_others(world: World) -> Iterator[bytes]:
    authors = [world.people["petronella"], world.people["quintus"]]
    mails = OutgoingEmail.objects.exclude(recipient__in=authors).order_by("id")
    for mail in mails.select_related("recipient"):
        message = as_message(mail)
        # Where its parts are divided is drawn by the library for each sending.
        raw = re.sub(rb"=+\d{10,}==", b"(boundary)", message.message().as_bytes())
        yield f"{mail.kind} to {mail.address}\n".encode() + raw


def public_files() -> dict[str, bytes]:
    """The files of manage.py export_public_data, without the snapshot that a test's transaction can't take."""
    found = {}
    for make in (
        rows.product_rows,
        rows.review_rows,
        rows.response_rows,
        rows.tombstone_rows,
    ):
        found[make.__name__] = "\n".join(map(repr, make())).encode()
    return found


def facts_of(user: User) -> Iterator[str]:
    """Whatever would name them."""
    yield user.email.partition("@")[0]
    yield str(user.public_id)
    yield user.public_id.hex
    yield from user.work_emails.values_list("domain", flat=True)


def differences(one: Seen, other: Seen) -> dict[tuple[str, str], str]:
    found = {}
    for key in one.pages.keys() | other.pages.keys():
        here, there = one.pages.get(key, b"(not there)"), other.pages.get(key, b"(not there)")  # fmt: skip
        if here != there:
            found[key] = first_difference(here, there)
    return found


def first_difference(here: bytes, there: bytes) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b),
        min(len(here), len(there)),
    )
    start = max(0, at - 120)
    return f"{here[start : at + 80]!r}\n  or {there[start : at + 80]!r}"


def test_swapping_the_author_changes_no_byte_for_anybody_else(seen, numbers):
    one, other = seen("petronella"), seen("quintus")

    assert differences(one, other) == {}
    assert one.emails == other.emails
    assert one.files == other.files
    # It was looked at pages that show the review, its discussion, a conversation about it and a call.
    for words, least in {"The one that is looked at": 20, "Three weeks, and that": 5, "Half a person.": 2, "under the clock": 4}.items():  # fmt: skip
        assert sum(words.encode() in page for page in one.pages.values()) >= least
    assert len(one.pages) > 250 and len(one.emails) >= 5
    assert b"The one that is looked at" in one.files["review_rows"]


def test_no_answer_to_others_names_the_author(seen, numbers):
    site = seen("quintus")

    for (reader, address), page in site.pages.items():
        # What was looked for stands on the page of what was found.
        if "q=quintus" not in address:
            assert named_in(page, site.facts) == [], (reader, address)
    for everything in (*site.emails, *site.files.values()):
        assert named_in(everything, site.facts) == []


def named_in(answer: bytes, facts: list[str]) -> list[str]:
    return [fact for fact in facts if fact.encode() in answer.lower()]


def test_the_comparison_sees_a_name(numbers):
    pages = ("/products/plain-0/", "/about/ratings/")
    one, other = (
        look(author, readers=("visitor",), only=pages, is_anonymous=False)
        for author in ("petronella", "quintus")
    )

    changed = {address for _, address in differences(one, other)}
    assert changed == {"/products/plain-0/"}


# --- Two by the same member -----------------------------------------------------------------


def words(page: bytes) -> set[str]:
    """Values that could tie two things together: anything longer than a short word."""
    return set(re.findall(r"[\w@.:-]{6,}", page.decode(errors="replace")))


@pytest.mark.parametrize("path", ["/reviews/{}/", "/api/v1/reviews/{}/"])
def test_two_anonymous_reviews_by_one_member_share_nothing(client, path, numbers):
    with same_chance() as chance, frozen() as clock:
        world = build("petronella", clock, chance)
        hers, hers_too = (
            anonymous(world.people["petronella"], number) for number in (1, 2)
        )
        others = [anonymous(world.people[name], n) for n, name in ((3, "fifth"), (4, "sixth"))]  # fmt: skip
        pages = [
            words(client.get(path.format(review.public_id)).content)
            for review in (hers, hers_too, *others)
        ]

    one, two, three, four = pages
    assert one & two == three & four


def anonymous(author: User, number: int) -> Review:
    """Alike in all that a review may say of its author."""
    product = ProductFactory(
        name=f"Single{number}name",
        slug=f"single{number}slug",
        vendor=VendorFactory(name=f"Single{number}vendor", slug=f"single{number}v"),
        category=CategoryFactory(name=f"Single{number}cat", slug=f"single{number}c"),
    )
    return ReviewFactory(
        product=product,
        author=author,
        headline=f"Headline{number}",
        pros=f"Pros{number}words",
        cons=f"Cons{number}words",
        published_at=BEGIN + number * DAY,
        verified_on=BEGIN.date(),
        last_used_on=BEGIN.date(),
    )
