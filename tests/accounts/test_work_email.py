from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import emails, services, work_domains
from accounts.models import WorkEmail
from accounts.permissions import (
    current_work_email,
    has_current_work_email,
    verified_domains,
)
from notifications import delivery
from notifications.models import OutgoingEmail
from tests.accounts.members import last_mail, link_in, member
from tests.factories import UserFactory, WorkEmailFactory

pytestmark = pytest.mark.django_db

WORK = "ann@corp.example"


@pytest.fixture
def ann(client):
    user = member()
    client.force_login(user)
    return user


def ask(client, address: str = WORK):
    return client.post("/me/work-email/", {"address": address})


@pytest.mark.parametrize(
    ("address", "stored", "domain"),
    [
        ("Ann@Corp.Example", "ann@corp.example", "corp.example"),
        ("ann@mail.eu.corp.co.uk", "ann@mail.eu.corp.co.uk", "corp.co.uk"),
        ("ann+reviews@corp.com", "ann@corp.com", "corp.com"),
        ("+ann@corp.com", "+ann@corp.com", "corp.com"),
        ("a.b-c@corp.com.au", "a.b-c@corp.com.au", "corp.com.au"),
    ],
)
def test_read_finds_the_mailbox_and_the_registrable_domain(address, stored, domain):
    assert work_domains.read(address) == work_domains.WorkAddress(stored, domain)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ann@gmail.com", "Anybody can get an address at gmail.com"),
        ("ann@GMAIL.com", "Anybody can get"),
        ("ann@mail.yahoo.co.uk", "Anybody can get"),
        ("ann@web.de", "Anybody can get"),
        ("ann@qq.com", "Anybody can get"),
        ("ann@mailinator.com", "throw-away"),
        ("ann@sub.mailinator.com", "throw-away"),
        ("ann@gmai1.com", "looks like another"),
        ("ann@grnail.com", "looks like another"),
        ("ann@0utlook.com", "looks like another"),
        ("ann@g-mail.com", "looks like another"),
        ("ann@gmаil.com", "plain letters"),  # a Cyrillic a
        ("ann@münchen.de", "plain letters"),
        ("ann@xn--mnchen-3ya.de", "plain letters"),
        ("änn@corp.com", "plain letters"),
        ("ann@corp.github.io", "github.io"),
        ("ann@localhost", "no public domain"),
        ("ann@corp.invalid", "no public domain"),
        ("ann@[127.0.0.1]", "no public domain"),
        ("ann@co.uk", "no public domain"),
    ],
)
def test_read_refuses_what_proves_nothing_and_says_why(address, why):
    with pytest.raises(work_domains.NotAWorkAddress, match=why):
        work_domains.read(address)


def test_request_writes_to_the_address_and_confirms_nothing(client, ann):
    assert ask(client).status_code == 302
    [stored] = ann.work_emails.all()
    assert (stored.address, stored.domain, stored.verified_at) == (
        WORK,
        "corp.example",
        None,
    )
    assert last_mail(WORK).kind == "work_email_confirmation"
    assert not has_current_work_email(ann)


def test_confirmation_link_is_inert_until_the_button_is_pressed(client, ann):
    ask(client)
    link = link_in(last_mail(WORK), "confirm")
    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert not has_current_work_email(ann)
    assert client.post(link).status_code == 302
    assert current_work_email(ann).address == WORK
    assert verified_domains(ann) == {"corp.example"}


def test_confirmation_link_asks_to_sign_in_and_is_worthless_to_others(client, ann):
    ask(client)
    link = link_in(last_mail(WORK), "confirm")
    stranger = client.__class__()
    assert stranger.post(link)["Location"] == f"/accounts/login/?next={quote(link)}"
    stranger.force_login(UserFactory())
    assert stranger.get(link).status_code == 404
    assert stranger.post(link).status_code == 404
    assert not WorkEmail.objects.current().exists()


def test_confirmation_link_ends_after_three_days(client, ann):
    ask(client)
    link = link_in(last_mail(WORK), "confirm")
    with time_machine.travel(timezone.now() + timedelta(days=3, seconds=5), tick=False):
        client.force_login(ann)
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
    assert not has_current_work_email(ann)


@pytest.mark.parametrize("token", ["x", "W10:1:2", "é", "a" * 2000])
def test_a_made_up_token_is_404(client, ann, token):
    url = reverse("accounts:confirm_work_email", args=[token])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_the_own_confirmed_address_counts_at_once(client, ann):
    ask(client, "ANN@buyer.example")
    assert current_work_email(ann).domain == "buyer.example"
    assert not OutgoingEmail.objects.exists()


def test_a_mailbox_stands_behind_one_member_only_and_asking_does_not_tell(client, ann):
    WorkEmailFactory(address=WORK, domain="corp.example")
    assert ask(client).status_code == 302
    link = link_in(last_mail(WORK), "confirm")
    page = client.post(link, follow=True)
    assert "Another account here has proved this address already" in page.text
    assert not has_current_work_email(ann)


def test_an_own_address_that_another_account_proved_is_an_error_in_the_form(
    client, ann
):
    WorkEmailFactory(address=ann.email, domain="buyer.example")
    response = ask(client, ann.email)
    assert response.status_code == 200
    assert "Another account here" in response.text
    assert ann.work_emails.count() == 0


def test_refusal_is_an_error_in_the_form(client, ann):
    response = ask(client, "ann@gmail.com")
    assert response.status_code == 200
    assert "Anybody can get an address at gmail.com" in response.text
    for bad in ("", "no", "a\x00@corp.example", "a" * 300 + "@corp.example"):
        assert ask(client, bad).status_code == 200
    assert ann.work_emails.count() == 0


def test_a_ninth_request_on_one_day_is_refused(client, ann):
    for n in range(8):
        assert ask(client, f"ann{n}@corp.example").status_code == 302
    assert "asked for too often" in ask(client).text
    assert OutgoingEmail.objects.count() == 8


def test_a_confirmed_address_lapses_when_taken_away_and_can_come_back(client, ann):
    mine = WorkEmailFactory(user=ann, address=WORK, domain="corp.example")
    client.post(f"/me/work-email/{mine.public_id}/remove/")
    mine.refresh_from_db()
    assert mine.lapsed_at is not None
    assert not has_current_work_email(ann)
    services.confirm_work_email(user=ann, token=emails.work_email_token(mine))
    assert has_current_work_email(ann)
    assert ann.work_emails.count() == 1


def test_an_unconfirmed_address_is_deleted_and_its_mail_is_not_sent(client, ann):
    ask(client)
    mail = last_mail(WORK)
    [mine] = ann.work_emails.all()
    client.post(f"/me/work-email/{mine.public_id}/remove/")
    assert ann.work_emails.count() == 0
    assert delivery.deliver(mail.pk) == "cancelled"


def test_only_the_owner_takes_an_address_away(client, ann):
    other = WorkEmailFactory()
    url = f"/me/work-email/{other.public_id}/remove/"
    assert client.post(url).status_code == 404
    assert client.get(url).status_code == 405
    other.refresh_from_db()
    assert other.lapsed_at is None


def test_a_confirmation_is_good_for_a_year():
    year_ago = timezone.now() - timedelta(days=365, seconds=1)
    old = WorkEmailFactory(verified_at=year_ago)
    new = WorkEmailFactory(verified_at=year_ago + timedelta(seconds=60))
    assert not has_current_work_email(old.user)
    assert has_current_work_email(new.user)
    assert (old.is_current, new.is_current) == (False, True)


@pytest.mark.parametrize("n", [1, 3])
def test_work_email_page_costs_the_same_for_any_number(
    client, ann, n, django_assert_num_queries
):
    for _ in range(n):
        WorkEmailFactory(user=ann)
    with django_assert_num_queries(4):
        client.get("/me/work-email/")
