"""E-mails that wait a while, so that what follows can join them."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications import delivery, services
from notifications.models import OutgoingEmail
from tests.factories import UserFactory
from tests.notifications.outbox import queue, status

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def member():
    return UserFactory()


def wait(member, thread: str = "talk", after: timedelta = 3 * MINUTE) -> OutgoingEmail:
    return queue(member.email, "system", member, thread=thread, after=after)


def hasten(member, after: timedelta, thread: str = "talk") -> bool:
    return services.hasten_email(
        kind="system", thread=thread, recipient=member, after=after
    )


def minutes_left(mail: OutgoingEmail) -> int:
    mail.refresh_from_db()
    return round((mail.next_attempt_at - timezone.now()) / MINUTE)


def test_a_waiting_email_gets_no_hint_and_goes_out_when_it_is_due(
    mail_server, member, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        mail = wait(member)
    assert callbacks == []
    delivery.sweep()
    assert delivery.deliver(mail.pk) == ""
    assert status(mail) == "queued"
    with time_machine.travel(timezone.now() + 3 * MINUTE, tick=True):
        delivery.sweep()
    assert status(mail) == "sent"


def test_hasten_brings_forward_and_never_puts_off(member):
    mail = wait(member, after=60 * MINUTE)
    assert hasten(member, 3 * MINUTE)
    assert minutes_left(mail) == 3
    assert hasten(member, 30 * MINUTE)
    assert minutes_left(mail) == 3


def test_hasten_finds_only_what_waits_for_this_member_in_this_thread(member):
    mail = wait(member)
    other = UserFactory()
    assert not hasten(other, MINUTE)
    assert not hasten(member, MINUTE, thread="another talk")
    assert not services.hasten_email(
        kind="account", thread="talk", recipient=member, after=MINUTE
    )
    assert minutes_left(mail) == 3
    for gone in ("sending", "sent", "failed", "cancelled"):
        now = timezone.now()
        OutgoingEmail.objects.filter(pk=mail.pk).update(
            status=gone, sent_at=now, leased_until=now
        )
        assert not hasten(member, MINUTE)


def test_hasten_leaves_an_email_whose_server_was_away_its_distance(member):
    mail = wait(member, after=60 * MINUTE)
    OutgoingEmail.objects.filter(pk=mail.pk).update(attempts=1)
    assert hasten(member, MINUTE)
    assert minutes_left(mail) == 60


def test_last_email_at_is_when_the_last_of_the_thread_went_out(member):
    def last():
        return services.last_email_at(thread="talk", recipient=member)

    assert last() is None
    mail = wait(member)
    assert last() is None
    yesterday = timezone.now() - timedelta(days=1)
    OutgoingEmail.objects.filter(pk=mail.pk).update(status="sent", sent_at=yesterday)
    assert last() == yesterday
    leased = timezone.now() + MINUTE
    rival = wait(member)
    OutgoingEmail.objects.filter(pk=rival.pk).update(
        status="sending", leased_until=leased
    )
    assert timezone.now() - last() < MINUTE
    other = UserFactory()
    assert services.last_email_at(thread="talk", recipient=other) is None


def test_the_thread_is_found_by_its_index(member):
    rows = [
        OutgoingEmail(
            address=member.email,
            recipient=member,
            kind="system",
            subject="s",
            dedupe_key=f"many:{n}",
            thread=f"<{n}@testserver>" if n % 2 else "",
        )
        for n in range(2000)
    ]
    OutgoingEmail.objects.bulk_create(rows)
    plan = OutgoingEmail.objects.filter(thread="<7@testserver>").explain()
    assert "outgoing_thread" in plan


def test_lease_and_first_wait_come_from_the_settings(settings):
    settings.EMAIL_TIMEOUT, settings.EMAIL_RETRY_SECONDS = 2, 5
    assert delivery.lease_time() == timedelta(seconds=10)
    assert delivery.backoff(3) == timedelta(seconds=20)
