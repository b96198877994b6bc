import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user

from accounts.models import Profile, User
from notifications.models import OutgoingEmail
from tests.accounts.hashing import CountingHasher
from tests.accounts.members import PASSWORD, last_mail, link_in, member, sign_in
from tests.answers import said

pytestmark = pytest.mark.django_db

NEW = "new@buyer.example"
REVIEW_FORM = "/products/some-product/reviews/new/"


@pytest.fixture
def hashes(settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.hashing.CountingHasher"]
    CountingHasher.runs = 0
    return CountingHasher


def sign_up(client, email: str = NEW, **more):
    data = {"email": email, "password1": PASSWORD, **more}
    return client.post("/accounts/signup/", data)


def confirm_link(email: str = NEW) -> str:
    return link_in(last_mail(email), "confirm-email")


def signed_in(client) -> bool:
    return get_user(client).is_authenticated


def test_sign_up_makes_a_member_with_a_profile_and_asks_to_look_into_the_mail(client):
    response = sign_up(client, "New@Buyer.example")
    assert (response.status_code, response["Location"]) == (
        302,
        "/accounts/confirm-email/",
    )
    user = User.objects.get(email=NEW)
    assert Profile.objects.filter(user=user).exists()
    assert "Check your mail" in client.get(response["Location"]).text
    assert not signed_in(client)
    mail = last_mail(NEW)
    assert (mail.kind, mail.recipient) == ("account", user)
    assert mail.subject == "Confirm your e-mail address for Levelfield"


def test_confirmation_link_is_inert_until_the_button_is_pressed(client):
    sign_up(client)
    link = confirm_link()
    for method in (client.get, client.head, client.__class__().get):
        assert method(link).status_code == 200
    address = EmailAddress.objects.get(email=NEW)
    assert not address.verified
    assert not signed_in(client)
    client.post(link)
    address.refresh_from_db()
    assert address.verified
    assert signed_in(client)


def test_opening_somebody_elses_link_signs_nobody_out(client):
    sign_up(client.__class__())
    ann = member()
    sign_in(client, ann.email)
    client.get(confirm_link())
    assert get_user(client) == ann


def test_confirmation_in_the_same_browser_goes_where_the_visitor_wanted_to_go(client):
    sign_up(client, next=REVIEW_FORM)
    link = confirm_link()
    page = client.get(link)
    assert f'name="next" value="{REVIEW_FORM}"' in page.text
    response = client.post(link, {"next": REVIEW_FORM})
    assert response["Location"] == REVIEW_FORM


def test_confirmation_in_another_browser_goes_there_after_signing_in(client):
    sign_up(client.__class__(), next=REVIEW_FORM)
    response = client.post(confirm_link(), {"next": REVIEW_FORM})
    assert response["Location"] == REVIEW_FORM
    assert not signed_in(client)
    assert sign_in(client, NEW, next=REVIEW_FORM)["Location"] == REVIEW_FORM


def test_confirmation_without_a_wish_leads_to_the_own_page(client):
    sign_up(client)
    assert client.post(confirm_link())["Location"] == "/me/"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://localhost/",
    ],
)
def test_no_wish_leads_to_another_host(client, wanted):
    sign_up(client, next=wanted)
    assert "next" not in confirm_link()
    response = client.post(confirm_link(), {"next": wanted})
    assert response["Location"] == "/me/"
    client.post("/accounts/logout/")
    assert sign_in(client, NEW, next=wanted)["Location"] == "/me/"


def test_links_start_from_site_url_whatever_the_host_header_says(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://levelfield.example"
    client.post(
        "/accounts/signup/",
        {"email": NEW, "password1": PASSWORD},
        headers={"host": "evil.example"},
    )
    assert "https://levelfield.example/accounts/confirm-email/" in last_mail(NEW).text
    assert "evil" not in last_mail(NEW).text + last_mail(NEW).html


def answer(response) -> tuple:
    """All that a stranger sees of an answer."""
    headers = {k: v for k, v in said(response).items() if k != "Expires"}
    cookies = sorted(
        (name, cookie["max-age"]) for name, cookie in response.cookies.items()
    )
    text = response.content.replace(b"new@buyer.example", b"ann@buyer.example")
    return response.status_code, headers, cookies, text


def test_sign_up_answers_the_same_for_a_known_address(client, hashes):
    member()
    fresh, known = client.__class__(), client.__class__()
    hashes.runs = 0
    first = sign_up(fresh)
    spent, hashes.runs = hashes.runs, 0
    second = sign_up(known, "ann@buyer.example")
    assert answer(first) == answer(second)
    assert spent == hashes.runs == 1
    assert answer(fresh.get(first["Location"])) == answer(known.get(second["Location"]))
    assert User.objects.filter(email="ann@buyer.example").count() == 1
    mail = last_mail("ann@buyer.example")
    assert mail.subject == "You already have an account at Levelfield"
    assert "/accounts/password/reset/" in mail.text


def test_sign_up_answers_the_same_for_an_address_that_waits_for_confirmation(client):
    sign_up(client.__class__())
    response = sign_up(client)
    assert response["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1


def test_sign_in_answers_the_same_for_an_unknown_address(client, hashes):
    member()
    hashes.runs = 0
    unknown = sign_in(client.__class__(), NEW, "wrong")
    spent, hashes.runs = hashes.runs, 0
    wrong = sign_in(client.__class__(), "ann@buyer.example", "wrong")
    assert spent == hashes.runs == 1
    same = "The e-mail address and the password do not belong together."
    assert same in unknown.text
    assert without_token(unknown.text) == without_token(wrong.text)


def without_token(page: str) -> str:
    lines = page.replace(NEW, "ann@buyer.example").splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


def test_reset_answers_the_same_for_an_unknown_address(client):
    member()
    fresh, known = client.__class__(), client.__class__()
    first = fresh.post("/accounts/password/reset/", {"email": NEW})
    second = known.post("/accounts/password/reset/", {"email": "ann@buyer.example"})
    assert answer(first) == answer(second)
    assert "/accounts/signup/" in last_mail(NEW).text
    assert "/password/reset/key/" in last_mail("ann@buyer.example").text
    assert OutgoingEmail.objects.count() == 2


def test_weak_passwords_are_refused(client):
    for password in ("short", "1234567890", "password123", "new@buyer.example"):
        response = client.post(
            "/accounts/signup/", {"email": NEW, "password1": password}
        )
        assert response.status_code == 200
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    "email", ["", "no", "a@b", "a\x00@buyer.example", "a@" + "b" * 300 + ".example"]
)
def test_impossible_addresses_are_refused(client, email):
    assert sign_up(client, email).status_code == 200
    assert User.objects.count() == 0


def test_a_confirmation_link_works_once_for_signing_in(client):
    sign_up(client)
    link = confirm_link()
    client.post(link)
    client.post("/accounts/logout/")
    other = client.__class__()
    other.post(link)
    assert not signed_in(other)


def test_each_mail_of_allauth_that_can_be_sent_is_written_in_our_words():
    sent = {
        "account_already_exists", "email_changed", "email_confirm", "email_confirmation",
        "email_confirmation_signup", "email_deleted", "password_changed", "password_reset",
        "password_reset_key", "password_set", "unknown_account", "recovery_codes_generated",
        "totp_activated", "totp_deactivated", "webauthn_added", "webauthn_removed",
        "account_connected", "account_disconnected",
    }  # fmt: skip
    folder = settings.BASE_DIR / "templates/emails/account"
    ours = {path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt")}  # fmt: skip
    assert ours == sent
    assert {path.stem for path in folder.glob("*.txt") if ".subject" not in path.name} == sent  # fmt: skip
