import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user

from accounts.models import User
from accounts.templatetags.browsers import browser
from tests.accounts.members import PASSWORD, last_mail, link_in, member, prove, sign_in

pytestmark = pytest.mark.django_db

OTHER_PASSWORD = "some-other-words-entirely"


def signed_in(client) -> bool:
    return client.get("/me/").status_code == 200


def test_sign_in_changes_the_session_key(client):
    ann = member()
    client.get("/accounts/login/")
    client.session["x"] = 1
    before = client.session.session_key
    assert sign_in(client, ann.email)["Location"] == "/me/"
    assert client.session.session_key != before


def test_sign_in_lasts_until_the_browser_is_closed_unless_wished_otherwise(client):
    ann = member()
    short = sign_in(client, ann.email)
    assert short.cookies["sessionid"]["max-age"] == ""
    long = sign_in(client.__class__(), ann.email, remember="on")
    assert long.cookies["sessionid"]["max-age"] == 30 * 24 * 3600


def test_a_changed_password_ends_all_sessions_and_tells_the_member(client):
    ann = member()
    other = client.__class__()
    for window in (client, other):
        sign_in(window, ann.email)
        assert signed_in(window)
    client.post(
        "/accounts/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": OTHER_PASSWORD,
            "password2": OTHER_PASSWORD,
        },
    )
    assert not signed_in(client)
    assert not signed_in(other)
    assert last_mail(ann.email).subject == "Your password was changed"
    assert sign_in(client, ann.email, OTHER_PASSWORD)["Location"] == "/me/"


def test_a_reset_password_ends_all_sessions_and_its_link_works_once(client):
    ann = member()
    sign_in(client, ann.email)
    other = client.__class__()
    other.post("/accounts/password/reset/", {"email": ann.email})
    link = link_in(last_mail(ann.email), "password/reset/key")
    opened = other.get(link)
    assert signed_in(client)
    new = {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    assert other.post(opened["Location"], new).status_code == 302
    assert not signed_in(client)
    assert "no longer works" in client.__class__().get(link, follow=True).text


def test_a_closed_account_ends_its_sessions_and_lets_nobody_in(client):
    ann = member()
    sign_in(client, ann.email)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert not signed_in(client)
    assert sign_in(client, ann.email)["Location"] == "/accounts/inactive/"
    assert not get_user(client).is_authenticated


def test_sessions_elsewhere_can_be_ended(client):
    ann = member()
    other = client.__class__()
    sign_in(client, ann.email)
    sign_in(other, ann.email)
    assert "Sign out everywhere else" in client.get("/accounts/sessions/").text
    client.post("/accounts/sessions/")
    assert signed_in(client)
    assert not signed_in(other)


def test_a_new_address_takes_over_once_it_is_confirmed(client):
    ann = member()
    sign_in(client, ann.email)
    prove(client)
    client.post("/accounts/email/", {"email": "ann@home.example", "action_add": ""})
    ann.refresh_from_db()
    assert ann.email == "ann@buyer.example"
    client.post(link_in(last_mail("ann@home.example"), "confirm-email"))
    ann.refresh_from_db()
    assert ann.email == "ann@home.example"
    assert [a.email for a in EmailAddress.objects.filter(user=ann)] == [ann.email]
    assert last_mail("ann@buyer.example").subject == "Your e-mail address was changed"


@pytest.mark.parametrize(
    "path",
    ["/accounts/email/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"],
)
def test_what_protects_the_account_asks_for_the_password_again(client, path):
    sign_in(client, member().email)
    data = {"email": "ann@home.example", "action_add": ""}
    answer = client.post(path, data)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert EmailAddress.objects.count() == 1


def test_too_many_wrong_passwords_are_stopped(client):
    ann = member()
    for _ in range(5):
        assert "do not belong together" in sign_in(client, ann.email, "wrong").text
    assert "Too many attempts" in sign_in(client, ann.email).text
    assert not signed_in(client)


def test_signing_out_takes_a_post(client):
    ann = member()
    sign_in(client, ann.email)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


def test_a_second_step_is_asked_after_the_password(
    client, django_capture_on_commit_callbacks
):
    ann = member()
    sign_in(client, ann.email)
    prove(client)
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)})
    assert last_mail(ann.email).subject == "Signing in now needs a code"
    assert "recovery codes" in client.get(done["Location"]).text.lower()
    other = client.__class__()
    assert sign_in(other, ann.email)["Location"] == "/accounts/2fa/authenticate/"
    assert not signed_in(other)


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Linux"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_session_is_named_by_browser_and_system(user_agent, name):
    assert browser(user_agent) == name
