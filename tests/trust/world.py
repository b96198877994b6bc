"""A site in which much has happened around one anonymous review, the same each time; only its author can be another."""

import datetime
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.models import Profile, User
from following.models import DIGEST, DigestSubscription
from following.services import add_to_new_shortlist, follow, send_digests
from messaging.services import accept_request
from messaging.services.calls import accept_call, propose_call
from moderation.models import ReasonCode
from notifications.services import set_preferences
from products.models import Invitation, Product
from reviews import services
from reviews.models import Review
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.messaging.people import ask, write
from tests.reviews.content import review_content
from tests.trust.randomness import Stream

BEGIN = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# Far above what other tests use, and the same in each of the two sites.
FIRST_ID = 5_000_000


@dataclass
class World:
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def known(self) -> dict[str, str]:
        """What stands in the parts of addresses (tests.trust.crawl.addresses)."""
        things = self.things
        return {
            "/products/ slug": things["product"].slug,
            "/vendors/ slug": things["vendor"].slug,
            "/categories/ slug": things["category"].slug,
            "/sitemap section": "products",
            "/reviews/ public_id": str(things["review"].public_id),
            "/comments/ public_id": str(things["comment"].public_id),
            "/reports/ public_id": str(things["report"].public_id),
            "/responses/ public_id": str(things["response"].public_id),
            "/disputes/ public_id": str(things["dispute"].public_id),
            "/messages/ public_id": str(things["conversation"].public_id),
            "/messages/ message_id": str(things["message"].public_id),
            "/messages/ call_id": str(things["call"].public_id),
            "/appeals/ public_id": str(things["decision"].public_id),
            "/invitations/ public_id": str(things["invitation"].public_id),
            "/vendors/ public_id": str(things["invitation"].public_id),
            "/reviews/proofs/ position": "0",
            "/transparency/ day": "2026-03-05",
            "/emails/unsubscribe/ token": "x",
            "/dev/mail/ public_id": str(things["decision"].public_id),
            "/me/ public_id": str(things["work_email"].public_id),
            "/me/ token": "x",
            "/me/ month": "6",
            "/check-ins/ token": "x",
            "/me/ slug": things["product"].slug,
            "/api/v1/products/ slug": things["product"].slug,
            "/api/v1/vendors/ slug": things["vendor"].slug,
            "/api/v1/categories/ slug": things["category"].slug,
            "/api/v1/reviews/ public_id": str(things["review"].public_id),
            "/api/v1/conversations/ public_id": str(things["conversation"].public_id),
            "/api/v1/conversations/ message_id": str(things["message"].public_id),
            "/api/v1/conversations/ call_id": str(things["call"].public_id),
            "/api/v1/me/ public_id": str(things["shortlist"].public_id),
            "/api/v1/me/ slug": things["product"].slug,
            "/me/shortlists/ public_id": str(things["shortlist"].public_id),
        }


# --- People ---------------------------------------------------------------------------------


def person(name: str, *, joined: datetime.datetime, **facets: str) -> User:
    """All of whose facts carry their name."""
    user = confirm_email(
        UserFactory(email=f"{name}@{name}-private.example", date_joined=joined)
    )
    complete_profile(user, **facets)
    Profile.objects.filter(user=user).update(
        display_name=f"{name.title()} Displayname",
        job_title=f"{name.title()} Jobtitle",
        company_name=f"{name.title()} Company",
    )
    user.refresh_from_db()
    return user


def works(user: User, domain: str) -> Any:
    return WorkEmailFactory(
        user=user,
        domain=domain,
        address=f"{domain.partition('.')[0]}@{domain}",
        created_at=BEGIN - 20 * DAY,
        verified_at=BEGIN - 20 * DAY,
    )


def petronella(products: list[Product]) -> User:
    """Long a member, of a large organisation, with three other reviews."""
    user = person(
        "petronella",
        joined=BEGIN - 2500 * DAY,
        job_function="finance",
        seniority="c_level",
        company_size="10001+",
        industry="finance",
        country="MT",
    )
    works(user, "vexwright-holdings.example")
    for number, product in enumerate(products):
        ReviewFactory(
            product=product,
            author=user,
            headline=f"Another opinion {number}",
            is_anonymous=number != 0,
            display_name="" if number else user.profile.display_name,
            status="withdrawn" if number == 2 else "published",
            published_at=BEGIN - (30 + number) * DAY,
            verified_on=(BEGIN - 20 * DAY).date(),
        )
    return user


def quintus() -> User:
    """Came today, from a small one, and wrote nothing else."""
    user = person(
        "quintus",
        joined=BEGIN - HOUR,
        job_function="it",
        seniority="c_minus_3",
        company_size="1-50",
        industry="media",
        country="PT",
    )
    works(user, "marchbanks-press.example")
    return user


# --- What happens ---------------------------------------------------------------------------


def build(author: str, clock: Any, chance: Stream, **changes: Any) -> World:
    """`author`: petronella or quintus. `changes`: of what the review says."""
    cache.clear()
    set_sequences(FIRST_ID)
    world = World()
    clock.move_to(BEGIN, tick=False)
    chance.restart("before")
    _before(world)
    chance.restart("review")
    _review(world, world.people[author], clock, changes)
    steps: list[Callable[[World], None]] = [
        _vote_and_comment, _answer_comment, _speak_for_vendor, _report, _converse, _call, _edit,
    ]  # fmt: skip
    for step in steps:
        chance.restart(step.__name__)
        clock.shift(5 * HOUR)
        step(world)
    clock.shift(DAY)
    recompute_all_ratings()
    chance.restart("digest")
    _tell_followers(world)
    return world


@contextmanager
def kept_numbers() -> Iterator[None]:
    """Around whatever builds the site: a rollback takes rows back and not the numbers of the next ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'")  # fmt: skip
        before = []
        for (name,) in cursor.fetchall():
            # Of pg_sequences one reads no number that was set and not drawn yet.
            cursor.execute(f"SELECT last_value, is_called FROM {name}")
            before.append((name, *cursor.fetchone()))
    yield
    with connection.cursor() as cursor:
        for name, last, is_called in before:
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, last, is_called])  # fmt: skip


def set_sequences(first: int) -> None:
    """A rolled back site leaves no rows, but its numbers are spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(c.oid::regclass, %s, false) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'S' AND n.nspname = 'public'",
            [first],
        )


def _before(world: World) -> None:
    category = CategoryFactory(name="Ticketing", slug="ticketing")
    vendor = VendorFactory(
        name="Plain Vendor", slug="plain-vendor", email_domains=["plain-vendor.example"]
    )
    product, *others = (
        ProductFactory(
            name=f"Plain {n}", slug=f"plain-{n}", vendor=vendor, category=category
        )
        for n in range(4)
    )
    Product.objects.update(created_at=BEGIN, updated_at=BEGIN)
    alike = {"job_function": "it", "seniority": "c_minus_2", "industry": "healthcare"}
    names = ["buyer", "voter", "commenter", "stranger", "fifth", "sixth"]
    people = {name: person(name, joined=BEGIN - 90 * DAY, **alike) for name in names}
    people["representative"] = person("representative", joined=BEGIN - 90 * DAY)
    VendorRepresentativeFactory(vendor=vendor, user=people["representative"])
    people["moderator"] = UserFactory(email="moderator@site.example", is_staff=True)
    for name in ("voter", "fifth", "sixth"):
        ReviewFactory(
            product=product,
            author=people[name],
            headline=f"Opinion of the {name}",
            published_at=BEGIN - 10 * DAY,
        )
    world.things |= {"product": product, "vendor": vendor, "category": category}
    world.things["invitation"] = Invitation.objects.create(
        product=product, created_at=BEGIN, created_by=people["representative"]
    )
    world.things["work_email"] = works(people["buyer"], "buyers-company.example")
    people["petronella"], people["quintus"] = petronella(others), quintus()
    world.people = people


def _review(world: World, author: User, clock: Any, changes: dict[str, Any]) -> None:
    content = review_content(
        headline="The one that is looked at",
        seniority="c_minus_2",
        last_used_on=(BEGIN - 3 * DAY).date(),
        **changes,
    )
    review = services.submit_review(
        author=author,
        product=world.things["product"],
        content=content,
        answers={"use_case": "Tickets of forty wards, day and night."},
    )
    clock.shift(DAY)
    decision = services.publish_review(
        review=review, moderator=world.people["moderator"]
    )
    world.people["author"] = author
    world.things |= {"review": review, "decision": decision}


def _vote_and_comment(world: World) -> None:
    review, moderator = world.things["review"], world.people["moderator"]
    services.vote_helpful(review=review, voter=world.people["voter"])
    comment = services.write_comment(
        review=review, author=world.people["commenter"], body="How long was the pilot?"
    )
    services.publish_comment(comment=comment, moderator=moderator)
    world.things["comment"] = comment


def _answer_comment(world: World) -> None:
    answer = services.write_comment(
        review=world.things["review"],
        author=world.people["author"],
        body="Three weeks, and that was enough.",
        parent=world.things["comment"],
        shows_name=True,
    )
    services.publish_comment(comment=answer, moderator=world.people["moderator"])


def _speak_for_vendor(world: World) -> None:
    review, user = world.things["review"], world.people["representative"]
    response = services.respond(review=review, user=user, body="Thank you for this.")
    services.publish_response(response=response, moderator=world.people["moderator"])
    world.things["response"] = response
    world.things["dispute"] = services.open_dispute(
        review=review,
        user=user,
        ground=ReasonCode.WRONG_PRODUCT,
        statement="It is about another product of ours.",
    )


def _report(world: World) -> None:
    world.things["report"] = services.report_content(
        target=world.things["review"],
        reporter=world.people["stranger"],
        reason="fake",
        details="I doubt it.",
    )


def _converse(world: World) -> None:
    author, buyer = world.people["author"], world.people["buyer"]
    conversation = ask(buyer, world.things["review"], "What does it take to run it?")
    accept_request(conversation=conversation, reviewer=author)
    world.things["message"] = write(conversation, author, "Half a person.")
    write(conversation, buyer, "Thank you.")
    write(conversation, author, "You are welcome.")
    world.things["conversation"] = conversation


def _call(world: World) -> None:
    """The author proposes it, and the buyer agrees to the second time."""
    begins = timezone.now() + 3 * DAY
    call = propose_call(
        conversation=world.things["conversation"],
        member=world.people["author"],
        slots=[begins, begins + DAY],
        minutes=30,
        place="The station, under the clock",
        time_zone="Atlantic/Azores",
        client_key=uuid.uuid4(),
    )
    slot = call.slots.get(position=2)
    accept_call(proposal=call, member=world.people["buyer"], slot=slot)
    world.things["call"] = call


def _edit(world: World) -> None:
    review = Review.objects.get(pk=world.things["review"].pk)
    content = services.content_of(review)
    changed = content.__class__(**{**content.__dict__, "pros": f"{review.pros} Still."})
    revision = services.propose_edit(
        review=review,
        author=world.people["author"],
        content=changed,
        answers=services.answers_of(review),
    )
    services.approve_edit(revision=revision, moderator=world.people["moderator"])


def _tell_followers(world: World) -> None:
    """The buyer keeps the product on a list, follows it, and the weekly e-mail quotes the review."""
    buyer, product = world.people["buyer"], world.things["product"]
    kept = add_to_new_shortlist(owner=buyer, name="Tickets", product=product)
    world.things["shortlist"] = kept.shortlist
    follow(follower=buyer, target=product)
    DigestSubscription.objects.create(
        subscriber=buyer, confirmed_at=BEGIN, covered_until=BEGIN - 5 * DAY
    )
    set_preferences(user=buyer, enabled={DIGEST: True})
    assert send_digests() == 1


def frozen() -> AbstractContextManager[Any]:
    return time_machine.travel(BEGIN, tick=False)
