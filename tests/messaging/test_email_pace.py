"""How many e-mails a busy conversation makes, and when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Profile
from messaging.emails.messages import REMIND_AFTER
from messaging.models import Conversation
from messaging.services import (
    block_member,
    leave_conversation,
    mark_read,
    send_unread_digests,
    set_muted,
)
from messaging.services.digests import send_portion
from notifications import delivery, services
from notifications.models import OutgoingEmail
from reviews.models import Review
from tests.factories import ReviewFactory, VendorRepresentativeFactory
from tests.messaging.people import ask, member, write

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def to(user, kind: str = "message_new"):
    return OutgoingEmail.objects.filter(recipient=user, kind=kind).order_by("id")


def states(user, kind: str = "message_new") -> list[str]:
    return list(to(user, kind).values_list("status", flat=True))


def read(conversation, user) -> None:
    last = conversation.messages.newest_first().first()
    mark_read(conversation=conversation, member=user, up_to=last)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=True) as moving:
        yield moving


# --- Several messages, one e-mail -----------------------------------------------------------


def test_a_burst_of_messages_is_one_email(buyer, reviewer, conversation, mail_server, clock):  # fmt: skip
    for n in range(4):
        write(conversation, reviewer, f"And another thing, no. {n}.")
        clock.shift(30)
    delivery.sweep()
    assert states(buyer) == ["queued"]
    clock.shift(MINUTE)
    delivery.sweep()
    assert states(buyer) == ["sent"]
    subjects = [mail["Subject"] for mail in mail_server.mails()]
    assert subjects.count(to(buyer).get().subject) == 1


def test_what_is_read_meanwhile_is_not_mailed(buyer, conversation, mail_server, clock):
    clock.shift(2 * MINUTE)
    read(conversation, buyer)
    clock.shift(2 * MINUTE)
    delivery.sweep()
    assert states(buyer) == ["cancelled"]
    assert [
        mail["To"] for mail in mail_server.mails() if mail["To"] == buyer.email
    ] == []


def test_what_comes_after_the_reading_is_mailed_by_the_email_that_waits(
    buyer, reviewer, conversation, mail_server, clock
):
    clock.shift(MINUTE)
    read(conversation, buyer)
    write(conversation, reviewer, "One more thing.")
    assert states(buyer) == ["queued"]
    clock.shift(3 * MINUTE)
    delivery.sweep()
    assert states(buyer) == ["sent"]


def test_unread_messages_cause_one_email_a_day(
    buyer, reviewer, conversation, mail_server, clock
):
    clock.shift(4 * MINUTE)
    delivery.sweep()
    # Nothing new: no second e-mail, however long it stays unread.
    clock.shift(3 * REMIND_AFTER)
    delivery.sweep()
    assert states(buyer) == ["sent"]
    write(conversation, reviewer, "Are you still there?")
    clock.shift(4 * MINUTE)
    delivery.sweep()
    assert states(buyer) == ["sent", "sent"]
    for hour in range(23):
        write(conversation, reviewer, f"Hour {hour}.")
        clock.shift(HOUR)
        delivery.sweep()
    assert states(buyer) == ["sent", "sent", "queued"]
    clock.shift(HOUR)
    delivery.sweep()
    assert states(buyer) == ["sent", "sent", "sent"]


def test_after_the_reading_a_reminder_that_waits_is_brought_forward(
    buyer, reviewer, conversation, mail_server, clock
):
    clock.shift(4 * MINUTE)
    delivery.sweep()
    write(conversation, reviewer, "Are you still there?")
    reminder = to(buyer).last()
    assert reminder.next_attempt_at - timezone.now() > 23 * HOUR
    read(conversation, buyer)
    write(conversation, reviewer, "I found the paper.")
    assert states(buyer) == ["sent", "queued"]
    reminder.refresh_from_db()
    assert reminder.next_attempt_at - timezone.now() <= 3 * MINUTE


def test_nothing_is_queued_for_who_wants_none(buyer, reviewer, conversation):
    services.set_preferences(user=reviewer, enabled={"message_new": False})
    read(conversation, reviewer)
    write(conversation, buyer, "Thanks.")
    assert states(reviewer) == []


@pytest.mark.django_db(transaction=True)
def test_an_email_about_to_be_cancelled_waits_for_the_message_that_needs_it(
    buyer, reviewer, conversation, mail_server
):
    """The recipient has read everything; the worker takes the e-mail at the moment the next message is written."""
    mail = to(buyer).get()
    read(conversation, buyer)
    OutgoingEmail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())

    def work() -> str:
        try:
            return delivery.deliver(mail.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            write(conversation, reviewer, "One more thing.")
            worker = pool.submit(work)
            while not waits_for_a_row():
                assert not worker.done(), worker.exception()
        assert worker.result(10) == "sent"


def waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        # A transaction sees the others as they were when it first looked.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


# --- Threads in the mail program ------------------------------------------------------------


def test_emails_of_a_conversation_hang_together_for_each_side_apart(
    buyer, reviewer, review, mail_server, clock
):
    conversation = ask(buyer, review)
    delivery.sweep()
    for sender, reader in [(reviewer, buyer), (buyer, reviewer), (reviewer, buyer)]:
        read(conversation, sender)
        write(conversation, sender, "More.")
        clock.shift(4 * MINUTE)
        delivery.sweep()
        read(conversation, reader)
    roots: dict[str, set[str]] = {buyer.email: set(), reviewer.email: set()}
    mails = mail_server.mails()
    assert len(mails) == 4
    for mail in mails:
        assert mail["In-Reply-To"] == mail["References"]
        roots[mail["To"]].add(str(mail["References"]))
        assert conversation.public_id.hex not in str(mail["References"])
    assert [len(each) for each in roots.values()] == [1, 1]
    assert roots[buyer.email] != roots[reviewer.email]


# --- One e-mail a day about all -------------------------------------------------------------

MORNING = datetime(2026, 11, 23, 7, 10, tzinfo=UTC)


@pytest.fixture
def daily(buyer):
    services.set_preferences(user=buyer, enabled={"message_digest": True})
    return buyer


def another_conversation(buyer):
    """With an unread answer for the buyer."""
    review = ReviewFactory(author=member())
    conversation = ask(buyer, review)
    write(conversation, review.author)
    return conversation


def digests(user) -> int:
    return to(user, "message_digest").count()


def test_the_daily_email_is_off_until_it_is_chosen(buyer, conversation):
    assert send_unread_digests(at=MORNING) == 0
    assert states(buyer) == ["queued"]


def test_the_daily_email_names_products_and_numbers_alone(
    daily, reviewer, review, conversation, mail_server
):
    write(conversation, reviewer, "A secret about our tender.")
    second = another_conversation(daily)
    with time_machine.travel(MORNING):
        assert send_unread_digests() == 1
        delivery.sweep()
    mail = to(daily, "message_digest").get()
    assert mail.status == "sent"
    assert mail.subject == "Unread messages in your conversations"
    names = {review.product.name: 2, second.review.product.name: 1}
    for name, unread in names.items():
        assert f"{name}: {unread} unread\n" in mail.text
    assert "http://testserver/messages/\n" in mail.text
    everything = mail.subject + mail.text + mail.html
    for each in (conversation, second):
        for side in each.participants.select_related("user"):
            assert side.alias not in everything
            assert side.user.email not in everything
            assert side.user.public_id.hex not in everything
    assert "secret" not in everything


def test_the_daily_email_replaces_the_others(
    buyer, reviewer, conversation, mail_server, clock
):
    services.set_preferences(user=buyer, enabled={"message_digest": True})
    assert states(buyer) == ["queued"]
    clock.shift(4 * MINUTE)
    delivery.sweep()
    assert states(buyer) == ["cancelled"]
    write(conversation, reviewer, "More.")
    assert states(buyer) == ["cancelled"]


def test_there_is_one_daily_email_a_day_and_none_without_news(
    daily, reviewer, conversation
):
    with time_machine.travel(MORNING, tick=False) as clock:
        write(conversation, reviewer, "In the night.")
        assert [send_unread_digests() for _ in range(2)] == [1, 0]
        clock.shift(HOUR)
        write(conversation, reviewer, "An hour later.")
        assert send_unread_digests() == 0
        clock.shift(23 * HOUR)
        assert send_unread_digests() == 1
        # Unread still, but nothing new.
        clock.shift(24 * HOUR)
        assert send_unread_digests() == 0
        read(conversation, daily)
        write(conversation, daily, "My own.")
        clock.shift(24 * HOUR)
        assert send_unread_digests() == 0
    assert digests(daily) == 2


def test_the_daily_email_comes_in_the_morning_of_the_members_own_clock(
    daily, conversation
):
    Profile.objects.filter(user=daily).update(time_zone="Asia/Tokyo")
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == 0
    # 8.10 in Tokyo.
    with time_machine.travel(MORNING + 16 * HOUR, tick=False):
        assert send_unread_digests() == 1


@pytest.mark.parametrize("zone", ["Not/AZone", "../etc/passwd", ""])
def test_a_zone_that_nobody_knows_counts_as_utc(daily, conversation, zone):
    Profile.objects.filter(user=daily).update(time_zone=zone)
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == 1


@pytest.mark.parametrize(
    "change", ["read", "mute", "leave", "other leaves", "block", "represent", "erase"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_daily_email_is_silent_about_what_the_member_has_no_part_in(
    daily, reviewer, conversation, mail_server, change, when
):
    def act() -> None:
        {
            "read": lambda: read(conversation, daily),
            "mute": lambda: set_muted(conversation=conversation, member=daily, muted=True),
            "leave": lambda: leave_conversation(conversation=conversation, member=daily),
            "other leaves": lambda: leave_conversation(conversation=conversation, member=reviewer),
            "block": lambda: block_member(blocker=daily, conversation=conversation),
            "represent": lambda: VendorRepresentativeFactory(user=reviewer),
            "erase": reviewer.delete,
        }[change]()  # fmt: skip

    if when == "before":
        act()
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == (1 if when == "after" else 0)
        if when == "after":
            act()
        delivery.sweep()
    expected = ["cancelled"] if when == "after" else []
    assert states(daily, "message_digest") == expected


def test_a_daily_email_that_was_cancelled_is_made_up_for(
    daily, reviewer, conversation, mail_server
):
    second = another_conversation(daily)
    with time_machine.travel(MORNING, tick=False) as clock:
        send_unread_digests()
        leave_conversation(conversation=second, member=daily)
        delivery.sweep()
        clock.shift(HOUR)
        assert send_unread_digests() == 1
        delivery.sweep()
    assert states(daily, "message_digest") == ["cancelled", "sent"]


def test_a_request_is_not_in_the_daily_email(reviewer, request_):
    services.set_preferences(user=reviewer, enabled={"message_digest": True})
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == 0
    assert states(reviewer, "message_request") == ["queued"]


def test_the_daily_email_lists_twenty_and_says_that_there_are_more(daily):
    with time_machine.travel(MORNING - 400 * HOUR, tick=False) as clock:
        for _ in range(21):
            clock.shift(8 * HOUR)
            another_conversation(daily)
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == 1
    mail = to(daily, "message_digest").get()
    assert mail.text.count(": 1 unread\n") == 20
    assert "\nand others\n" in mail.text
    assert len(mail.about["conversations"]) == 20


def test_what_rests_does_not_stand_before_what_goes_on(daily, conversation):
    with time_machine.travel(MORNING - 400 * HOUR, tick=False) as clock:
        for _ in range(21):
            clock.shift(8 * HOUR)
            resting = another_conversation(daily)
            Review.objects.filter(pk=resting.review_id).update(
                status=Review.Status.PENDING, published_at=None
            )
    ago = MORNING - 401 * HOUR
    conversation.messages.update(created_at=ago)
    Conversation.objects.filter(pk=conversation.pk).update(last_message_at=ago)
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == 1
    named = to(daily, "message_digest").get().about["conversations"]
    assert named == [str(conversation.public_id)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_daily_email_is_silent_about_what_rests(
    daily, review, conversation, mail_server, when
):
    """The review is not public for now, so nobody can write."""

    def rest() -> None:
        Review.objects.filter(pk=review.pk).update(
            status=Review.Status.PENDING, published_at=None
        )

    if when == "before":
        rest()
    with time_machine.travel(MORNING, tick=False):
        assert send_unread_digests() == (1 if when == "after" else 0)
        rest()
        delivery.sweep()
    expected = ["cancelled"] if when == "after" else []
    assert states(daily, "message_digest") == expected


@pytest.mark.parametrize("n", [1, 3])
def test_the_daily_emails_take_as_many_queries_for_each_reader(
    django_assert_num_queries, n
):
    for _ in range(n):
        reader = member()
        services.set_preferences(user=reader, enabled={"message_digest": True})
        another_conversation(reader)
    with time_machine.travel(MORNING, tick=False), django_assert_num_queries(6 + 4 * n):
        send_portion(MORNING, [""], after=0)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_one_daily_email(daily, conversation):
    def run() -> int:
        try:
            return send_unread_digests(at=MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = sum(run.result() for run in [pool.submit(run) for _ in range(8)])
    assert sent == digests(daily) == 1
