"""Who is behind an alias changes no byte of what the other side gets; and all ways to be refused read alike.

The same conversation is led twice, with the same chance and the same clock; only the member on one side is another,
with another name, address, employer, time zone, age of membership and habits. Their personas are the same.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Profile, User
from accounts.services import create_token, erase_account
from messaging.models import Conversation, MessagingSuspension, Participant
from messaging.services import (
    block_member,
    mark_read,
    send_message,
    set_archived,
    set_muted,
)
from messaging.services.calls import accept_call, propose_call
from messaging.services.contacts import choose_contacts
from messaging.services.drafts import save_draft
from notifications.delivery import as_message
from notifications.models import OutgoingEmail
from reviews.models import Review
from reviews.ratings import recompute_all_ratings
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    WorkEmailFactory,
    add_members,
)
from tests.messaging.people import ask, member, write
from tests.trust.crawl import address, named_routes, whole
from tests.trust.randomness import Stream, same_chance
from tests.trust.world import BEGIN, DAY, HOUR, frozen, kept_numbers, set_sequences

pytestmark = pytest.mark.django_db
FIRST_ID = 5_000_000
# Of whom one sits behind the alias; to the other nothing happens.
TWINS = {
    "ottoline": ("Ottoline Birdwhistell", "Pacific/Chatham", 2_000 * DAY),
    "thaddeus": ("Thaddeus Quillfeather", "America/St_Johns", HOUR),
}


@pytest.fixture(autouse=True)
def numbers() -> Iterator[None]:
    """Ids go on afterwards where they were."""
    with kept_numbers():
        yield


def twin(name: str) -> User:
    shown, zone, since = TWINS[name]
    user = member(email=f"{name}@{name}-private.example", date_joined=BEGIN - since)
    Profile.objects.filter(user=user).update(
        display_name=shown, job_title=f"{name}-title", company_name=f"{name}-company"
    )
    Profile.objects.filter(user=user).update(time_zone=zone)
    WorkEmailFactory(user=user, domain=f"{name}-work.example", address=f"{name}@{name}-work.example")  # fmt: skip
    user.refresh_from_db()
    return user


@dataclass
class Talk:
    reader: User
    hidden: User
    conversation: Conversation
    known: dict[str, str]


def talk(role: str, name: str, clock: Any, chance: Stream, *, shares: bool) -> Talk:
    """`name` is the buyer or the reviewer of it; the other side is always the same."""
    set_sequences(FIRST_ID)
    clock.move_to(BEGIN, tick=False)
    chance.restart("people")
    twins = {each: twin(each) for each in TWINS}
    other = member(email="always@same.example")
    add_members(5)
    vendor, category = VendorFactory(slug="vendor", name="Vendor"), CategoryFactory(slug="category", name="Category")  # fmt: skip
    product = ProductFactory(slug="product", name="Product", vendor=vendor, category=category)  # fmt: skip
    hidden = twins[name]
    buyer, reviewer = (hidden, other) if role == "buyer" else (other, hidden)
    chance.restart("review")
    review = ReviewFactory(product=product, author=reviewer, headline="Does it")
    recompute_all_ratings()
    chance.restart("talk")
    conversation = ask(buyer, review, "Is it any good?")
    clock.shift(HOUR)
    write(conversation, reviewer, "It is.")
    conversation = Conversation.objects.get(pk=conversation.pk)
    _habits(conversation, hidden, name)
    chance.restart("goes on")
    clock.shift(HOUR)
    first = conversation.messages.get(number=1)
    send_message(conversation=conversation, sender=hidden, body="One thing more.", client_key=uuid.uuid4(), reply_to=first.public_id)  # fmt: skip
    call = _call(conversation, hidden, other)
    _share(conversation, hidden, name)
    if shares:
        _share(conversation, other, "always")
    clock.shift(HOUR)
    known = {
        " public_id": str(conversation.public_id),
        "/reviews/ public_id": str(review.public_id),
        "/api/v1/reviews/ public_id": str(review.public_id),
        " message_id": str(conversation.messages.filter(sender=hidden).first().public_id),
        " call_id": str(call.public_id),
        " slug": "product",
    }  # fmt: skip
    return Talk(other, hidden, conversation, known)


def _habits(conversation: Conversation, hidden: User, name: str) -> None:
    """One reads at once, mutes and archives; the other lets it lie and has begun an answer."""
    if name == "ottoline":
        last = conversation.messages.last()
        mark_read(conversation=conversation, member=hidden, up_to=last)
        set_muted(conversation=conversation, member=hidden, muted=True)
        set_archived(conversation=conversation, member=hidden, archived=True)
    else:
        save_draft(user=hidden, conversation=conversation, body="Thaddeus thinks.")


def _call(conversation: Conversation, hidden: User, other: User) -> Any:
    """Each thinks of the same moments in a time zone of their own."""
    begins = timezone.now() + 3 * DAY
    call = propose_call(
        conversation=conversation,
        member=hidden,
        slots=[begins, begins + DAY],
        minutes=30,
        place="",
        time_zone=hidden.profile.time_zone,
        client_key=uuid.uuid4(),
    )
    accept_call(proposal=call, member=other, slot=call.slots.get(position=1))
    return call


def _share(conversation: Conversation, side: User, name: str) -> None:
    shown = {"always": "Always Same"} | {each: TWINS[each][0] for each in TWINS}
    choose_contacts(conversation=conversation, member=side, values={"name": shown[name]})  # fmt: skip


def seen_by_the_other(role: str, name: str, *, shares: bool = False) -> dict[str, bytes]:  # fmt: skip
    """Every page and answer about it, every e-mail, and their own export."""
    with transaction.atomic(), same_chance() as chance, frozen() as clock:
        led = talk(role, name, clock, chance, shares=shares)
        chance.restart("sign in")
        client = Client()
        client.force_login(led.reader)
        key = create_token(user=led.reader, name="twins")[1]
        read = {}
        for route in routes():
            path = address(route, led.known)
            assert path is not None, route
            for query in queries(route, led):
                chance.restart(path + query)
                read[f"page {path}{query}"] = whole(client.get(path + query))
                if path.startswith("/api/"):
                    authorization = {"Authorization": f"Bearer {key}"}
                    asked = Client().get(path + query, headers=authorization)
                    read[f"API {path}{query}"] = whole(asked)
        for number, mail in enumerate(OutgoingEmail.objects.filter(recipient=led.reader).order_by("pk")):  # fmt: skip
            raw = as_message(mail).message().as_bytes()
            read[f"mail {number} {mail.kind}"] = re.sub(rb"=+\d{10,}==", b"(boundary)", raw)  # fmt: skip
        transaction.set_rollback(True)
    return read


def routes() -> list[str]:
    """Of the resolver: whatever is about conversations, the review, the product and one's own page."""
    ours = ("/messages/", "/api/v1/conversations/", "/reviews/<uuid:public_id>/message/", "/me/export/")  # fmt: skip
    alone = {"/reviews/<uuid:public_id>/", "/products/<slug:slug>/", "/me/"}
    return [
        route for _, route in named_routes() if route.startswith(ours) or route in alone
    ]


def queries(route: str, led: Talk) -> list[str]:
    last = led.conversation.messages.last()
    assert last is not None
    if route == "/messages/":
        return ["", "?tab=open", "?tab=requests", "?tab=closed", "?q=thing", "?q=Ottoline", "?q=Thaddeus"]  # fmt: skip
    if route.endswith("/new/") and "public_id" in route:
        first = led.conversation.messages.get(number=1)
        return [f"?after={first.public_id}&state=requested"]
    return [""]


@pytest.mark.parametrize("role", ["buyer", "reviewer"])
def test_who_is_behind_an_alias_changes_no_byte_for_the_other_side(role: str):
    one, other = (seen_by_the_other(role, name) for name in TWINS)

    assert one.keys() == other.keys()
    assert [what for what in one if one[what] != other[what]] == []
    # It was looked at the conversation itself, at its calendar file and at e-mails about it.
    assert sum(b"One thing more." in answer for answer in one.values()) >= 3
    assert sum(b"BEGIN:VCALENDAR" in answer for answer in one.values()) >= 1
    assert sum(what.startswith("mail ") for what in one) >= 3


def test_the_comparison_sees_what_both_share():
    one, other = (seen_by_the_other("reviewer", n, shares=True) for n in TWINS)

    changed = [what for what in one if one[what] != other.get(what)]
    assert any(what.startswith("page /messages/") for what in changed)
    # Nor then in any e-mail, in the calendar, or on a public page.
    for what in changed:
        assert not what.startswith(("mail ", "page /reviews/", "page /products/"))
        assert "calendar" not in what


# --- Ids and aliases ------------------------------------------------------------------------


def test_every_public_id_is_drawn_and_none_is_counted():
    with_id = [
        model
        for model in apps.get_app_config("messaging").get_models()
        if any(field.name == "public_id" for field in model._meta.fields)
    ]
    assert len(with_id) >= 4
    for model in with_id:
        assert model._meta.get_field("public_id").default is uuid.uuid4


def test_an_alias_is_drawn_for_each_conversation_whoever_it_is_for(clock_and_chance):
    _, chance = clock_and_chance
    aliases = []
    for stream, buyer, author in (("a", member(), member()), ("a", member(), member())):
        review = ReviewFactory(author=author)
        chance.restart(stream)
        aliases.append(_aliases(ask(buyer, review)))
        # The same keys can't be given twice.
        Conversation.objects.all().delete()
    assert aliases[0] == aliases[1]


def test_no_alias_comes_again_in_the_conversations_of_one_reviewer(clock_and_chance):
    clock, _ = clock_and_chance
    author = member()
    found = []
    for number in range(6):
        clock.shift(DAY)
        found += _aliases(ask(member(email=f"b{number}@x.example"), ReviewFactory(author=author)))  # fmt: skip
    assert len(found) == len(set(found)) == 12


def _aliases(conversation: Conversation) -> list[str]:
    sides = Participant.objects.filter(conversation=conversation).order_by("role")
    return list(sides.values_list("alias", flat=True))


@pytest.fixture
def clock_and_chance() -> Iterator[tuple[Any, Stream]]:
    with same_chance() as chance, frozen() as clock:
        chance.restart("aliases")
        yield clock, chance


# --- Refusals -------------------------------------------------------------------------------


def _blocks(author: User, buyer: User, review: Review) -> None:
    another = ReviewFactory(author=author)
    asked = ask(buyer, another)
    block_member(blocker=author, conversation=asked)


def _opts_out(author: User, buyer: User, review: Review) -> None:
    Profile.objects.filter(user=author).update(accepts_messages="nobody")


def _is_blocked(author: User, buyer: User, review: Review) -> None:
    """By who asks."""
    asked = ask(buyer, ReviewFactory(author=author))
    block_member(blocker=buyer, conversation=asked)


def _is_suspended(author: User, buyer: User, review: Review) -> None:
    MessagingSuspension.objects.create(user=author, decision_public_id=uuid.uuid4())


def _is_disabled(author: User, buyer: User, review: Review) -> None:
    User.objects.filter(pk=author.pk).update(is_active=False)


def _is_gone(author: User, buyer: User, review: Review) -> None:
    erase_account(user=author, keep_published=True)


def _speaks_for_a_vendor(author: User, buyer: User, review: Review) -> None:
    VendorRepresentativeFactory(user=author)


def answers_to(refuse: Callable[[User, User, Review], None]) -> list[bytes]:
    """What somebody gets who would ask the author: the page, the form sent, the API."""
    with transaction.atomic(), same_chance() as chance, frozen():
        set_sequences(FIRST_ID)
        chance.restart("people")
        author, buyer = member(email="author@a.example"), member(email="buyer@b.example")  # fmt: skip
        add_members(5)
        review = ReviewFactory(author=author, product=ProductFactory(slug="product", name="Product", vendor=VendorFactory(slug="vendor", name="Vendor")), headline="Does it")  # fmt: skip
        key = create_token(user=buyer, name="twins")[1]
        chance.restart("refuses")
        refuse(author, buyer, review)
        chance.restart("asks")
        client = Client()
        client.force_login(buyer)
        path, body = f"/reviews/{review.public_id}/message/", {"body": "Is it any good?"}  # fmt: skip
        found = [
            client.get(path),
            client.post(path, body | {"client_key": str(uuid.uuid4())}),
            Client().post(
                "/api/v1/conversations/",
                body | {"review": str(review.public_id)},
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            ),
        ]
        assert [answer.status_code for answer in found] == [403, 403, 403]
        answers = [whole(answer) for answer in found]
        transaction.set_rollback(True)
    return answers


@pytest.mark.parametrize(
    "refuse",
    [
        _opts_out,
        _is_blocked,
        _is_suspended,
        _is_disabled,
        _is_gone,
        _speaks_for_a_vendor,
    ],
)
def test_nobody_learns_why_they_are_refused(refuse: Callable[..., None]):
    assert answers_to(refuse) == answers_to(_blocks)
