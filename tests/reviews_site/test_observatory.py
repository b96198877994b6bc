"""The answers of the running site, scored as Mozilla's HTTP Observatory would score them (docs/monitoring.md)."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.factories import ProductFactory, UserFactory, confirm_email
from tests.reviews_site.observatory import Page, grade_of, modifiers_of, score_of
from tests.reviews_site.production.server import HOST, Browser, running

PERFECT = {
    "Content-Security-Policy": 10,
    "Cookies": 0,
    "Cross-origin sharing": 0,
    "Redirection": 0,
    "Referrer-Policy": 5,
    "Strict-Transport-Security": 0,
    "Subresource integrity": 0,
    "X-Content-Type-Options": 0,
    "X-Frame-Options": 5,
    "Cross-Origin-Resource-Policy": 10,
}
# What differs, and the score.
EXPECTED = {
    "/": ({}, 130),
    "/products/keel/": ({}, 130),
    # A form sets the cookie that protects it.
    "/accounts/login/": ({"Cookies": 5}, 135),
    # The libraries of the moderation panel evaluate the attributes of their own pages.
    "/admin/": ({"Cookies": 5, "Content-Security-Policy": -10}, 115),
    "/me/": ({"Cookies": 5}, 135),
}


def read(browser: Browser, path: str) -> Page:
    answer = browser.get(path)
    assert answer.status == 200, path
    plain = browser.get(path, **{"X-Forwarded-Proto": "http"})
    return Page(
        f"https://{HOST}{path}",
        answer.headers,
        answer.body,
        plain.status,
        plain.header("Location") or "",
    )


def points(page: Page) -> dict[str, int]:
    return {name: modifier for name, (modifier, _) in modifiers_of(page).items()}


def test_every_kind_of_page_earns_an_a_plus(transactional_db, tmp_path):
    ProductFactory(slug="keel")
    sessions = {
        "/me/": session_of(confirm_email(UserFactory())),
        "/admin/": session_of(UserFactory(is_staff=True, is_superuser=True)),
    }
    scored = {}
    with running(tmp_path) as production:
        for path in EXPECTED:
            browser = production.browser()
            if path in sessions:
                browser.cookies[settings.SESSION_COOKIE_NAME] = sessions[path]
            page = read(browser, path)
            scored[path] = score_of(modifiers_of(page))
            assert points(page) == PERFECT | EXPECTED[path][0], path
            assert page.header("Cross-Origin-Opener-Policy") == "same-origin"
            assert "camera=()" in str(page.header("Permissions-Policy"))
            check_that_it_can_fail(page, scored[path])
        static = production.browser().get("/static/css/site.css")
        assert static.header("Cross-Origin-Resource-Policy") == "same-origin"
    assert scored == {path: score for path, (_, score) in EXPECTED.items()}
    assert {grade_of(score) for score in scored.values()} == {"A+"}


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def check_that_it_can_fail(page: Page, score: int) -> None:
    """The same answer with one header less."""
    kept = tuple(h for h in page.headers if h[0] != "Strict-Transport-Security")
    without = score_of(modifiers_of(replace(page, headers=kept)))
    assert without < score and grade_of(without) in ("B+", "B", "C+", "C")


# --- The rules themselves -------------------------------------------------------------------

BARE = Page(f"https://{HOST}/", (), "", 200, "")
GOOD_POLICY = "default-src 'none'; script-src 'self'; form-action 'self'; frame-ancestors 'none'"  # fmt: skip
GOOD = Page(
    f"https://{HOST}/",
    (
        ("Content-Security-Policy", GOOD_POLICY),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ),
    '<script src="/static/js/site.js"></script>',
    301,
    f"https://{HOST}/",
)


def changed(name: str, *values: str) -> Page:
    headers = tuple(h for h in GOOD.headers if h[0] != name)
    return replace(GOOD, headers=(*headers, *((name, value) for value in values)))


def test_a_page_without_any_header_fails():
    assert points(BARE) == {
        **dict.fromkeys(PERFECT, 0),
        "Content-Security-Policy": -25,
        "Redirection": -20,
        "Strict-Transport-Security": -20,
        "X-Content-Type-Options": -5,
        "X-Frame-Options": -20,
    }
    assert (score_of(modifiers_of(BARE)), grade_of(10)) == (10, "F")


def test_bonuses_count_from_90_on():
    modifiers = {"a": (-10, ""), "b": (30, "")}
    assert score_of(modifiers) == 120
    assert score_of(modifiers | {"c": (-5, "")}) == 85
    assert [grade_of(n) for n in (100, 99, 89, 84, 0)] == ["A+", "A", "A-", "B+", "F"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (GOOD_POLICY, 10),
        (GOOD_POLICY.replace("form-action 'self'", "form-action https:"), 5),
        (GOOD_POLICY.replace("default-src 'none'", "default-src 'self'"), 5),
        (GOOD_POLICY + "; style-src 'unsafe-inline'", 0),
        (GOOD_POLICY + "; img-src http:", -10),
        (GOOD_POLICY.replace("script-src 'self'", "script-src 'unsafe-eval'"), -10),
        (GOOD_POLICY.replace("script-src 'self'", "script-src 'unsafe-inline'"), -20),
        (GOOD_POLICY.replace("'self';", "'unsafe-inline' 'nonce-x';", 1), 10),
        (GOOD_POLICY.replace("script-src 'self'", "script-src https:"), -20),
        (GOOD_POLICY + "; connect-src http://elsewhere.example", -20),
        ("script-src 'self'", -20),
    ],
)
def test_content_policy_is_judged_by_its_weakest_part(policy, expected):
    page = changed("Content-Security-Policy", policy)
    assert points(page)["Content-Security-Policy"] == expected


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        (["sessionid=x; Secure; HttpOnly; SameSite=Lax"], 5),
        (["sessionid=x; Secure; HttpOnly"], 0),
        (["sessionid=x; Secure; SameSite=Lax"], -30),
        (["sessionid=x; HttpOnly; SameSite=Lax"], -10),
        (["csrftoken=x; Secure"], -20),
        (["a=x; SameSite=Lax"], -5),
        (["a=x; Secure; SameSite=Lax", "b=x; Secure; SameSite=Never"], -20),
    ],
)
def test_the_worst_cookie_counts(cookies, expected):
    assert points(changed("Set-Cookie", *cookies))["Cookies"] == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Strict-Transport-Security", "max-age=15768000", 0),
        ("Strict-Transport-Security", "max-age=15767999", -10),
        ("Strict-Transport-Security", "includeSubDomains", -20),
        ("Referrer-Policy", "unsafe-url", -5),
        ("Referrer-Policy", "unsafe-url, no-referrer", 5),
        ("Cross-Origin-Resource-Policy", "cross-origin", 0),
        ("Cross-Origin-Resource-Policy", "yes", -5),
        ("X-Content-Type-Options", "sniff", -5),
    ],
)
def test_header_is_judged_by_its_value(name, value, expected):
    assert points(changed(name, value))[name] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", 0),
        ('<script src="/a.js" integrity="sha256-x"></script>', 5),
        ('<script src="https://elsewhere.example/a.js"></script>', -5),
        ('<script src="//elsewhere.example/a.js"></script>', -50),
    ],
)
def test_scripts_of_others_must_be_checked(body, expected):
    page = replace(GOOD, body=body)
    assert points(page)["Subresource integrity"] == expected


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (301, f"https://{HOST}/", 0),
        (301, "https://www.example.org/", -5),
        (301, f"http://{HOST}/home", -20),
        (200, "", -20),
    ],
)
def test_plain_http_must_lead_to_https_on_the_same_host(status, location, expected):
    page = replace(GOOD, plain_status=status, plain_location=location)
    assert points(page)["Redirection"] == expected
