"""Against a real mail server in another process."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.utils import timezone

from notifications import delivery, services, tasks
from notifications.models import OutgoingEmail
from tests.factories import UserFactory
from tests.notifications.outbox import queue, status

pytestmark = pytest.mark.django_db


def make_due(mail: OutgoingEmail) -> None:
    OutgoingEmail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())


def test_delivery_sends_text_and_html_under_its_own_message_id(mail_server):
    mail = queue(html="<p>Text.</p>")
    assert delivery.deliver(mail.pk) == "sent"
    [taken] = mail_server.mails()
    assert taken["Message-ID"] == f"<{mail.public_id}@testserver>"
    assert taken["To"] == "ann@buyer.example"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in taken.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_delivery_sends_nothing_twice(mail_server):
    mail = queue()
    tasks.deliver_email(mail.pk)
    tasks.deliver_email(mail.pk)
    delivery.sweep()
    assert mail_server.subjects() == ["Subject"]


@pytest.mark.django_db(transaction=True)
def test_delivery_of_one_mail_by_many_workers_sends_it_once(mail_server):
    mail = queue()

    def work(_) -> str:
        try:
            return delivery.deliver(mail.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(16)))
    assert sorted(results) == [""] * 15 + ["sent"]
    assert mail_server.subjects() == ["Subject"]


def test_delivery_survives_a_row_that_is_gone():
    tasks.deliver_email(10**9)


def test_delivery_gives_up_a_mailbox_that_is_refused_for_good(mail_server):
    mail = queue("refused@buyer.example")
    assert delivery.deliver(mail.pk) == "failed"
    mail.refresh_from_db()
    assert "550" in mail.last_error


def test_delivery_gives_up_a_text_that_is_refused_for_good(mail_server):
    mail = queue("spam@buyer.example")
    assert delivery.deliver(mail.pk) == "failed"


def test_delivery_tries_again_later_what_is_refused_for_now(mail_server):
    mail = queue("later@buyer.example")
    before = timezone.now()
    assert delivery.deliver(mail.pk) == "queued"
    mail.refresh_from_db()
    assert mail.attempts == 1
    assert mail.next_attempt_at > before + timedelta(seconds=59)
    assert delivery.deliver(mail.pk) == ""


@pytest.mark.parametrize("name", ["hangs", "drops"])
def test_delivery_survives_a_server_that_hangs_or_drops(mail_server, name):
    mail = queue(f"{name}@buyer.example")
    with pytest.raises(delivery.ServerAway):
        delivery.deliver(mail.pk)
    assert status(mail) == "queued"
    tasks.deliver_email(mail.pk)


def test_delivery_repeats_under_one_id_what_was_taken_without_an_answer(mail_server):
    mail = queue("cutoff@buyer.example")
    with pytest.raises(delivery.ServerAway):
        delivery.deliver(mail.pk)
    assert status(mail) == "queued"
    make_due(mail)
    assert delivery.deliver(mail.pk) == "sent"
    # The server has it twice and can tell that it is one.
    ids = [taken["Message-ID"] for taken in mail_server.mails()]
    assert ids == [mail.message_id] * 2
    delivery.sweep()
    assert len(mail_server.mails()) == 2


def test_sweep_sends_the_others_beside_a_poisonous_mail(mail_server, register):
    def breaks(mail: OutgoingEmail) -> str | None:
        raise RuntimeError("poison")

    register("poison", label="Poison", transactional=True, still_wanted=breaks)
    poison = queue(kind="poison", subject="Poison")
    refused = queue("refused@buyer.example")
    good = [queue(subject=f"Good {n}") for n in range(3)]
    delivery.sweep()
    assert status(poison) == "queued"
    assert poison.last_error == "RuntimeError: poison"
    assert status(refused) == "failed"
    assert [status(mail) for mail in good] == ["sent"] * 3
    assert mail_server.subjects() == ["Good 0", "Good 1", "Good 2"]


def test_sweep_goes_on_after_a_mail_that_makes_the_server_hang_up(mail_server):
    bad = queue("drops@buyer.example")
    good = queue()
    delivery.sweep()
    delivery.sweep()
    assert [status(bad), status(good)] == ["queued", "sent"]


def test_sweep_stops_at_a_server_that_is_away_and_sends_all_once_it_is_back(
    mail_server, settings
):
    mails = [queue(subject=f"Mail {n}") for n in range(3)]
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    delivery.sweep()
    assert [status(mail) for mail in mails] == ["queued"] * 3
    # The others were not charged an attempt.
    assert [mail.attempts for mail in mails] == [1, 0, 0]
    settings.EMAIL_PORT = port
    make_due(mails[0])
    delivery.sweep()
    assert sorted(mail_server.subjects()) == ["Mail 0", "Mail 1", "Mail 2"]


def test_sweep_takes_over_what_a_dead_worker_left(mail_server):
    past = timezone.now() - timedelta(seconds=1)
    orphan = queue(status="sending", leased_until=past, attempts=1)
    working = queue(
        status="sending", leased_until=timezone.now() + timedelta(seconds=60)
    )
    delivery.sweep()
    assert [status(orphan), status(working)] == ["sent", "sending"]
    assert len(mail_server.mails()) == 1


def test_sweep_takes_what_a_dead_worker_left_before_the_rest(mail_server):
    past = timezone.now() - timedelta(seconds=1)
    long_ago = timezone.now() - timedelta(hours=1)
    queue(subject="Older", next_attempt_at=long_ago)
    queue(subject="Left", status="sending", leased_until=past, attempts=1)
    delivery.sweep()
    assert mail_server.subjects() == ["Left", "Older"]


def test_sweep_gives_up_what_killed_its_worker_each_time(mail_server):
    past = timezone.now() - timedelta(seconds=1)
    mail = queue(status="sending", leased_until=past, attempts=delivery.MAX_ATTEMPTS)
    delivery.sweep()
    assert status(mail) == "failed"
    assert mail_server.mails() == []


def test_sweep_sends_only_a_batch(mail_server):
    for _ in range(3):
        queue()
    assert delivery.sweep(batch=2) == 2
    assert len(mail_server.mails()) == 2


class SlowToAnswer(EmailBackend):
    """When the server answers at last, another worker has the e-mail."""

    def open(self) -> bool | None:
        opened = super().open()
        OutgoingEmail.objects.update(leased_until=in_a_minute())
        return opened


def in_a_minute() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def test_a_worker_that_was_overtaken_while_it_called_sends_nothing(mail_server):
    mail = queue()
    assert delivery.deliver(mail.pk, SlowToAnswer()) == ""
    assert status(mail) == "sending"
    assert mail_server.mails() == []


def test_a_worker_that_was_overtaken_writes_nothing(mail_server):
    class SlowToEnd(EmailBackend):
        def send_messages(self, messages: Sequence[EmailMessage]) -> int:
            OutgoingEmail.objects.update(leased_until=in_a_minute())
            raise OSError

    mail = queue()
    with pytest.raises(delivery.ServerAway):
        delivery.deliver(mail.pk, SlowToEnd())
    assert status(mail) == "sending"
    assert mail.last_error == ""


def test_lease_counts_from_the_moment_the_server_was_reached(mail_server):
    """A slow way there takes nothing of the time that the e-mail itself has."""
    leases = []

    class Watched(EmailBackend):
        def open(self) -> bool | None:
            leases.extend(OutgoingEmail.objects.values_list("leased_until", flat=True))
            return super().open()

        def send_messages(self, messages: Sequence[EmailMessage]) -> int:
            leases.extend(OutgoingEmail.objects.values_list("leased_until", flat=True))
            return super().send_messages(messages)

    connection = Watched()
    assert delivery.deliver(queue().pk, connection) == "sent"
    connection.close()
    first, second, *_ = leases
    assert first < second


@pytest.mark.parametrize("hours", [-1, 1])
def test_leases_do_not_depend_on_the_clock_of_the_worker(mail_server, hours):
    taken = queue(status="sending", leased_until=in_a_minute(), attempts=1)
    past = timezone.now() - timedelta(seconds=1)
    left = queue(status="sending", leased_until=past, attempts=1)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        delivery.sweep()
    assert [status(taken), status(left)] == ["sending", "sent"]


def test_backoff_doubles_to_six_hours():
    waits = [int(delivery.backoff(n).total_seconds() // 60) for n in range(1, 12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


def test_rights_are_asked_again_when_sending(mail_server, register):
    register(
        "ended", label="Ended", transactional=True, still_wanted=lambda mail: "Ended."
    )
    mail = queue(kind="ended")
    assert delivery.deliver(mail.pk) == "cancelled"
    mail.refresh_from_db()
    assert mail.last_error == "Ended."
    assert mail_server.mails() == []


def test_wishes_are_asked_again_when_sending(mail_server, register):
    register("news", label="News", transactional=False)
    member, other = UserFactory(), UserFactory()
    mails = [queue(user.email, "news", user) for user in (member, other)]
    services.set_preferences(user=member, enabled={"news": False})
    delivery.sweep()
    assert [status(mail) for mail in mails] == ["cancelled", "sent"]
    [taken] = mail_server.mails()
    assert taken["To"] == other.email


def test_a_closed_account_gets_only_what_belongs_to_it(mail_server, register):
    register("news", label="News", transactional=False)
    member = UserFactory(is_active=False)
    news = queue(member.email, "news", member)
    own = queue(member.email, "system", member)
    delivery.sweep()
    assert [status(news), status(own)] == ["cancelled", "sent"]


def test_only_what_can_be_switched_off_says_how(mail_server, register):
    register("news", label="News", transactional=False)
    member = UserFactory()
    delivery.deliver(queue(member.email, "news", member).pk)
    delivery.deliver(queue(member.email, "system", member).pk)
    news, own = mail_server.mails()
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = services.unsubscribe_url(member.public_id, "news")
    assert news["List-Unsubscribe"].strip() == f"<{link}>"
    assert own["List-Unsubscribe"] is None


def test_what_opens_an_account_is_not_kept_once_it_is_sent(mail_server, settings):
    mail = queue(kind="account")
    delivery.deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.text) == ("sent", "")
    settings.DEMO = True
    kept = queue(kind="account")
    delivery.deliver(kept.pk)
    kept.refresh_from_db()
    assert kept.text == "Text.\n"


def test_purge_deletes_what_was_sent_long_ago():
    long_ago = timezone.now() - timedelta(days=91)
    queue(status="sent", sent_at=long_ago, created_at=long_ago)
    failed = queue(status="failed", created_at=long_ago)
    recent = queue(status="sent", sent_at=timezone.now())
    assert delivery.purge() == 1
    assert set(OutgoingEmail.objects.all()) == {failed, recent}


def test_queue_again_gives_another_round_to_what_was_given_up(mail_server):
    failed = queue(status="failed", attempts=12, last_error="Given up.")
    sent = queue(status="sent", sent_at=timezone.now())
    assert services.queue_again(mail_ids=[failed.pk, sent.pk]) == 1
    delivery.sweep()
    assert [status(failed), status(sent)] == ["sent", "sent"]
    assert len(mail_server.mails()) == 1
