"""One site for all leak tests: two conversations with the same reviewer, and a word of its own in everything private."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Profile, User
from accounts.services import create_token
from following.services import add_to_new_shortlist
from messaging.models import CallProposal, Conversation, Message, Participant
from messaging.pages import TABS
from messaging.services import read_reported_message, report_message, send_message
from messaging.services.calls import accept_call, propose_call
from messaging.services.contacts import choose_contacts
from messaging.services.drafts import save_draft
from moderation.models import QueueItem
from tests.factories import (
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.messaging.people import ask, member, write
from tests.trust.leaks.canaries import Canaries, word
from tests.trust.randomness import Stream
from tests.trust.world import BEGIN, DAY, World, build

# Far apart and far above anything else, so that a key found on a page says whose it is.
FIRST_KEYS = {
    "accounts_user": 918_273_640_001,
    "messaging_participant": 827_364_910_001,
    "messaging_conversation": 736_491_820_001,
    "messaging_message": 649_182_730_001,
}
# Of the 8 messages between the buyer and the reviewer this one is reported.
REPORTED = 6
MESSAGES = 8
ZONES = {
    "buyer": "Pacific/Chatham",
    "reviewer": "America/St_Johns",
    "colleague": "Asia/Kathmandu",
}
COUNTRIES = {
    "buyer": ("BT", "Bhutan"),
    "reviewer": ("IS", "Iceland"),
    "colleague": ("TV", "Tuvalu"),
}
TELEPHONES = {"buyer": "+49 30 9018276453", "reviewer": "+49 30 9018276489"}
READERS = (
    "visitor", "stranger", "buyer", "reviewer", "colleague", "representative",
    # Moderators: one who opened the report, one who didn't, and a superuser who didn't.
    "opener", "idle", "root",
)  # fmt: skip
STAFF = ("opener", "idle", "root")


@dataclass
class Site:
    world: World
    chance: Stream
    canaries: Canaries = field(default_factory=Canaries)
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    # When all had happened.
    now: datetime = BEGIN
    clock: Any = None

    @property
    def conversation(self) -> Conversation:
        found: Conversation = self.things["conversation"]
        return found

    def message(self, number: int) -> Message:
        found: Message = self.things["messages"][number - 1]
        return found

    def known(self) -> dict[str, str]:
        """What stands in the parts of addresses: all that belongs to the buyer's conversation."""
        things = self.things
        item = str(things["item"].public_id)
        return self.world.known() | {
            "/reviews/ public_id": str(things["review"].public_id),
            "/messages/ public_id": str(self.conversation.public_id),
            "/messages/ message_id": str(self.message(REPORTED).public_id),
            "/messages/ call_id": str(things["call"].public_id),
            "/api/v1/conversations/ call_id": str(things["call"].public_id),
            "/api/v1/conversations/ public_id": str(self.conversation.public_id),
            "/api/v1/conversations/ message_id": str(self.message(REPORTED).public_id),
            "/admin/queue/ public_id": item,
            "/admin/queue/ kind": "message_report",
            "/admin/queue/ target_id": str(things["report"].public_id),
            "/admin/ app_label": "messaging",
            "/admin/ url": "nothing/",
            "/admin/r/ content_type_id": "1",
            "/admin/r/ object_id": "1",
            "/admin/messaging/messagereport/ object_id": str(things["report"].pk),
            "/admin/accounts/user/ object_id": str(self.people["reviewer"].pk),
            "/admin/reviews/review/ object_id": str(things["review"].pk),
            "/admin/ object_id": "1",
            "/accounts/ key": "x",
            "/accounts/ pk": "1",
            "/accounts/ uidb36": "x",
            "/accounts/ provider_id": "linkedin",
            "/me/shortlists/ public_id": str(things["shortlist"].public_id),
            "/api/v1/me/ public_id": str(things["shortlist"].public_id),
        }  # fmt: skip

    def queries(self) -> dict[str, list[str]]:
        """By route: what is asked for besides its address."""
        first, last = self.message(1).public_id, self.message(MESSAGES).public_id
        return {
            "messaging:inbox": [f"?tab={tab}" for tab in TABS],
            "messaging:conversation": [f"?before={last}"],
            "messaging:new_messages": [f"?after={first}&state=requested"],
        }

    def answers(self) -> dict[str, str]:
        """What is typed into every form."""
        begins = (self.now + 5 * DAY).date().isoformat()
        return {
            "body": "Nothing to hide.",
            "client_key": "00000000-0000-4000-8000-000000000017",
            "up_to": str(self.message(MESSAGES).public_id),
            "muted": "on",
            "archived": "on",
            "reason": "spam",
            "details": "Nothing else.",
            "slot": "1",
            "date_1": begins,
            "time_1": "10:00",
            "minutes": "30",
            "place": "The station",
            "time_zone": "Europe/Berlin",
            "verb": "dismiss",
            "statement": "Within the rules.",
        }

    def body_for(self, path: str) -> dict[str, Any]:
        """What is sent to an operation that writes; what it doesn't know it refuses."""
        if path.endswith("/messages/"):
            return {"body": "Nothing to hide."}
        if path.endswith("/conversations/"):
            return {"body": "Nothing to hide.", "review": str(self.things["review"].public_id)}  # fmt: skip
        if path.endswith("/read/"):
            return {"up_to": str(self.message(MESSAGES).public_id)}
        if path.endswith("/report/"):
            return {"reason": "spam", "details": "Nothing else."}
        return {}


def make_site(clock: Any, chance: Stream) -> Site:
    site = Site(build("petronella", clock, chance), chance)
    steps: list[Callable[[Site], None]] = [
        _use_large_keys, _people, _talk, _talk_with_the_colleague, _call, _report, _choose, _keep, _sign_in,
    ]  # fmt: skip
    for step in steps:
        chance.restart(f"leaks {step.__name__}")
        step(site)
    site.now = timezone.now()
    return site


def _use_large_keys(site: Site) -> None:
    with connection.cursor() as cursor:
        for table, first in FIRST_KEYS.items():
            cursor.execute(f"SELECT setval('{table}_id_seq', {first})")


def _people(site: Site) -> None:
    for role in ("buyer", "reviewer", "colleague"):
        site.people[role] = _with_canaries(site, role)
    site.people |= {
        "stranger": site.world.people["stranger"],
        "representative": site.world.people["representative"],
        "opener": confirm_email(_plain(site, "opener", is_staff=True)),
        "idle": confirm_email(_plain(site, "idle", is_staff=True)),
        "root": confirm_email(_plain(site, "root", is_staff=True, is_superuser=True)),
    }


def _plain(site: Site, role: str, **fields: Any) -> User:
    user = UserFactory(email=f"{site.canaries.plant(f'{role}.email')}@site.example", **fields)  # fmt: skip
    _ids(site, role, user)
    return user


def _with_canaries(site: Site, role: str) -> User:
    plant = site.canaries.plant
    user = member(email=f"{plant(f'{role}.email')}@post.example")
    _ids(site, role, user)
    Profile.objects.filter(user=user).update(
        display_name=plant(f"{role}.name"),
        job_title=plant(f"{role}.title"),
        company_name=plant(f"{role}.organisation"),
        time_zone=ZONES[role],
        country=COUNTRIES[role][0],
    )
    site.canaries.text(f"{role}.zone", ZONES[role])
    site.canaries.text(f"{role}.country", COUNTRIES[role][1])
    domain = f"{plant(f'{role}.domain')}.example"
    address = f"{plant(f'{role}.work')}@{domain}"
    WorkEmailFactory(user=user, domain=domain, address=address)
    user.refresh_from_db()
    return user


def _ids(site: Site, role: str, user: User) -> None:
    site.canaries.public_id(f"{role}.public_id", user.public_id)
    site.canaries.key(f"keys.user.{role}", user.pk)
    site.canaries.text(f"password.{role}", user.password)


def _talk(site: Site) -> None:
    """A request, its acceptance, and all in all eight messages, each with a word of its own."""
    buyer, reviewer = site.people["buyer"], site.people["reviewer"]
    site.things["review"] = ReviewFactory(
        product=site.world.things["product"],
        author=reviewer,
        headline="Quiet and dull, as it should be",
    )
    body = [site.canaries.plant(f"message.{n}") for n in range(1, MESSAGES + 1)]
    talk = ask(buyer, site.things["review"], f"The first one: {body[0]}")
    for number, text in enumerate(body[1:], start=2):
        send_message(
            conversation=talk,
            sender=(buyer, reviewer)[number % 2 == 0],
            body=f"One more: {text}",
            client_key=uuid.uuid4(),
            # What was reported quotes what no moderator may read.
            reply_to=talk.messages.get(number=1).public_id
            if number == REPORTED
            else None,
        )
    site.things["messages"] = list(talk.messages.order_by("pk"))
    site.things["conversation"] = talk
    for number, message in enumerate(site.things["messages"], start=1):
        site.canaries.public_id(f"message.{number}.id", message.public_id)
        site.canaries.key(f"keys.message.{number}", message.pk)
    _sides(site, "talk", talk, {"buyer": "buyer", "reviewer": "reviewer"})


def _talk_with_the_colleague(site: Site) -> None:
    talk = ask(site.people["colleague"], site.things["review"], site.canaries.plant("other.1"))  # fmt: skip
    write(talk, site.people["reviewer"], site.canaries.plant("other.2"))
    site.things["other"] = talk
    _sides(site, "other", talk, {"buyer": "colleague", "reviewer": "reviewer"})


def _sides(site: Site, label: str, talk: Conversation, who: dict[str, str]) -> None:
    """The aliases are "talk.buyer", "other.reviewer" …"""
    site.canaries.public_id(f"{label}.id", talk.public_id)
    site.canaries.key(f"keys.{label}", talk.pk)
    for side in Participant.objects.filter(conversation=talk):
        site.canaries.text(f"{label}.{who[side.role]}", side.alias)
        site.canaries.key(f"keys.{label}.{who[side.role]}", side.pk)


def _report(site: Site) -> None:
    """The buyer reports what the reviewer wrote; one moderator opens it."""
    message = site.message(REPORTED)
    reporter = site.people["buyer"]
    assert message.sender_id != reporter.pk
    report = report_message(
        message=message,
        reporter=reporter,
        reason="abuse",
        details=site.canaries.plant("buyer.report"),
    )
    read_reported_message(report=report, moderator=site.people["opener"])
    site.things["report"] = report
    site.things["item"] = QueueItem.objects.get(target_public_id=report.public_id)


def _call(site: Site) -> None:
    """Proposed by the reviewer, who thinks in their own time zone, and agreed to by the buyer."""
    call = propose(site, "reviewer", "call.place")
    site.canaries.public_id("call.id", call.public_id)
    accept_call(
        proposal=call, member=site.people["buyer"], slot=call.slots.get(position=1)
    )
    site.things["call"] = call


def propose(site: Site, reader: str, place: str) -> CallProposal:
    begins = timezone.now() + 3 * DAY
    return propose_call(
        conversation=site.conversation,
        member=site.people[reader],
        slots=[begins, begins + DAY],
        minutes=30,
        place=f"https://{site.canaries.plant(place)}.example/room",
        time_zone=ZONES[reader],
        client_key=uuid.uuid4(),
    )


def _choose(site: Site) -> None:
    """The reviewer is ready to show something; the buyer not yet: choose()."""
    for role, number in TELEPHONES.items():
        site.canaries.plant(f"{role}.shared.name")
        site.canaries.text(f"{role}.shared.telephone", number[-10:])
    choose(site, "reviewer", "name", "telephone")


def choose(site: Site, role: str, *fields: str) -> None:
    values = {
        "name": word(f"{role}.shared.name"),
        "telephone": TELEPHONES[role],
        "work_email": f"{word(f'{role}.work')}@{word(f'{role}.domain')}.example",
    }
    choose_contacts(
        conversation=site.conversation,
        member=site.people[role],
        values={field: values[field] for field in fields},
    )


def _keep(site: Site) -> None:
    """What is nobody's but their own: drafts, a shortlist with a note."""
    for role in ("buyer", "reviewer"):
        save_draft(
            user=site.people[role],
            conversation=site.conversation,
            body=site.canaries.plant(f"{role}.draft"),
        )
    save_draft(
        user=site.people["stranger"],
        review=site.things["review"],
        body=site.canaries.plant("stranger.draft"),
    )
    kept = add_to_new_shortlist(
        owner=site.people["buyer"],
        name=site.canaries.plant("buyer.shortlist"),
        product=site.world.things["product"],
        note=site.canaries.plant("buyer.note"),
    )
    site.things["shortlist"] = kept.shortlist


def _sign_in(site: Site) -> None:
    for reader in READERS:
        site.clients[reader] = Client()
        if reader != "visitor":
            site.clients[reader].force_login(site.people[reader])


def give_token(site: Site, reader: str) -> str:
    return create_token(user=site.people[reader], name="leaks")[1]
