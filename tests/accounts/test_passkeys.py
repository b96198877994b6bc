"""In a real browser with a virtual key, under the site's own content security policy."""

import pytest
from playwright.sync_api import expect

from tests.accounts.members import PASSWORD, last_mail, member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server, settings) -> str:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    # A passkey belongs to a name; browsers give none to 127.0.0.1.
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def key(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_signs_in_without_a_password(page, site, key):
    complaints: list[str] = []
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    ann = member()
    page.goto(f"{site}/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.fill("#id_login", ann.email)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.fill("#id_name", "my laptop")
    page.check("#id_passwordless")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/recovery-codes/**")
    assert last_mail(ann.email).subject == "A passkey or security key was added"
    page.goto(f"{site}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/me/")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    assert "my laptop" in page.inner_text("main")
    assert complaints == []


def test_a_browser_that_refuses_is_heard(page, live_server):
    page.goto(live_server.url.replace("localhost", "127.0.0.1") + "/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    alert = page.locator("main").get_by_role("alert")
    expect(alert).to_contain_text("Browsers take no passkey at 127.0.0.1")
    assert page.get_by_label("Password").is_enabled()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("NotAllowedError", "there is none for this site"),
        ("InvalidStateError", "already"),
        ("NotSupportedError", "can't keep"),
        ("UnknownError", "try once more"),
    ],
)
def test_each_refusal_says_what_it_means(page, site, name, said):
    page.goto(f"{site}/accounts/login/")
    refuse = """name => document.dispatchEvent(new CustomEvent("allauth.error",
        {cancelable: true, detail: {exception: new DOMException("", name)}}))"""
    for _ in range(2):
        # What isn't foreseen goes to the console as well.
        assert page.evaluate(refuse, name) is (name == "UnknownError")
        expect(page.locator("main").get_by_role("alert")).to_contain_text(said)
