import pytest
from django.core.mail import EmailMessage, get_connection, send_mail
from django.db import transaction

from notifications import kinds, rendering, services
from notifications.models import EmailPreference, OutgoingEmail
from notifications.permissions import choices_of
from tests.factories import UserFactory
from tests.notifications.outbox import queue

pytestmark = pytest.mark.django_db

CONTEXT = {
    "address": "ann@buyer.example",
    "domain": "buyer.example",
    "account": "ann@home.example",
    "confirm_url": "http://testserver/me/work-email/confirm/x/",
    "days": 3,
}


def ask(dedupe_key: str = "key", **context: object) -> OutgoingEmail | None:
    return services.queue_email(
        kind="work_email_confirmation",
        dedupe_key=dedupe_key,
        address="ann@buyer.example",
        context=CONTEXT | context,
    )


def test_queue_email_renders_text_and_html_with_a_button():
    mail = ask()
    assert mail.subject == "Confirm that you work at buyer.example"
    assert (
        "Confirm your work address:\nhttp://testserver/me/work-email/confirm/x/\n"
        in mail.text
    )
    assert mail.text.endswith("\n")
    assert 'href="http://testserver/me/work-email/confirm/x/"' in mail.html
    assert ">Confirm your work address</a>" in mail.html
    assert "<style" not in mail.html
    assert mail.message_id == f"<{mail.public_id}@testserver>"


def test_queue_email_with_a_known_key_adds_nothing_and_spares_the_transaction():
    assert ask() is not None
    with transaction.atomic():
        assert ask() is None
        assert OutgoingEmail.objects.count() == 1


def test_queue_email_goes_with_the_transaction_of_its_caller():
    with pytest.raises(RuntimeError), transaction.atomic():
        ask()
        raise RuntimeError
    assert OutgoingEmail.objects.count() == 0


def test_queue_email_hints_at_the_worker_only_after_the_commit(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks() as callbacks:
        ask()
        ask()
    assert len(callbacks) == 1


def test_queue_email_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        ask()


def test_text_of_a_member_adds_no_header_no_markup_and_no_link():
    mail = ask(
        domain="x\r\nBcc: all@evil.example\x00",
        account="<b>bold</b>\n\nPress this:\nhttp://evil.example/",
    )
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "\x00" not in mail.subject + mail.text + mail.html
    assert "<b>bold" not in mail.html
    assert "&lt;b&gt;bold" in mail.html
    assert 'href="http://evil' not in mail.html


def test_subject_is_cut():
    assert len(rendering.one_line("x" * 500)) == rendering.SUBJECT_LENGTH


def test_an_optional_kind_needs_a_member(register):
    register("news", label="News", transactional=False)
    with pytest.raises(ValueError, match="Only a member"):
        services.queue_email(kind="news", dedupe_key="k", address="a@buyer.example")


def test_an_unknown_kind_is_refused():
    with pytest.raises(LookupError):
        services.queue_email(kind="nothing", dedupe_key="k", address="a@b.example")


def test_a_kind_is_registered_once(register):
    register("news", label="News", transactional=False)
    with pytest.raises(ValueError, match="twice"):
        register("news", label="News", transactional=False)


def test_set_preferences_keeps_only_what_can_be_switched_off(register):
    register("news", label="News", transactional=False)
    register("round_up", label="Digest", transactional=False, on_by_default=False)
    user = UserFactory()
    assert (choices_of(user.pk)["news"], choices_of(user.pk)["round_up"]) == (
        True,
        False,
    )
    services.set_preferences(user=user, enabled={"news": True, "account": False})
    services.set_preferences(user=user, enabled={"news": False, "made-up": False})
    rows = EmailPreference.objects.filter(user=user).values_list("kind", "enabled")
    assert list(rows) == [("news", False)]


def test_outbox_backend_keeps_what_django_sends(settings):
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"
    to = ["one@buyer.example", "two@buyer.example"]
    assert send_mail("Disk\nfull"[:4], "Text", None, to) == 1
    rows = OutgoingEmail.objects.order_by("address").values_list("address", "kind")
    assert list(rows) == [(to[0], "system"), (to[1], "system")]


def test_keep_backend_takes_all_and_sends_none():
    connection = get_connection("notifications.backends.KeepBackend")
    assert connection.send_messages([EmailMessage("s", "b", to=["a@b.example"])]) == 1


def test_forget_address_deletes_whatever_was_written_to_it():
    queue("ann@buyer.example")
    other = queue("bob@buyer.example")
    queue("Ann@buyer.example")
    assert services.forget_address(addresses=["ann@buyer.example"]) == 2
    assert list(OutgoingEmail.objects.all()) == [other]


def test_each_registered_kind_has_its_templates():
    """A kind without templates would fail only when its first e-mail is queued."""
    for name in kinds._KINDS:
        if name not in {"system", "account"}:
            rendering.get_template(f"emails/{name}.subject.txt")
            rendering.get_template(f"emails/{name}.txt")


def test_many_emails_of_a_kind_take_two_queries(django_assert_num_queries):
    people = [UserFactory() for _ in range(3)]

    def mails():
        return [
            services.ToQueue(
                recipient=each,
                dedupe_key=f"many:{each.pk}",
                context={"confirm_url": "http://testserver/x", "days": 3},
                about={},
            )
            for each in people
        ]

    with django_assert_num_queries(2):
        assert services.queue_emails(kind="digest_confirmation", mails=mails()) == 3
    assert services.queue_emails(kind="digest_confirmation", mails=mails()) == 0
    assert OutgoingEmail.objects.count() == 3
