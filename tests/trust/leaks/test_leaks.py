"""A word planted in everything private, looked for in every answer of the site to everybody.

The routes come from the resolver, the operations from the OpenAPI document, the e-mails from their registry, the lists
of staff from the panel; what may be shown where stands in tests/trust/leaks/policies.py.
"""

import pytest

from messaging.models import Participant
from messaging.retention import KEPT, QUIET, WARNING
from messaging.services import (
    accept_request,
    announce_closing,
    announce_deletion,
    cancel_call,
    close_inactive,
    decline_call,
    remind_of_calls,
    send_unread_digests,
    uphold_report,
)
from moderation.models import ReasonCode
from notifications.services import set_preferences
from tests.messaging.people import ask
from tests.trust.leaks.policies import (
    COLLEAGUES,
    CONVERSATION_LINK,
    EMAILS,
    MEMBERS,
    NOTHING,
)
from tests.trust.leaks.reading import (
    Place,
    ask_for,
    leaks_of,
    mails,
    operations_of,
    places,
    press,
    read,
    reports_of,
)
from tests.trust.leaks.site import (
    MESSAGES,
    READERS,
    REPORTED,
    Site,
    choose,
    give_token,
    propose,
)
from tests.trust.world import DAY, HOUR

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reader", READERS)
def test_nobody_meets_what_is_not_theirs(site: Site, reader: str):
    readings = list(read(site, reader, places(site)))

    assert leaks_of(readings) == {}
    # The pages were there to be read.
    assert sum(one.status == 200 for one in readings) > 60


@pytest.mark.parametrize("reader", READERS)
def test_no_button_shows_anybody_what_is_not_theirs(site: Site, reader: str):
    """Every form, sent; those that show nobody anything are tried by a stranger and the reviewer, the panel's lists by a superuser."""
    tries_all = {"stranger": (), "reviewer": (), "root": (NOTHING,)}
    left_out = tries_all.get(reader, (NOTHING, COLLEAGUES, MEMBERS))
    everywhere = places(site, method="POST")
    buttons = [place for place in everywhere if place.policy not in left_out]
    readings = []
    for place in buttons:
        readings += press(site, reader, place, site.answers())

    assert leaks_of(readings) == {}


@pytest.mark.parametrize("reader", ["stranger", "buyer", "reviewer", "colleague", "representative", "opener"])  # fmt: skip
def test_no_operation_tells_anybody_what_is_not_theirs(site: Site, reader: str):
    key = give_token(site, reader)
    readings = []
    for place, body in operations_of(site):
        asked = ask_for(
            site,
            "visitor",
            place,
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": place.name},
        )
        readings.append(asked.by(reader))

    assert leaks_of(readings) == {}
    assert {one.status for one in readings if one.place.policy == NOTHING} != {404}


def test_no_email_says_what_is_not_its_readers(site: Site):
    """All that had happened, and then whatever else an e-mail about a conversation can be sent for."""
    for step in (
        accept_colleague,
        share_and_meet,
        choose_daily_emails,
        grow_silent,
        be_sanctioned,
    ):
        site.chance.restart(step.__name__)
        step(site)
    sent = mails(site)

    assert leaks_of(sent) == {}
    about_talks = {name for name, policy in EMAILS.items() if policy is CONVERSATION_LINK}  # fmt: skip
    assert about_talks - {one.place.name for one in sent} == set()


def accept_colleague(site: Site) -> None:
    asked = ask(site.people["stranger"], site.things["review"])
    accept_request(conversation=asked, reviewer=site.people["reviewer"])


def share_and_meet(site: Site) -> None:
    choose(site, "buyer", "name")
    site.clock.move_to(site.things["call"].slots.first().starts_at - HOUR / 2)
    assert remind_of_calls() == 1
    cancel_call(proposal=site.things["call"], member=site.people["buyer"])
    again = propose(site, "buyer", "call.refused_place")
    decline_call(proposal=again, member=site.people["reviewer"])


def choose_daily_emails(site: Site) -> None:
    set_preferences(user=site.people["buyer"], enabled={"message_digest": True})
    Participant.objects.filter(user=site.people["buyer"]).update(unread_count=2)
    for _ in range(24):
        site.clock.shift(HOUR)
        send_unread_digests()


def grow_silent(site: Site) -> None:
    site.clock.shift(QUIET)
    assert announce_closing() > 0
    site.clock.shift(WARNING + DAY)
    assert close_inactive() > 0
    site.clock.shift(KEPT - WARNING)
    assert announce_deletion() > 0


def be_sanctioned(site: Site) -> None:
    report = site.things["report"]
    uphold_report(
        report=report,
        moderator=site.people["opener"],
        reason_code=ReasonCode.ABUSIVE,
        statement="An insult.",
        suspension="7",
    )


# --- What those whom it concerns do see -----------------------------------------------------


def place_of(site: Site, name: str) -> Place:
    return next(place for place in places(site) if place.name == name)


def test_both_sides_read_all_messages(site: Site):
    every = {f"message.{number}" for number in range(1, MESSAGES + 1)}
    for reader in ("buyer", "reviewer"):
        for name in ("messaging:conversation", "api:messages"):
            assert ask_for(site, reader, place_of(site, name)).found >= every
        own = {f"{reader}.draft", "talk.id"}
        assert ask_for(site, reader, place_of(site, "messaging:inbox")).found >= own
    colleagues = ask_for(site, "colleague", place_of(site, "messaging:inbox"))
    assert colleagues.found >= {"other.id", "other.2", "other.reviewer"}


def test_a_moderator_reads_what_was_reported_and_three_before(site: Site):
    exactly = {f"message.{number}" for number in range(REPORTED - 3, REPORTED + 1)}
    pages = ("moderation_item", "moderation_target")
    for name in pages:
        opened = ask_for(site, "opener", place_of(site, name)).found
        assert reports_of(opened) == exactly | {"buyer.report"}
        for reader in ("idle", "root"):
            closed = ask_for(site, reader, place_of(site, name))
            assert (closed.status, reports_of(closed.found)) == (200, set())


def test_what_both_chose_is_shown_to_both_and_nothing_else(site: Site):
    thread = place_of(site, "messaging:conversation")
    names = {"buyer.shared.name", "reviewer.shared.name"}

    def shared(reader: str) -> set[str]:
        seen = ask_for(site, reader, thread).found
        other = {"buyer": "reviewer", "reviewer": "buyer"}[reader]
        return {label for label in seen if label.startswith(f"{other}.")}

    assert (shared("buyer"), shared("reviewer")) == (set(), set())
    choose(site, "buyer", "name", "work_email")
    assert (shared("buyer"), shared("reviewer")) == (
        {"reviewer.shared.name"},
        {"buyer.shared.name"},
    )
    for reader in ("buyer", "reviewer", "colleague", "opener"):
        private = [p for p in places(site) if p.policy.shared or reader in p.policy.shows]  # fmt: skip
        private = [p for p in private if p.policy is not COLLEAGUES]
        readings = list(read(site, reader, private))
        assert leaks_of(readings, is_shared=True) == {}
        met = {label for one in readings for label in one.found & names}
        assert met == (names if reader in ("buyer", "reviewer") else set())
    choose(site, "reviewer")
    assert (shared("buyer"), shared("reviewer")) == (set(), set())


# --- The check can fail ---------------------------------------------------------------------


def test_a_page_that_shows_too_much_is_noticed(site: Site, leaky_page):
    found = leaks_of(read(site, "buyer", [leaky_page]))
    assert list(found.values()) == [["reviewer.email"], ["reviewer.email"]]
    assert [where[4:] for where in found] == [(), ("kept by the browser",)]


def test_a_policy_that_allows_too_little_is_noticed(site: Site):
    thread = place_of(site, "messaging:conversation")
    strict = Place(thread.name, thread.address, NOTHING)
    (leaks,) = leaks_of(read(site, "buyer", [strict])).values()
    assert {"message.1", "message.8", "talk.reviewer"} <= set(leaks)
