"""Signing in through others, against a real provider on 127.0.0.1 (tests/accounts/oidc.py)."""

import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts import privacy
from accounts.models import User
from accounts.permissions import verifying_sign_ins
from reviews_site.lib import env
from tests.accounts.members import PASSWORD, last_mail, link_in, member, prove
from tests.accounts.oidc import Provider, configure, running_provider
from tests.factories import UserFactory
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db
ACME = Provider("https://id.acme.example", {"acme": ("x", "y")})
VERIFIES = {"acme": "openid", "linkedin": "linkedin", "google": ""}


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        for name in VERIFIES:
            provider.register(name)
        yield provider


@pytest.fixture
def provider(running, settings) -> Provider:
    configure(settings, running, **VERIFIES)
    return running


def start(client, name: str = "acme", **fields) -> str:
    """The provider's page to which the browser is sent."""
    answer = client.post(f"/accounts/oidc/{name}/login/", fields)
    assert answer.status_code == 302
    return answer["Location"]


def sign_in(client, provider: Provider, sub: str, name: str = "acme", **fields):
    return client.get(provider.agree(start(client, name, **fields), sub))


def signed_in(client) -> User | None:
    user_id = client.session.get("_auth_user_id")
    return user_id and User.objects.get(pk=user_id)


def joined(
    client, provider: Provider, sub: str, email: str, name: str = "acme"
) -> User:
    """A member who came through the provider and confirmed the address."""
    provider.knows(sub, email=email, email_verified=True)
    sign_in(client, provider, sub, name)
    client.post(link_in(last_mail(email.lower()), "confirm-email"))
    return User.objects.get(email=email.lower())


# --- Joining and signing in ------------------------------------------------------------------


def test_a_new_member_confirms_the_address_before_anything_else(client, provider):
    provider.knows("n1", email="New@Corp.example", email_verified=True)
    answer = sign_in(client, provider, "n1")
    assert answer["Location"] == "/accounts/confirm-email/"
    user = User.objects.get()
    assert (user.email, user.has_usable_password()) == ("new@corp.example", False)
    assert user.profile.display_name == ""
    assert signed_in(client) is None
    assert not EmailAddress.objects.filter(verified=True).exists()
    client.post(link_in(last_mail("new@corp.example"), "confirm-email"))
    assert EmailAddress.objects.get().verified


def test_who_joined_so_signs_in_so(client, provider):
    user = joined(client, provider, "n2", "two@corp.example")
    browser = client.__class__()
    assert (
        sign_in(browser, provider, "n2", next="/me/profile/")["Location"]
        == "/me/profile/"
    )
    assert signed_in(browser) == user


def test_nothing_but_the_id_there_and_a_vouched_domain_is_kept(client, provider):
    provider.knows(
        "n3",
        email="three@eu.corp.example",
        email_verified=True,
        name="Ann Other",
        picture="https://pictures.example/ann.png",
        locale="de",
    )
    sign_in(client, provider, "n3")
    sign_in(client.__class__(), provider, "n3")
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid) == ("acme", "n3")
    assert account.extra_data == {"domain": "corp.example"}


@pytest.mark.parametrize(
    ("claims", "kept"),
    [
        ({"email": "a@corp.example", "email_verified": False}, {}),
        ({"email": "a@corp.example", "email_verified": "false"}, {}),
        ({"email": "a@corp.example"}, {}),
        ({"email": "a@gmail.com", "email_verified": True}, {}),
        (
            {"email": "a@corp.example", "email_verified": "true"},
            {"domain": "corp.example"},
        ),
    ],
)
def test_a_domain_is_kept_only_where_the_provider_vouches_for_an_address_at_work(
    client, provider, claims, kept
):
    provider.knows("n4", **claims)
    sign_in(client, provider, "n4")
    assert SocialAccount.objects.get().extra_data == kept


def test_who_has_no_address_there_gives_one_here(client, provider):
    provider.knows("n5")
    answer = sign_in(client, provider, "n5")
    assert answer["Location"] == "/accounts/3rdparty/signup/"
    assert "One thing is missing" in client.get(answer["Location"]).text
    client.post(answer["Location"], {"email": "five@corp.example"})
    assert not EmailAddress.objects.get(email="five@corp.example").verified
    assert SocialAccount.objects.get().user.email == "five@corp.example"
    assert User.objects.get().profile is not None


# --- Nobody gets into another's account -------------------------------------------------------


@pytest.mark.parametrize("verified", [True, False, "true", None])
def test_an_address_that_has_an_account_here_opens_nothing(client, provider, verified):
    ann = member("ann@buyer.example")
    claims = {"email": "Ann@Buyer.example"}
    provider.knows(
        "t1", **claims | ({} if verified is None else {"email_verified": verified})
    )
    answer = sign_in(client, provider, "t1")
    assert answer["Location"] == "/accounts/confirm-email/"
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()
    assert list(User.objects.all()) == [ann]
    assert "already" in last_mail("ann@buyer.example").text


def test_a_taken_address_typed_into_the_form_opens_nothing(client, provider):
    member("ann@buyer.example")
    provider.knows("t2")
    form = sign_in(client, provider, "t2")["Location"]
    client.post(form, {"email": "ann@buyer.example"})
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_an_unconfirmed_account_is_not_taken_over_by_its_address(client, provider):
    squatter = UserFactory(email="ann@buyer.example", password=PASSWORD)
    EmailAddress.objects.create(user=squatter, email=squatter.email, primary=True)
    provider.knows("t3", email="ann@buyer.example", email_verified=True)
    sign_in(client, provider, "t3")
    assert signed_in(client) is None
    assert not SocialAccount.objects.filter(user=squatter).exists()


def test_an_answer_that_nobody_asked_for_is_refused(client, provider):
    provider.knows("t4", email="four@corp.example")
    back = provider.agree(start(client), "t4")
    stranger = client.__class__()
    assert stranger.get(back).status_code == 401
    assert client.get(back.replace("state=", "state=x")).status_code == 401
    assert not User.objects.exists()


def test_an_answer_works_once(client, provider):
    provider.knows("t5", email="five@corp.example")
    back = provider.agree(start(client), "t5")
    client.get(back)
    browser = client.__class__()
    browser.cookies = client.cookies
    assert browser.get(back).status_code == 401


def test_a_wrong_secret_signs_nobody_in(client, provider, settings):
    client_id, _ = provider.clients["acme"]
    wrong = Provider(provider.url, {"acme": (client_id, "wrong")})
    configure(settings, wrong, acme="openid")
    provider.knows("t6", email="six@corp.example")
    assert sign_in(client, provider, "t6").status_code == 401
    assert not User.objects.exists()


def test_turning_back_changes_nothing(client, provider):
    answer = client.get(provider.deny(start(client)), follow=True)
    assert "You turned back" in answer.text
    assert not User.objects.exists()


def test_opening_the_address_starts_nothing(client, provider):
    answer = client.get("/accounts/oidc/acme/login/")
    assert "Go on to Acme?" in answer.text


def test_a_sign_in_does_not_lead_away_from_here(client, provider):
    joined(client, provider, "t7", "seven@corp.example")
    answer = sign_in(client.__class__(), provider, "t7", next="https://evil.example/")
    assert answer["Location"] == "/me/"


def test_a_closed_account_stays_closed(client, provider):
    user = joined(client, provider, "t8", "eight@corp.example")
    User.objects.filter(pk=user.pk).update(is_active=False)
    browser = client.__class__()
    assert "closed" in client.get(sign_in(browser, provider, "t8")["Location"]).text
    assert signed_in(browser) is None


class Liar(BaseHTTPRequestHandler):
    """A provider whose two answers are about different people."""

    nonce_key = "a key that nobody checks here because the token comes by a direct way"

    def do_GET(self) -> None:
        url = f"http://127.0.0.1:{self.server.server_port}"
        answers = {
            "/.well-known/openid-configuration": {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "userinfo_endpoint": f"{url}/userinfo",
                "jwks_uri": f"{url}/jwks",
            },
            "/userinfo": {"sub": "somebody else", "email": "liar@corp.example"},
        }
        self._say(answers[self.path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = timezone.now()
        claims = {
            "iss": f"http://127.0.0.1:{self.server.server_port}",
            "aud": "site",
            "sub": "somebody",
            "iat": now,
            "exp": now + datetime.timedelta(minutes=5),
        }
        token = jwt.encode(claims, self.nonce_key, algorithm="HS256")
        self._say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _say(self, answer: dict) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args) -> None:
        pass


def lie_to(client, settings) -> None:
    server = HTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        configure(settings, Provider(url, {"acme": ("site", "secret")}), acme="openid")
        state = parse_qs(urlsplit(start(client)).query)["state"][0]
        callback = f"/accounts/oidc/acme/login/callback/?code=x&state={state}"
        assert client.get(callback)["Location"] == "/accounts/3rdparty/login/error/"
    finally:
        server.shutdown()
        server.server_close()


def test_two_answers_about_different_people_sign_nobody_in(client, settings):
    lie_to(client, settings)
    assert not User.objects.exists()


def test_of_two_answers_about_different_people_nothing_is_kept(client, settings):
    for uid in ("somebody", "somebody else"):
        SocialAccount.objects.create(user=UserFactory(), provider="acme", uid=uid)
    lie_to(client, settings)
    assert places_with("liar@corp.example") == []


# --- Connecting -------------------------------------------------------------------------------


def test_a_member_connects_and_disconnects(client, provider):
    ann = member()
    client.force_login(ann)
    prove(client)
    provider.knows("c1", email="whoever@elsewhere.example")
    answer = sign_in(client, provider, "c1", process="connect")
    assert answer["Location"] == "/accounts/3rdparty/"
    account = SocialAccount.objects.get()
    assert account.user == ann
    assert "connected with Acme" in last_mail(ann.email).subject
    page = client.get("/accounts/3rdparty/").text
    assert "shows that you are real" in page
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_connecting_asks_for_the_password_first(client, provider):
    client.force_login(member())
    provider.knows("c2")
    answer = sign_in(client, provider, "c2", process="connect")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert SocialAccount.objects.count() == 1


def test_an_account_there_stands_behind_one_member_here(client, provider):
    first = joined(client, provider, "c3", "three@corp.example")
    other = member("other@buyer.example")
    browser = client.__class__()
    browser.force_login(other)
    prove(browser)
    answer = sign_in(browser, provider, "c3", process="connect")
    assert "Another account here" in browser.get(answer["Location"]).text
    assert SocialAccount.objects.get().user == first


def test_the_only_way_in_cannot_be_taken_away(client, provider):
    user = joined(client, provider, "c4", "four@corp.example")
    client.force_login(user)
    account = SocialAccount.objects.get()
    page = client.post("/accounts/3rdparty/", {"account": account.pk}).text
    assert "the only way into your account" in page
    assert SocialAccount.objects.count() == 1


def test_nobody_disconnects_what_is_anothers(client, provider):
    joined(client, provider, "c5", "five@corp.example")
    account = SocialAccount.objects.get()
    stranger = client.__class__()
    stranger.force_login(member("other@buyer.example"))
    stranger.post("/accounts/3rdparty/", {"account": account.pk})
    assert SocialAccount.objects.count() == 1


def test_who_has_no_password_erases_the_account_by_typing_its_address(client, provider):
    user = joined(client, provider, "c6", "six@corp.example")
    client.force_login(user)
    assert "Your password" not in client.get("/me/delete/").text
    client.post("/me/delete/", {"address": "other@corp.example"})
    assert User.objects.count() == 1
    client.post("/me/delete/", {"address": "Six@corp.example"})
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_the_export_names_what_is_connected(client, provider):
    user = joined(client, provider, "c7", "seven@corp.example")
    [connected] = privacy.export(user)["sign_in"]["connected"]
    assert (connected["provider"], connected["uid"]) == ("acme", "c7")
    assert connected["extra_data"] == {"domain": "corp.example"}


# --- What it shows ----------------------------------------------------------------------------


def test_a_verifying_sign_in_is_dated_by_the_last_one_and_good_for_a_year(
    client, provider
):
    user = joined(client, provider, "v1", "one@corp.example")
    before = timezone.now() - datetime.timedelta(days=200)
    SocialAccount.objects.update(last_login=before)
    assert verifying_sign_ins(user) == {"openid": before}
    sign_in(client.__class__(), provider, "v1")
    last = SocialAccount.objects.get().last_login
    assert verifying_sign_ins(user) == {"openid": last} != {"openid": before}
    for days, found in ((364, {"openid": last}), (366, {})):
        with time_machine.travel(last + datetime.timedelta(days=days), tick=False):
            assert verifying_sign_ins(user) == found


@pytest.mark.parametrize(
    ("name", "methods"), [("linkedin", ["linkedin"]), ("google", [])]
)
def test_only_a_provider_marked_so_shows_anything(client, provider, name, methods):
    user = joined(client, provider, "v2", "two@corp.example", name)
    assert list(verifying_sign_ins(user)) == methods


def test_a_provider_that_is_no_longer_there_shows_nothing(client, provider, settings):
    user = joined(client, provider, "v3", "three@corp.example")
    settings.OIDC_PROVIDERS = ()
    assert verifying_sign_ins(user) == {}


# --- Pages and settings -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_the_buttons_are_there_only_where_something_is_configured(
    client, settings, path
):
    assert "/accounts/oidc/" not in client.get(path).text
    configure(settings, ACME, acme="openid")
    page = client.get(path)
    assert 'action="/accounts/oidc/acme/login/"' in page.text
    assert (
        "form-action 'self' https://id.acme.example" in page["Content-Security-Policy"]
    )


def test_the_member_page_leads_to_it_only_where_something_is_configured(
    client, settings
):
    client.force_login(member())
    assert "Sign-in through others" not in client.get("/me/").text
    configure(settings, ACME, acme="openid")
    assert "Sign-in through others" in client.get("/me/").text


def test_an_unknown_provider_is_404(client, provider):
    assert client.post("/accounts/oidc/nobody/login/").status_code == 404


GIVEN = {
    "OIDC_PROVIDERS": "linkedin, acme",
    "OIDC_LINKEDIN_CLIENT_ID": "1",
    "OIDC_LINKEDIN_CLIENT_SECRET": "2",
    "OIDC_ACME_URL": "https://id.acme.example/realms/all/",
    "OIDC_ACME_NAME": "Acme",
    "OIDC_ACME_CLIENT_ID": "3",
    "OIDC_ACME_CLIENT_SECRET": "4",
    "OIDC_ACME_VERIFIES": "on",
    "OIDC_ACME_ORIGINS": "https://login.acme.example",
}


def providers_of(monkeypatch, **changes: str):
    for name, value in (GIVEN | changes).items():
        monkeypatch.setenv(name, value)
    return env.oidc_providers()


def test_providers_come_from_the_environment(monkeypatch):
    linkedin, acme = providers_of(monkeypatch)
    assert (linkedin.name, linkedin.url, linkedin.verifies) == (
        "LinkedIn",
        "https://www.linkedin.com/oauth",
        "linkedin",
    )
    assert acme == env.OidcProvider(
        id="acme",
        name="Acme",
        url="https://id.acme.example/realms/all",
        client_id="3",
        secret="4",
        verifies="openid",
        origins=("https://id.acme.example", "https://login.acme.example"),
    )
    assert "4" not in repr(acme)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("OIDC_PROVIDERS", "linkedin,Acme Inc", "OIDC_PROVIDERS names 'Acme Inc'"),
        ("OIDC_PROVIDERS", "acme,acme", "OIDC_PROVIDERS names 'acme' twice"),
        ("OIDC_PROVIDERS", "acme,other", "OIDC_OTHER_URL is not set"),
        ("OIDC_PROVIDERS", "microsoft", "OIDC_MICROSOFT_URL is not set"),
        (
            "OIDC_ACME_URL",
            "http://id.acme.example",
            "OIDC_ACME_URL='http://id.acme.example'",
        ),
        ("OIDC_ACME_URL", "id.acme.example", "OIDC_ACME_URL="),
        ("OIDC_ACME_URL", "https://user:secret@id.acme.example", "OIDC_ACME_URL="),
        ("OIDC_ACME_CLIENT_ID", "", "OIDC_ACME_CLIENT_ID is not set"),
        ("OIDC_ACME_CLIENT_ID", "1", "OIDC_ACME_CLIENT_ID is the same"),
        ("OIDC_ACME_CLIENT_SECRET", " ", "OIDC_ACME_CLIENT_SECRET is not set"),
        ("OIDC_ACME_VERIFIES", "perhaps", "OIDC_ACME_VERIFIES='perhaps'"),
        ("OIDC_ACME_ORIGINS", "login.acme.example", "OIDC_ACME_ORIGINS="),
    ],
)
def test_a_bad_provider_stops_the_start_with_a_sentence_that_names_it(
    monkeypatch, name, value, why
):
    with pytest.raises(ImproperlyConfigured, match=why):
        providers_of(monkeypatch, **{name: value})


def test_a_google_account_can_not_be_made_to_show_anything(monkeypatch):
    google = {
        "OIDC_PROVIDERS": "google",
        "OIDC_GOOGLE_CLIENT_ID": "1",
        "OIDC_GOOGLE_CLIENT_SECRET": "2",
    }
    assert providers_of(monkeypatch, **google)[0].verifies == ""
    with pytest.raises(ImproperlyConfigured, match="anybody can open a Google account"):
        providers_of(monkeypatch, **google, OIDC_GOOGLE_VERIFIES="on")


# --- In a browser -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_policy_of_our_pages_lets_a_browser_go_there_and_back(
    page, live_server, running, settings
):
    running.register("acme", site=live_server.url)
    settings.SITE_URL = live_server.url
    configure(settings, running, acme="openid")
    member = UserFactory(email="browser@corp.example")
    EmailAddress.objects.create(
        user=member, email=member.email, verified=True, primary=True
    )
    SocialAccount.objects.create(user=member, provider="acme", uid="b1")
    running.knows("b1", email="browser@corp.example")
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    page.goto(f"{live_server.url}/accounts/login/?next=/me/profile/")
    page.get_by_role("button", name="Sign in with Acme").click()
    page.wait_for_url(f"{running.url}/**")
    page.get_by_role("textbox").first.fill("b1")
    page.get_by_role("button", name="Authorize").first.click()
    page.wait_for_url(f"{live_server.url}/me/profile/")
    assert not [text for text in refused if "Content Security Policy" in text]
    running.register("acme")
