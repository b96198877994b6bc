import uuid
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from messaging.models import Conversation, Message, MessageReport, Participant
from messaging.services import (
    block_member,
    choose_contacts,
    dismiss_report,
    leave_conversation,
    propose_call,
    read_reported_message,
    report_message,
    send_message,
    uphold_report,
)
from moderation import desk
from moderation.models import Decision, DecisionBatch, QueueItem, ReasonCode
from moderation.services import Conflict, start_batch
from moderation.tasks import sweep_batches
from notifications.models import OutgoingEmail
from tests.messaging.people import write

QUEUE = "/admin/messaging/messagereport/"


@pytest.fixture
def report(buyer, reviewer, conversation):
    for n in range(4):
        write(conversation, buyer, f"Earlier {n}.")
    bad = write(conversation, reviewer, "Something rude.")
    write(conversation, buyer, "Later.")
    return report_message(message=bad, reporter=buyer, reason="abuse", details="Rude.")


def page_of(report):
    item = QueueItem.objects.get(
        kind="message_report", target_public_id=report.public_id
    )
    return f"/admin/queue/{item.public_id}/"


def open_url(report):
    return page_of(report) + "open/"


def decisions():
    return list(Decision.objects.order_by("id").values_list("action", flat=True))


def test_the_panel_knows_reports_and_nothing_else_of_messaging():
    registered = {m for m in admin.site._registry if m._meta.app_label == "messaging"}
    assert registered == {MessageReport}


def test_the_queue_shows_no_message(client, moderator, report):
    client.force_login(moderator)
    for address in (QUEUE, page_of(report), "/admin/queue/", "/admin/"):
        page = client.get(address).content.decode()
        assert "Something rude." not in page
        assert "Earlier" not in page
    assert decisions() == []


def test_reading_shows_the_message_and_three_before_and_is_logged(
    client, moderator, report
):
    client.force_login(moderator)
    assert client.post(open_url(report)).status_code == 302
    page = client.get(page_of(report)).content.decode()
    shown = [f"Earlier {n}." in page for n in range(4)]
    assert shown == [False, True, True, True]
    assert "Something rude." in page
    assert "Later." not in page
    assert decisions() == ["read_message"]
    marked = Message.objects.exclude(seen_by_moderation_at=None)
    assert list(marked.order_by("id").values_list("body", flat=True)) == [
        "Earlier 1.",
        "Earlier 2.",
        "Earlier 3.",
        "Something rude.",
    ]


def test_a_quoted_message_is_not_shown_with_the_one_that_quotes_it(
    client, buyer, reviewer, moderator, conversation
):
    """It may stand far above: no more than the reported one and the three before it are read."""
    quoted = write(conversation, reviewer, "The oldest secret.")
    for n in range(4):
        write(conversation, buyer, f"Earlier {n}.")
    bad = send_message(
        conversation=conversation,
        sender=reviewer,
        body="Something rude.",
        client_key=uuid.uuid4(),
        reply_to=quoted.public_id,
    )
    assert bad.reply_to_id == quoted.pk
    report = report_message(message=bad, reporter=buyer, reason="abuse", details="")
    client.force_login(moderator)
    client.post(open_url(report))
    page = client.get(page_of(report)).content.decode()
    assert "Something rude." in page
    assert "The oldest secret." not in page
    assert not Message.objects.get(pk=quoted.pk).seen_by_moderation_at


def test_no_call_and_no_contact_is_shown(client, buyer, reviewer, moderator, report):
    conversation = report.message.conversation
    for side, name in ((buyer, "Quentin Marlowe"), (reviewer, "Ottoline Reyes")):
        choose_contacts(conversation=conversation, member=side, values={"name": name})
    propose_call(
        conversation=conversation,
        member=buyer,
        slots=[timezone.now() + timedelta(days=2)],
        minutes=30,
        place="Behind the Halloran warehouse",
        time_zone="Europe/Berlin",
        client_key=uuid.uuid4(),
    )
    client.force_login(moderator)
    client.post(open_url(report))
    page = client.get(page_of(report)).content.decode()
    assert "Something rude." in page
    for private in ("Marlowe", "Reyes", "Halloran", "Berlin", buyer.email):
        assert private not in page


@pytest.mark.parametrize("state", ["open", "declined", "closed", "blocked"])
def test_a_message_can_be_reported_whatever_became_of_the_conversation(
    client, buyer, reviewer, conversation, state
):
    Conversation.objects.update(state=state)
    message = conversation.messages.get(sender=reviewer)
    client.force_login(buyer)
    address = reverse(
        "messaging:report", args=[conversation.public_id, message.public_id]
    )
    assert address in client.get(conversation.get_absolute_url()).content.decode()
    assert client.post(address, {"reason": "abuse"}).status_code == 302
    assert MessageReport.objects.get().message == message


def test_who_left_or_blocked_can_report_what_was_written_to_them(
    buyer, reviewer, conversation
):
    block_member(blocker=buyer, conversation=conversation)
    leave_conversation(conversation=conversation, member=buyer)
    message = conversation.messages.get(sender=reviewer)
    report_message(message=message, reporter=buyer, reason="abuse", details="")
    assert QueueItem.objects.get().kind == "message_report"


def test_both_sides_see_that_moderation_saw_it(
    client, buyer, reviewer, moderator, report
):
    read_reported_message(report=report, moderator=moderator)
    for side in (buyer, reviewer):
        client.force_login(side)
        page = client.get(report.message.conversation.get_absolute_url())
        assert page.content.decode().count("Seen by moderation on") == 4


def test_another_moderator_reads_for_themselves(client, moderator, stranger, report):
    read_reported_message(report=report, moderator=moderator)
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert "Something rude." not in client.get(page_of(report)).content.decode()
    client.post(page_of(report), {"verb": "dismiss", "statement": "No."})
    assert MessageReport.objects.get().status == "open"
    assert decisions() == ["read_message"]


def test_a_participant_who_moderates_does_not_decide(client, reviewer, report):
    reviewer.is_staff = True
    reviewer.save()
    client.force_login(reviewer)
    client.post(open_url(report))
    client.post(page_of(report), {"verb": "dismiss"})
    page = client.get(page_of(report)).content.decode()
    assert "Another moderator decides" in page
    assert "Something rude." not in page
    assert decisions() == []
    assert MessageReport.objects.get().status == "open"


def test_only_post_acts_and_only_for_moderators(client, stranger, report):
    for address in (open_url(report), page_of(report)):
        assert client.post(address, {"verb": "dismiss"}).status_code == 302
    client.force_login(stranger)
    for address in (open_url(report), page_of(report)):
        assert client.post(address, {"verb": "dismiss"}).status_code == 302
    assert client.get(QUEUE).status_code == 302
    stranger.is_staff = True
    stranger.save()
    assert client.get(open_url(report)).status_code == 405
    assert decisions() == []


def test_the_list_leads_to_the_page(client, moderator, report):
    client.force_login(moderator)
    address = reverse("admin:messaging_messagereport_change", args=[report.pk])
    page = client.get(address, follow=True)
    assert page.context["queue_item"].target_public_id == report.public_id
    assert "Something rude." not in page.content.decode()


def test_several_at_once_leave_it_alone(client, moderator, report):
    client.force_login(moderator)
    item = QueueItem.objects.get(kind="message_report")
    assert (
        f'value="{item.public_id}' not in client.get("/admin/queue/").content.decode()
    )
    batch = start_batch(
        moderator=moderator, verb="approve", items={item.public_id: None}
    )
    DecisionBatch.objects.update(apply_at=timezone.now())
    sweep_batches()
    batch.refresh_from_db()
    assert batch.results[str(item.public_id)]["came_of"] == "not_possible"
    assert MessageReport.objects.get().status == "open"


def test_upholding_closes_and_tells_both(
    client, buyer, reviewer, moderator, report, django_capture_on_commit_callbacks
):
    client.force_login(moderator)
    client.post(open_url(report))
    answer = {"verb": "uphold", "reason_code": "abusive", "statement": "An insult."}
    assert client.post(page_of(report), answer).status_code == 302
    assert decisions() == ["read_message", "uphold_report"]
    assert MessageReport.objects.get().status == "upheld"
    assert Conversation.objects.get().state == "closed"
    told = OutgoingEmail.objects.order_by("id").values_list("kind", "address")[2:]
    assert list(told)[-2:] == [
        ("message_report_decided", buyer.email),
        ("message_restricted", reviewer.email),
    ]
    for mail in OutgoingEmail.objects.all():
        assert "Something rude" not in mail.subject + mail.text + mail.html
    assert "Something rude." not in client.get(page_of(report)).content.decode()


@pytest.mark.parametrize(
    "answer",
    [
        {"verb": "uphold", "reason_code": "", "statement": "An insult."},
        {"verb": "uphold", "reason_code": "no_violation"},
        {"verb": "dismiss", "statement": "a\x00b"},
    ],
)
def test_a_decision_without_ground_or_reasons_is_refused(
    client, moderator, report, answer
):
    client.force_login(moderator)
    client.post(open_url(report))
    assert client.post(page_of(report), answer).status_code == 422
    assert MessageReport.objects.get().status == "open"


def test_dismissing_leaves_the_conversation_open(buyer, moderator, report):
    read_reported_message(report=report, moderator=moderator)
    assert dismiss_report(report=report, moderator=moderator, statement="Sharp, fine.")
    assert MessageReport.objects.get().status == "dismissed"
    assert Conversation.objects.get().state == "open"
    last = OutgoingEmail.objects.order_by("id").last()
    assert (last.kind, last.address) == ("message_report_decided", buyer.email)


def test_the_second_decision_changes_nothing(moderator, report):
    read_reported_message(report=report, moderator=moderator)
    assert dismiss_report(report=report, moderator=moderator, statement="Fine.")
    with pytest.raises(Conflict):
        uphold_report(
            report=report,
            moderator=moderator,
            reason_code=ReasonCode.ABUSIVE,
            statement="An insult.",
        )
    assert decisions() == ["read_message", "dismiss_report"]
    assert Conversation.objects.get().state == "open"


def test_the_preview_shows_the_email_and_sends_nothing(client, moderator, report):
    client.force_login(moderator)
    client.post(open_url(report))
    sent = OutgoingEmail.objects.count()
    answer = {"preview": "uphold", "reason_code": "abusive"}
    page = client.post(page_of(report), answer).content.decode()
    assert "insults, threats or discrimination" in page
    assert OutgoingEmail.objects.count() == sent
    assert MessageReport.objects.get().status == "open"


def test_an_appeal_that_was_granted_opens_the_conversation_again(
    buyer, moderator, report
):
    decision = uphold_report(
        report=report,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="An insult.",
    )
    its_desk = desk.get("message_report")
    assert its_desk.affected(decision) == report.message.sender
    its_desk.reverse(decision, moderator=moderator, statement="We were wrong.")
    assert Conversation.objects.get().state == "open"


def test_a_conversation_that_a_side_has_left_stays_closed(buyer, moderator, report):
    decision = uphold_report(
        report=report,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="An insult.",
    )
    leave_conversation(conversation=report.message.conversation, member=buyer)
    desk.get("message_report").reverse(decision, moderator=moderator, statement="No.")
    assert Conversation.objects.get().state == "closed"


def test_nothing_is_read_once_it_is_decided(moderator, report):
    read_reported_message(report=report, moderator=moderator)
    dismiss_report(report=report, moderator=moderator, statement="Fine.")
    with pytest.raises(MessageReport.DoesNotExist):
        read_reported_message(report=report, moderator=moderator)


def test_a_moderator_without_the_report_gets_the_strangers_404(
    client, moderator, report
):
    client.force_login(moderator)
    conversation = report.message.conversation
    assert client.get(conversation.get_absolute_url()).status_code == 404
    assert not Participant.objects.filter(user=moderator).exists()
