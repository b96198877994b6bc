"""A moderator takes from somebody, for a while or for good, the right to write in private."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from messaging.models import Conversation, Message, MessageReport, MessagingSuspension
from messaging.permissions import Refusal, can_message, can_write
from messaging.services import (
    MessageRefused,
    accept_request,
    block_member,
    decline_request,
    leave_conversation,
    read_reported_message,
    report_message,
    uphold_report,
)
from messaging.suspensions import standing_suspension
from moderation import desk
from moderation.models import Decision, ReasonCode
from moderation.services import (
    Conflict,
    NotPossible,
    dismiss_appeal,
    grant_appeal,
    submit_appeal,
)
from moderation.transparency import figures_of
from notifications.models import OutgoingEmail
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member, seen_by, suspend, write


@pytest.fixture
def report(buyer, reviewer, conversation):
    bad = write(conversation, buyer, "Something rude.")
    return report_message(message=bad, reporter=reviewer, reason="abuse", details="")


@pytest.fixture
def second(db):
    return member(email="second@levelfield.example", is_staff=True)


def uphold(report, moderator, suspension="7"):
    return uphold_report(
        report=report,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="You insulted them.",
        suspension=suspension,
    )


def imposed():
    return Decision.objects.get(action="suspend_messaging")


def actions():
    return list(Decision.objects.order_by("id").values_list("action", flat=True))


def page_of(report):
    return f"/admin/moderation/message_report/{report.public_id}/"


def opened(client, moderator, report):
    read_reported_message(report=report, moderator=moderator)
    client.force_login(moderator)
    return report_page(client)


def report_page(client):
    page = client.get("/admin/queue/")
    line = page.context["lines"][0]
    return f"/admin/queue/{line.item.public_id}/"


@pytest.mark.parametrize(("length", "days"), [("7", 7), ("30", 30), ("for_good", None)])
def test_a_moderator_suspends_who_wrote_it(
    client, buyer, moderator, report, length, days
):
    address = opened(client, moderator, report)
    before = timezone.now()
    answer = {"verb": "uphold", "reason_code": "abusive", "sanction": length}
    assert client.post(address, answer).status_code == 302
    suspension = MessagingSuspension.objects.get()
    assert suspension.user == buyer
    assert suspension.decision_public_id == imposed().public_id
    if days is None:
        assert suspension.until is None
    else:
        passed = suspension.until - before - timedelta(days=days)
        assert timedelta(0) <= passed < timedelta(minutes=5)
    assert actions() == ["read_message", "uphold_report", "suspend_messaging"]
    line = imposed()
    assert (line.target_kind, line.target_public_id) == (
        "message_report",
        report.public_id,
    )
    assert line.moderator == moderator


def test_without_being_asked_for_nobody_is_suspended(client, moderator, report):
    address = opened(client, moderator, report)
    client.post(address, {"verb": "uphold", "reason_code": "abusive"})
    assert MessageReport.objects.get().status == "upheld"
    assert not MessagingSuspension.objects.exists()


@pytest.mark.parametrize(
    "answer",
    [
        {"verb": "uphold", "reason_code": "abusive", "sanction": "8"},
        {"verb": "uphold", "reason_code": "abusive", "sanction": "7\x00"},
    ],
)
def test_another_length_is_refused(client, moderator, report, answer):
    address = opened(client, moderator, report)
    assert client.post(address, answer).status_code == 422
    assert MessageReport.objects.get().status == "open"
    assert not MessagingSuspension.objects.exists()


def test_a_dismissed_report_suspends_nobody(client, moderator, report):
    address = opened(client, moderator, report)
    answer = {"verb": "dismiss", "statement": "Sharp, but fine.", "sanction": "30"}
    assert client.post(address, answer).status_code == 302
    assert MessageReport.objects.get().status == "dismissed"
    assert not MessagingSuspension.objects.exists()


def test_the_preview_shows_both_emails(client, moderator, report):
    address = opened(client, moderator, report)
    answer = {"preview": "uphold", "reason_code": "abusive", "sanction": "30"}
    page = client.post(address, answer).content.decode()
    assert "A message of yours was found to break the rules" in page
    assert "Your private messages are suspended" in page
    assert "Until " in page
    assert not MessagingSuspension.objects.exists()
    assert not OutgoingEmail.objects.filter(kind="message_suspended").exists()


def test_the_statement_of_reasons_says_all_and_no_text(buyer, moderator, report):
    uphold(report, moderator)
    mail = OutgoingEmail.objects.get(kind="message_suspended")
    until = MessagingSuspension.objects.get().until
    assert (mail.recipient, mail.subject) == (
        buyer,
        "Your private messages are suspended",
    )
    for part in (
        f"Until {until:%-d %B %Y, %H:%M} UTC you can't write",
        "Insults, threats or discrimination",
        "by a moderator, by hand",
        "You insulted them.",
        "/about/guidelines/#abusive",
        f"/appeals/new/{imposed().public_id}/",
        "You can appeal once, free of charge",
    ):
        assert part in mail.text
    assert "Something rude" not in mail.subject + mail.text + mail.html
    assert "reviewer@bank.example" not in mail.text + mail.html


def test_a_suspended_member_begins_nothing_and_answers_nothing(buyer, reviewer):
    conversation = ask(buyer, ReviewFactory(author=reviewer))
    write(conversation, reviewer)
    asked = ask(member(), ReviewFactory(author=buyer))
    suspend(buyer)
    review = ReviewFactory(author=reviewer)
    assert can_message(buyer, review) == Refusal.SUSPENDED
    for attempt in (
        lambda: ask(buyer, review),
        lambda: write(conversation, buyer),
        lambda: write(asked, buyer),
        lambda: accept_request(conversation=asked, reviewer=buyer),
    ):
        with pytest.raises(MessageRefused) as error:
            attempt()
        assert error.value.refusal == Refusal.SUSPENDED
    assert Message.objects.count() == 3
    assert Conversation.objects.get(pk=asked.pk).state == "requested"


def test_reading_leaving_declining_blocking_and_reporting_stay(
    client, buyer, reviewer, conversation
):
    asked, another = (ask(member(), ReviewFactory(author=buyer)) for _ in range(2))
    suspend(buyer)
    client.force_login(buyer)
    page = client.get(conversation.get_absolute_url())
    assert "About four months." in page.content.decode()
    decline_request(conversation=asked, reviewer=buyer)
    block_member(blocker=buyer, conversation=another)
    theirs = conversation.messages.get(sender=reviewer)
    report_message(message=theirs, reporter=buyer, reason="other", details="")
    leave_conversation(conversation=conversation, member=buyer)
    assert [
        Conversation.objects.get(pk=row.pk).state
        for row in (asked, another, conversation)
    ] == ["declined", "blocked", "closed"]


def test_the_other_side_is_not_told(client, buyer, reviewer, conversation):
    suspend(buyer)
    seen = seen_by(reviewer, conversation)
    assert can_write(seen) == Refusal.NOT_ACCEPTING
    client.force_login(reviewer)
    for address in (conversation.get_absolute_url(), "/messages/"):
        assert "suspen" not in client.get(address).content.decode().lower()
    about = ReviewFactory(author=buyer)
    assert can_message(reviewer, about) == Refusal.NOT_ACCEPTING


def test_it_ends_by_itself(buyer, reviewer, moderator, report):
    uphold(report, moderator)
    review = ReviewFactory(author=reviewer)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=6, hours=23), tick=False):
        assert can_message(buyer, review) == Refusal.SUSPENDED
    with time_machine.travel(now + timedelta(days=7, minutes=1), tick=False):
        assert can_message(buyer, review) is None
        assert standing_suspension(buyer) is None


@pytest.mark.parametrize("which", ["inbox", "ask", "thread"])
def test_the_member_sees_why_until_when_and_how_to_appeal(
    client, buyer, reviewer, moderator, report, which
):
    other = ask(buyer, ReviewFactory(author=reviewer))
    Conversation.objects.filter(pk=other.pk).update(state="open")
    review = ReviewFactory(author=member())
    address = {
        "inbox": "/messages/",
        "ask": f"/reviews/{review.public_id}/message/",
        "thread": other.get_absolute_url(),
    }[which]
    uphold(report, moderator)
    client.force_login(buyer)
    page = client.get(address).content.decode()
    until = MessagingSuspension.objects.get().until
    assert f"suspended until {until:%-d %B %Y, %H:%M} UTC" in page
    assert "insults, threats or discrimination" in page
    assert f"/appeals/new/{imposed().public_id}/" in page


@pytest.mark.parametrize("where", ["ask", "thread"])
def test_what_was_typed_meanwhile_is_shown_again(
    client, buyer, reviewer, conversation, where
):
    review = ReviewFactory(author=member())
    address = {
        "ask": f"/reviews/{review.public_id}/message/",
        "thread": conversation.get_absolute_url(),
    }[where]
    client.force_login(buyer)
    suspend(buyer)
    given = {"body": "Typed in vain.", "client_key": uuid.uuid4()}
    answer = client.post(address, given)
    assert answer.status_code == 403
    assert "Typed in vain." in answer.content.decode()
    assert "Your private messages are suspended for good" in answer.content.decode()
    assert not Message.objects.filter(body="Typed in vain.").exists()


def test_of_two_the_longer_one_is_shown(buyer, moderator, report):
    uphold(report, moderator, "for_good")
    short = Decision.objects.get(action="uphold_report")
    MessagingSuspension.objects.create(
        user=buyer,
        decision_public_id=short.public_id,
        until=timezone.now() + timedelta(days=7),
    )
    assert standing_suspension(buyer).until is None


def test_a_granted_appeal_gives_the_right_back(
    buyer, reviewer, moderator, second, report
):
    uphold(report, moderator, "for_good")
    appeal = submit_appeal(decision=imposed(), author=buyer, text="It was a quote.")
    with pytest.raises(NotPossible):
        grant_appeal(appeal=appeal, moderator=moderator)
    grant_appeal(appeal=appeal, moderator=second, statement="It was a quote.")
    assert MessagingSuspension.objects.get().lifted_at is not None
    assert actions() == [
        "uphold_report",
        "suspend_messaging",
        "lift_suspension",
        "grant_appeal",
    ]
    # The report itself stands.
    assert MessageReport.objects.get().status == "upheld"
    assert can_message(buyer, ReviewFactory(author=reviewer)) is None


def test_a_dismissed_appeal_changes_nothing(buyer, moderator, second, report):
    uphold(report, moderator)
    appeal = submit_appeal(decision=imposed(), author=buyer, text="It was a quote.")
    dismiss_appeal(appeal=appeal, moderator=second, statement="It was none.")
    assert MessagingSuspension.objects.current().count() == 1


def test_only_the_suspended_member_appeals(reviewer, stranger, moderator, report):
    uphold(report, moderator)
    for other in (reviewer, stranger):
        with pytest.raises(NotPossible):
            submit_appeal(decision=imposed(), author=other, text="Why?")


def test_the_desk_of_the_appeal_shows_it_after_a_look(
    client, buyer, moderator, second, report
):
    uphold(report, moderator)
    submit_appeal(decision=imposed(), author=buyer, text="It was a quote.")
    client.force_login(second)
    address = report_page(client)
    page = client.get(address).content.decode()
    assert "It was a quote." not in page
    assert "Something rude." not in page
    client.post(f"{address}open/")
    page = client.get(address).content.decode()
    assert "It was a quote." in page
    assert "Something rude." in page
    assert client.post(address, {"verb": "grant"}).status_code == 302
    assert MessagingSuspension.objects.get().lifted_at is not None


def test_who_wins_against_the_report_may_write_again(buyer, moderator, second, report):
    uphold(report, moderator, "for_good")
    upheld = Decision.objects.get(action="uphold_report")
    appeal = submit_appeal(decision=upheld, author=buyer, text="It was a quote.")
    grant_appeal(appeal=appeal, moderator=second)
    assert not MessagingSuspension.objects.current().exists()
    assert Conversation.objects.get().state == "open"
    with pytest.raises(Conflict):
        desk.get("message_report").reverse(imposed(), moderator=second, statement="")


def test_a_report_reopens_only_what_it_closed(buyer, moderator, report):
    leave = timezone.now() - timedelta(days=3)
    Conversation.objects.update(state="closed", ended_at=leave)
    decision = uphold(report, moderator, "")
    assert Conversation.objects.get().ended_at == leave
    desk.get("message_report").reverse(decision, moderator=moderator, statement="No.")
    assert Conversation.objects.get().state == "closed"


def test_transparency_counts_what_was_imposed_and_lifted(
    buyer, moderator, second, report
):
    uphold(report, moderator)
    appeal = submit_appeal(decision=imposed(), author=buyer, text="It was a quote.")
    grant_appeal(appeal=appeal, moderator=second)
    figures = figures_of(timezone.now().date())
    assert figures["30"]["suspensions"] == {"imposed": 1, "lifted": 1}
    assert figures["all"]["suspensions"] == {"imposed": 1, "lifted": 1}
