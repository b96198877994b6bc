import pytest
from django.contrib import admin
from django.urls import reverse

from messaging.models import Conversation, Message, MessageReport, Participant
from messaging.services import (
    dismiss_report,
    read_reported_message,
    report_message,
    uphold_report,
)
from moderation.models import Decision, ReasonCode
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


def change_url(report):
    return reverse("admin:messaging_messagereport_change", args=[report.pk])


def act_url(report, name):
    return reverse(f"admin:messaging_messagereport_{name}", args=[report.pk])


def decisions():
    return list(Decision.objects.order_by("id").values_list("action", flat=True))


def test_the_panel_knows_reports_and_nothing_else_of_messaging():
    registered = {m for m in admin.site._registry if m._meta.app_label == "messaging"}
    assert registered == {MessageReport}


def test_the_queue_shows_no_message(client, moderator, report):
    client.force_login(moderator)
    for address in (QUEUE, change_url(report)):
        page = client.get(address).content.decode()
        assert "Something rude." not in page
        assert "Earlier" not in page
    assert decisions() == []


def test_reading_shows_the_message_and_three_before_and_is_logged(
    client, moderator, report
):
    client.force_login(moderator)
    assert client.post(act_url(report, "read")).status_code == 302
    page = client.get(change_url(report)).content.decode()
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
    assert "Something rude." not in client.get(change_url(report)).content.decode()
    refused = client.post(
        act_url(report, "decide"), {"outcome": "dismiss", "statement": "No."}
    )
    assert refused.status_code == 403
    assert MessageReport.objects.get().status == "open"


def test_a_participant_who_moderates_does_not_decide(client, reviewer, report):
    reviewer.is_staff = True
    reviewer.save()
    client.force_login(reviewer)
    assert client.post(act_url(report, "read")).status_code == 403
    assert decisions() == []


@pytest.mark.parametrize("name", ["read", "decide"])
def test_only_post_acts_and_only_for_moderators(client, stranger, report, name):
    assert client.post(act_url(report, name)).status_code == 302
    client.force_login(stranger)
    assert client.post(act_url(report, name)).status_code == 302
    assert client.get(QUEUE).status_code == 302
    stranger.is_staff = True
    stranger.save()
    assert client.get(act_url(report, name)).status_code == 405
    assert decisions() == []


def test_upholding_closes_and_tells_both(
    client, buyer, reviewer, moderator, report, django_capture_on_commit_callbacks
):
    client.force_login(moderator)
    client.post(act_url(report, "read"))
    answer = {"outcome": "uphold", "reason_code": "abusive", "statement": "An insult."}
    assert client.post(act_url(report, "decide"), answer).status_code == 302
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
    assert "Something rude." not in client.get(change_url(report)).content.decode()


@pytest.mark.parametrize(
    "answer",
    [
        {"outcome": "uphold", "reason_code": "", "statement": "An insult."},
        {"outcome": "uphold", "reason_code": "abusive", "statement": ""},
        {"outcome": "nonsense", "statement": "An insult."},
        {"outcome": "dismiss", "statement": "a\x00b"},
    ],
)
def test_a_decision_without_ground_or_reasons_is_refused(
    client, moderator, report, answer
):
    client.force_login(moderator)
    client.post(act_url(report, "read"))
    assert client.post(act_url(report, "decide"), answer).status_code == 200
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
    assert not uphold_report(
        report=report,
        moderator=moderator,
        reason_code=ReasonCode.ABUSIVE,
        statement="An insult.",
    )
    assert decisions() == ["read_message", "dismiss_report"]
    assert Conversation.objects.get().state == "open"


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
