from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import emails, services, timers, work_domains
from accounts.models import User, WorkEmail
from accounts.permissions import (
    current_work_email,
    has_current_work_email,
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
        ("ann=reviews@corp.com", "ann@corp.com", "corp.com"),
        ("ann#reviews@corp.com", "ann@corp.com", "corp.com"),
        ("ann+a+b@corp.com", "ann@corp.com", "corp.com"),
        ("anne-marie@corp.com", "anne-marie@corp.com", "corp.com"),
        ("ann@corp.com.", "ann@corp.com", "corp.com"),
        ("  ann@corp.com ", "ann@corp.com", "corp.com"),
        # Not like anything worth imitating, although the eye might try.
        ("ann@clay.com", "ann@clay.com", "clay.com"),
        ("ann@3m.com", "ann@3m.com", "3m.com"),
        ("ann@burns.com", "ann@burns.com", "burns.com"),
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
        ("ann@gmail.com.", "Anybody can get"),
        ("ann@Web.De..", "Anybody can get"),
        ("ann+work@gmail.com", "Anybody can get"),
        ("ann@qmail-login.com", "looks like another"),
        ("ann@gmail-login.com", "looks like another"),
        ("ann@gamil.org", "looks like another"),
        ("ann@a0l.com", "looks like another"),
        ("ann@mai1inator.com", "looks like another"),
        ("ann@mailinat0r.com", "looks like another"),
        ("ann@guerril1amail.com", "looks like another"),
        ("ann@yopmaii.com", "looks like another"),
        ("ann@sub.yopmaii.com", "looks like another"),
        ("ann@gmаil.com", "plain letters"),  # a Cyrillic a
        ("ann@ｇｍａｉｌ.com", "plain letters"),  # full width
        ("ann@corp．com", "plain letters"),  # a full-width dot
        ("ann@ban\u212a.com", "plain letters"),  # a Kelvin sign
        ("ann@corp\u200b.com", "plain letters"),  # of no width
        ("ann@XN--mnchen-3ya.de", "plain letters"),
        ('"ann+x"@corp.com', "quotation marks"),
        ("ann(at work)@corp.com", "quotation marks"),
        ("ann x@corp.com", "quotation marks"),
        ("ann@corp..com", "no public domain"),
        ("ann@.corp.com", "no public domain"),
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


PUBLIC = st.sampled_from(
    sorted(
        domain
        for domain in work_domains.FREE | work_domains.DISPOSABLE
        if domain.isascii() and "xn--" not in domain
    )
)
LETTERS = st.characters(min_codepoint=128, exclude_categories=["Cs"])


def refuses(address: str) -> bool:
    try:
        work_domains.read(address)
    except work_domains.NotAWorkAddress:
        return True
    return False


def test_what_lies_below_a_part_of_a_shared_domain_is_refused():
    # work.gd is shared by many; the list names one of its parts.
    assert refuses("ann@mmdesign.work.gd")
    assert refuses("ann@mail.mmdesign.work.gd")


@given(domain=PUBLIC, data=st.data())
def test_a_public_domain_is_refused_however_it_is_written(domain, data):
    written = "".join(
        letter.upper() if data.draw(st.booleans()) else letter for letter in domain
    )
    below = data.draw(st.sampled_from(["", "mail.", "a.b."]))
    tag = data.draw(st.sampled_from(["", "+x", "=x", "#x"]))
    dots = "." * data.draw(st.integers(0, 2))
    assert refuses(f"ann{tag}@{below}{written}{dots}")


@given(
    name=st.sampled_from(work_domains._IMITATED),
    ending=st.sampled_from(["com", "net", "org", "co.uk", "de", "io"]),
    data=st.data(),
)
def test_a_name_worth_imitating_is_refused_with_any_letter_replaced(name, ending, data):
    twins = {"o": "0", "l": "1", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
    twins |= {"m": "rn", "w": "vv", "d": "cl", "g": "q", "b": "8"}
    at = data.draw(st.sampled_from([i for i, c in enumerate(name) if c in twins]))
    twin = name[:at] + twins[name[at]] + name[at + 1 :]
    assert refuses(f"ann@{twin}.{ending}")


@given(text=st.text(max_size=20), letter=LETTERS, at=st.integers(0, 12))
def test_a_letter_of_another_alphabet_is_refused_wherever_it_stands(text, letter, at):
    address = "ann@corp.com"
    with_it = address[:at] + letter + address[at:]
    # Spaces around an address are nobody's mistake.
    assert with_it.strip() == address or refuses(with_it)
    assert text.isascii() or refuses(f"ann{text}x@corp.com")


@given(
    name=st.from_regex("[a-z][a-z0-9-]{0,8}", fullmatch=True),
    tag=st.text(st.sampled_from("abc+=#-."), max_size=6),
    separator=st.sampled_from("+=#"),
)
def test_all_tags_of_a_mailbox_lead_to_the_same_mailbox(name, tag, separator):
    plain = work_domains.read(f"{name}@corp.example")
    assert work_domains.read(f"{name}{separator}{tag}@corp.example") == plain
    assert work_domains.read(plain.address) == plain


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
    assert [each.domain for each in ann.work_emails.current()] == ["corp.example"]


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


def test_the_own_address_counts_at_once_only_while_its_confirmation_is_fresh(
    client, ann
):
    User.objects.update(date_joined=timezone.now() - timedelta(days=30, seconds=1))
    ask(client, ann.email)
    assert current_work_email(ann) is None
    assert last_mail(ann.email).kind == "work_email_confirmation"


def test_the_own_address_must_be_proved_again_once_it_has_lapsed(client, ann):
    ask(client, ann.email)
    ann.work_emails.update(lapsed_at=timezone.now())
    ask(client, ann.email)
    assert current_work_email(ann) is None
    client.post(link_in(last_mail(ann.email), "confirm"))
    assert current_work_email(ann).address == ann.email


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


# --- A year --------------------------------------------------------------------------------


def aged(days: float, **fields) -> WorkEmail:
    return WorkEmailFactory(verified_at=timezone.now() - timedelta(days=days), **fields)


def mails() -> list[tuple[str, str]]:
    sent = OutgoingEmail.objects.order_by("pk")
    return list(sent.values_list("kind", "address"))


def test_the_owner_is_told_once_before_it_lapses_and_once_after():
    aged(334)
    soon = aged(336)
    late = aged(366)
    for _ in range(2):
        timers.lapse_work_emails()
    assert mails() == [
        ("work_email_lapses_soon", soon.user.email),
        ("work_email_lapsed", late.user.email),
    ]
    late.refresh_from_db()
    soon.refresh_from_db()
    assert (late.lapsed_at is None, soon.lapsed_at) == (False, None)


def test_a_year_goes_by():
    mine = WorkEmailFactory()
    start = timezone.now()
    for day in range(0, 400, 5):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            timers.lapse_work_emails()
    assert [kind for kind, _ in mails()] == [
        "work_email_lapses_soon",
        "work_email_lapsed",
    ]
    mine.refresh_from_db()
    assert (mine.lapsed_at - start).days == 365


def test_what_was_never_confirmed_or_was_taken_away_lapses_without_an_email():
    WorkEmailFactory(verified_at=None)
    aged(400, lapsed_at=timezone.now())
    timers.lapse_work_emails()
    assert mails() == []


def test_a_new_confirmation_starts_a_new_year_with_a_reminder_of_its_own(client, ann):
    mine = aged(340, user=ann, address=WORK, domain="corp.example")
    timers.lapse_work_emails()
    reminder = OutgoingEmail.objects.get()
    services.confirm_work_email(user=ann, token=emails.work_email_token(mine))
    assert delivery.deliver(reminder.pk) == "cancelled"
    with time_machine.travel(timezone.now() + timedelta(days=340), tick=False):
        timers.lapse_work_emails()
    assert [kind for kind, _ in mails()] == ["work_email_lapses_soon"] * 2


def test_the_email_about_lapsing_says_when_and_leads_to_the_page():
    mine = aged(366)
    timers.lapse_work_emails()
    text = OutgoingEmail.objects.get().text
    assert f"{mine.verified_at:%-d %B %Y}" in text
    assert "http://testserver/me/work-email/" in text


def test_a_lapsed_address_can_be_proved_by_its_next_owner():
    old = aged(366, address=WORK, domain="corp.example")
    timers.lapse_work_emails()
    heir = WorkEmailFactory(address=WORK, domain="corp.example", verified_at=None)
    services.confirm_work_email(user=heir.user, token=emails.work_email_token(heir))
    assert (has_current_work_email(heir.user), has_current_work_email(old.user)) == (
        True,
        False,
    )


@pytest.mark.parametrize("n", [1, 3])
def test_work_email_page_costs_the_same_for_any_number(
    client, ann, n, django_assert_num_queries
):
    for _ in range(n):
        WorkEmailFactory(user=ann)
    with django_assert_num_queries(4):
        client.get("/me/work-email/")
