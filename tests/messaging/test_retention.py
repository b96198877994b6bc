"""The clock is turned by moving everything that is stored into the past."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from messaging.models import (
    CallProposal,
    Conversation,
    Message,
    MessageDraft,
    MessageReport,
    Participant,
)
from messaging.retention import (
    closing_to_announce,
    deletion_to_announce,
    to_close,
    to_delete,
)
from messaging.services import (
    accept_request,
    announce_closing,
    announce_deletion,
    block_member,
    close_inactive,
    decline_request,
    delete_inactive,
    dismiss_report,
    leave_conversation,
    read_reported_message,
    report_message,
    unblock_member,
)
from messaging.timers import retire_conversations
from moderation.models import QueueItem
from notifications.delivery import KEPT_FOR, why_not
from notifications.models import OutgoingEmail
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, write

TWO_YEARS, HALF_A_YEAR, MONTH = 731, 183, 30
CLOSES, GOES = "conversation_closes", "conversation_goes"


def pass_days(days):
    past = timedelta(days=days)
    Conversation.objects.update(
        **{
            name: F(name) - past
            for name in (
                "created_at",
                "accepted_at",
                "last_message_at",
                "ended_at",
                "closing_announced_at",
                "deletion_announced_at",
            )
        }
    )
    MessageReport.objects.update(
        created_at=F("created_at") - past, resolved_at=F("resolved_at") - past
    )
    CallProposal.objects.update(
        created_at=F("created_at") - past,
        answered_at=F("answered_at") - past,
        starts_at=F("starts_at") - past,
    )
    if past > KEPT_FOR:
        OutgoingEmail.objects.all().delete()


def run_daily():
    """What beat starts once a day; (announced closings, closed, announced deletions, deleted)."""
    closed, deleted = close_inactive(), delete_inactive()
    return announce_closing(), closed, announce_deletion(), deleted


def told(kind):
    mails = OutgoingEmail.objects.filter(kind=kind).order_by("id")
    return sorted(mails.values_list("recipient__email", flat=True))


def state(conversation):
    conversation.refresh_from_db()
    return conversation.state


@pytest.fixture
def report(conversation, buyer, reviewer):
    message = conversation.messages.filter(sender=reviewer).get()
    return report_message(
        message=message, reporter=buyer, reason="abuse", details="Rude."
    )


# --- Closing --------------------------------------------------------------------------------


def test_both_are_told_a_month_before_a_silent_conversation_is_closed(
    conversation, buyer, reviewer
):
    pass_days(TWO_YEARS - MONTH - 2)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(1)
    assert run_daily() == (1, 0, 0, 0)
    assert told(CLOSES) == [buyer.email, reviewer.email]
    pass_days(MONTH - 1)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(1)
    assert run_daily() == (0, 1, 0, 0)
    assert state(conversation) == "closed"
    assert conversation.ended_at is not None
    assert len(told(CLOSES)) == 2


def test_requests_that_nobody_answers_are_closed_as_well(request_):
    pass_days(TWO_YEARS)
    assert run_daily() == (1, 0, 0, 0)
    pass_days(MONTH)
    assert run_daily() == (0, 1, 0, 0)
    assert state(request_) == "closed"


def test_a_warning_tells_neither_text_nor_name_and_can_not_be_switched_off(
    conversation, buyer, reviewer
):
    pass_days(TWO_YEARS)
    announce_closing()
    mail = OutgoingEmail.objects.get(kind=CLOSES, recipient=buyer)
    aliases = Participant.objects.values_list("alias", flat=True)
    told_nothing_of = ["roll-out", "four months", reviewer.email, *aliases]
    for fact in told_nothing_of:
        assert fact not in mail.subject + mail.text + mail.html
    assert conversation.get_absolute_url() in mail.text
    assert "unsubscribe" not in mail.text.lower()
    assert why_not(mail) is None


def test_after_a_long_outage_nothing_ends_without_a_warning(conversation):
    pass_days(5 * 365)
    assert run_daily() == (1, 0, 0, 0)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(MONTH)
    assert run_daily() == (0, 1, 0, 0)


def test_a_warning_from_before_a_long_outage_is_given_anew(conversation):
    pass_days(TWO_YEARS)
    run_daily()
    pass_days(3 * 365)
    assert run_daily() == (1, 0, 0, 0)
    assert len(told(CLOSES)) == 2
    pass_days(MONTH)
    assert run_daily() == (0, 1, 0, 0)


def test_a_message_stops_the_closing_and_the_warning_that_was_not_sent_yet(
    conversation, buyer
):
    pass_days(TWO_YEARS)
    announce_closing()
    write(conversation, buyer, "Still there?")
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 0)
    assert state(conversation) == "open"
    mail = OutgoingEmail.objects.filter(kind=CLOSES).first()
    assert why_not(mail) == "something happened in it meanwhile"
    pass_days(TWO_YEARS - MONTH)
    assert run_daily() == (1, 0, 0, 0)
    assert len(told(CLOSES)) == 2


def test_an_acceptance_without_a_word_stops_the_closing(request_, reviewer):
    pass_days(TWO_YEARS)
    announce_closing()
    accept_request(conversation=request_, reviewer=reviewer)
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 0)


@pytest.mark.parametrize("of_call", ["created_at", "answered_at", "starts_at"])
def test_anything_about_a_call_stops_the_closing(conversation, of_call):
    long_ago = timezone.now() - timedelta(days=TWO_YEARS + 1)
    pass_days(TWO_YEARS)
    moments = {"created_at": long_ago, of_call: timezone.now() - timedelta(days=9)}
    CallProposal.objects.create(
        conversation=conversation,
        proposer=conversation.participants.first(),
        time_zone="Europe/Berlin",
        state="declined",
        **moments,
    )
    assert run_daily() == (0, 0, 0, 0)
    pass_days(TWO_YEARS)
    assert run_daily() == (1, 0, 0, 0)


def test_an_open_report_stops_the_closing(conversation, report, moderator):
    pass_days(TWO_YEARS)
    assert run_daily() == (0, 0, 0, 0)
    read_reported_message(report=report, moderator=moderator)
    dismiss_report(report=report, moderator=moderator, statement="")
    assert run_daily() == (1, 0, 0, 0)


# --- Deletion -------------------------------------------------------------------------------


def close_for_silence():
    pass_days(TWO_YEARS)
    run_daily()
    pass_days(MONTH)
    run_daily()


def test_it_is_deleted_half_a_year_later_and_both_are_told_before(
    conversation, buyer, reviewer
):
    MessageDraft.objects.create(user=buyer, conversation=conversation, body="Wait.")
    close_for_silence()
    pass_days(HALF_A_YEAR - MONTH - 1)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(1)
    assert run_daily() == (0, 0, 1, 0)
    assert told(GOES) == [buyer.email, reviewer.email]
    pass_days(MONTH - 1)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(1)
    assert run_daily() == (0, 0, 0, 1)
    for model in (Conversation, Participant, Message, MessageDraft):
        assert model.objects.count() == 0


def decline(conversation, buyer, reviewer):
    decline_request(conversation=conversation, reviewer=reviewer)


def leave(conversation, buyer, reviewer):
    leave_conversation(conversation=conversation, member=buyer)


def block(conversation, buyer, reviewer):
    block_member(blocker=reviewer, conversation=conversation)


@pytest.mark.parametrize("end", [decline, leave, block])
def test_what_ended_otherwise_is_kept_as_long_as_what_fell_silent(
    request_, buyer, reviewer, end
):
    end(request_, buyer, reviewer)
    pass_days(TWO_YEARS + HALF_A_YEAR - MONTH - 2)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(2)
    assert run_daily() == (0, 0, 1, 0)
    assert told(GOES) == [buyer.email, reviewer.email]
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 1)


def test_nothing_is_deleted_after_a_long_outage_without_a_new_warning(conversation):
    close_for_silence()
    pass_days(5 * 365)
    assert run_daily() == (0, 0, 1, 0)
    pass_days(5 * 365)
    assert run_daily() == (0, 0, 1, 0)
    assert len(told(GOES)) == 2
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 1)


def test_a_block_taken_back_stops_the_deletion(conversation, reviewer):
    block_member(blocker=reviewer, conversation=conversation)
    pass_days(TWO_YEARS + HALF_A_YEAR)
    assert run_daily() == (0, 0, 1, 0)
    unblock_member(blocker=reviewer, conversation=conversation)
    pass_days(MONTH)
    assert run_daily() == (1, 0, 0, 0)
    block_member(blocker=reviewer, conversation=conversation)
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 0)
    assert Conversation.objects.count() == 1


def test_a_report_stops_the_deletion_until_nobody_can_appeal(
    conversation, buyer, report, moderator
):
    leave_conversation(conversation=conversation, member=buyer)
    pass_days(TWO_YEARS + HALF_A_YEAR)
    assert run_daily() == (0, 0, 0, 0)
    read_reported_message(report=report, moderator=moderator)
    dismiss_report(report=report, moderator=moderator, statement="")
    pass_days(HALF_A_YEAR)
    assert run_daily() == (0, 0, 0, 0)
    pass_days(2)
    assert run_daily() == (0, 0, 1, 0)
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 1)
    assert QueueItem.objects.filter(closed_at=None).count() == 0


def test_a_report_after_the_warning_stops_the_deletion(conversation, buyer, reviewer):
    leave_conversation(conversation=conversation, member=buyer)
    pass_days(TWO_YEARS + HALF_A_YEAR)
    run_daily()
    message = conversation.messages.filter(sender=reviewer).get()
    report_message(message=message, reporter=buyer, reason="abuse", details="")
    pass_days(MONTH)
    assert run_daily() == (0, 0, 0, 0)


def test_who_deleted_their_account_is_told_nothing(conversation, buyer, reviewer):
    buyer.delete()
    leave_conversation(conversation=conversation, member=reviewer)
    pass_days(TWO_YEARS + HALF_A_YEAR)
    assert run_daily() == (0, 0, 1, 0)
    assert told(GOES) == [reviewer.email]


# --- The page -------------------------------------------------------------------------------


def test_the_thread_says_when_it_closes_and_when_it_is_deleted(
    client, conversation, buyer
):
    client.force_login(buyer)
    address = conversation.get_absolute_url()

    def page():
        return client.get(address).content.decode()

    assert "will be closed" not in page()
    pass_days(TWO_YEARS)
    announce_closing()
    in_a_month = timezone.now() + timedelta(days=MONTH)
    assert f"closed on {in_a_month:%-d %B %Y}" in page()
    pass_days(MONTH)
    assert "closed within days" in page()
    close_inactive()
    assert "will be" not in page()
    pass_days(HALF_A_YEAR - MONTH)
    announce_deletion()
    assert f"deleted for both of you on {in_a_month:%-d %B %Y}" in page()


# --- Many -----------------------------------------------------------------------------------


def silent(count):
    reviews = [ReviewFactory(author=member()) for _ in range(count)]
    for review in reviews:
        ask(member(), review)
    pass_days(TWO_YEARS)


@pytest.mark.parametrize("run", [announce_closing, close_inactive])
def test_three_cost_no_more_queries_than_one(db, run):
    counts = []
    for count in (1, 3):
        silent(count)
        if run is close_inactive:
            announce_closing()
            pass_days(MONTH)
        with CaptureQueriesContext(connection) as queries:
            assert run() == count
        counts.append(len(queries))
        Conversation.objects.all().delete()
    assert counts[0] == counts[1]


def test_each_query_walks_an_index(db):
    """In a table without rows every plan costs the same: the others are ruled out."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("DROP INDEX conversation_inbox")
    for rows, index in (
        (closing_to_announce(), "conversation_live_by_silence"),
        (to_close(), "conversation_live_by_silence"),
        (deletion_to_announce(), "conversation_over_by_silence"),
        (to_delete(), "conversation_over_by_silence"),
    ):
        assert index in rows.order_by("last_message_at")[:100].explain()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_right_now_is_left_for_another_day():
    silent(2)
    held, free = Conversation.objects.order_by("id")

    def run():
        try:
            return announce_closing()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        Conversation.objects.select_for_update(no_key=True).get(pk=held.pk)
        assert other.submit(run).result(timeout=60) == 1
    held.refresh_from_db()
    free.refresh_from_db()
    assert held.closing_announced_at is None
    assert free.closing_announced_at is not None
    assert announce_closing() == 1


def test_beat_does_all_four(conversation):
    retire_conversations()
    pass_days(TWO_YEARS)
    for days in (MONTH, HALF_A_YEAR - MONTH, MONTH, 0):
        retire_conversations()
        pass_days(days)
    assert Conversation.objects.count() == 0
