"""What stands at the head of each e-mail, as a real mail server got it."""

import re
import socket

import pytest

from notifications import delivery, kinds, services
from notifications.links import thread_id
from tests.factories import UserFactory
from tests.notifications.outbox import queue

pytestmark = pytest.mark.django_db

ALWAYS = {
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}
OPTIONAL = {"List-Unsubscribe", "List-Unsubscribe-Post"}
THREAD = {"References", "In-Reply-To"}
ADDRESS_OF_A_MACHINE = re.compile(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")
# Each app has registered its own by now.
OPTIONAL_KINDS = [kind.name for kind in kinds.optional()]
TRANSACTIONAL_KINDS = sorted(set(kinds._KINDS) - set(OPTIONAL_KINDS))


def sent(mail_server, kind: str, thread: str = ""):
    """As it arrives; whether it is still wanted is not the question here."""
    member = UserFactory()
    mail = queue(member.email, kind, member, thread=thread)
    assert delivery.connect().send_messages([delivery.as_message(mail)]) == 1
    return member, mail_server.mails()[-1]


@pytest.mark.parametrize("kind", OPTIONAL_KINDS)
def test_each_optional_kind_can_be_stopped_with_one_click(mail_server, client, kind):
    member, mail = sent(mail_server, kind)
    assert set(mail.keys()) == ALWAYS | OPTIONAL
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = services.unsubscribe_url(member.public_id, kind)
    assert str(mail["List-Unsubscribe"]).replace(" ", "") == f"<{link}>"
    path = link.removeprefix("http://testserver")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    row = member.email_preferences.get(kind=kind)
    assert row.enabled is False


@pytest.mark.parametrize("kind", TRANSACTIONAL_KINDS)
def test_no_other_kind_offers_to_be_stopped(mail_server, kind):
    _, mail = sent(mail_server, kind)
    assert set(mail.keys()) == ALWAYS


def test_headers_tell_of_no_machine_and_no_member(mail_server):
    member, mail = sent(mail_server, "message_new", thread="conversation:1")
    assert set(mail.keys()) == ALWAYS | OPTIONAL | THREAD
    assert mail["Auto-Submitted"] == "auto-generated"
    head = "\n".join(f"{name}: {value}" for name, value in mail.items())
    assert ADDRESS_OF_A_MACHINE.search(head) is None
    assert socket.gethostname() not in head
    assert str(member.public_id) not in head.replace("\n", "")
    assert mail["Message-ID"].endswith("@testserver>")


def test_a_thread_has_a_root_that_is_no_email(mail_server):
    member = UserFactory()
    mails = [queue(member.email, "system", member, thread="talk") for _ in range(2)]
    for mail in mails:
        delivery.deliver(mail.pk)
    one, two = mail_server.mails()
    root = one["References"]
    assert re.fullmatch(r"<[0-9a-f]{32}@testserver>", root)
    assert [two["References"], one["In-Reply-To"], two["In-Reply-To"]] == [root] * 3
    assert root not in {one["Message-ID"], two["Message-ID"]}
    assert one["Message-ID"] != two["Message-ID"]


def test_each_side_of_a_thread_sees_another_root(mail_server):
    one, other = UserFactory(), UserFactory()
    for member, thread in [(one, "talk"), (other, "talk"), (one, "second talk")]:
        delivery.deliver(queue(member.email, "system", member, thread=thread).pk)
    roots = [str(mail["References"]) for mail in mail_server.mails()]
    assert len(set(roots)) == 3
    for root in roots:
        for member in (one, other):
            assert member.public_id.hex not in root


def test_the_root_of_a_thread_can_not_be_computed_without_the_key(settings):
    root = thread_id("talk", "reader")
    assert root == thread_id("talk", "reader")
    settings.SECRET_KEY = "another"
    assert root != thread_id("talk", "reader")


def test_what_belongs_to_no_thread_names_none(mail_server):
    delivery.deliver(queue().pk)
    [mail] = mail_server.mails()
    assert set(mail.keys()) == ALWAYS
