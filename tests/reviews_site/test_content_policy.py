"""The policy that most answers share is built once; it must be what django-csp would have said of each."""

import pytest
from csp.constants import HEADER, SELF, UNSAFE_EVAL
from csp.decorators import csp_exempt, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from reviews_site.security import ContentPolicyMiddleware


def usual(request: HttpRequest) -> HttpResponse:
    return HttpResponse("usual")


def with_nonce(request: HttpRequest) -> HttpResponse:
    request._csp_nonce = "bm9uY2U="  # so that both say the same
    return HttpResponse(f"<script nonce={request.csp_nonce}>")


def with_own_policy(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("own")
    response[HEADER] = "default-src https:"
    return response


VIEWS = {
    "usual": usual,
    "nonce": with_nonce,
    "own": with_own_policy,
    "update": csp_update({"script-src": [UNSAFE_EVAL]})(usual),
    "exempt": csp_exempt()(usual),
}


def policy(middleware: type[CSPMiddleware], view: str) -> str | None:
    answer = middleware(VIEWS[view])(RequestFactory().get("/"))
    return in_order(answer.headers.get(HEADER))


def in_order(policy: str | None) -> str | None:
    """django-csp gives the directives in any."""
    return policy and "; ".join(sorted(policy.split("; ")))


@pytest.mark.parametrize("view", VIEWS)
def test_each_answer_has_the_policy_that_django_csp_would_give(view):
    assert policy(ContentPolicyMiddleware, view) == policy(CSPMiddleware, view)


def test_they_are_not_all_alike():
    assert len({policy(ContentPolicyMiddleware, view) for view in VIEWS}) == len(VIEWS)


@pytest.mark.parametrize(
    "other",
    [
        {"DIRECTIVES": {"default-src": ["https:"]}},
        {"DIRECTIVES": {"default-src": [SELF]}, "EXCLUDE_URL_PREFIXES": ["/"]},
        None,
    ],
)
def test_other_settings_count_at_once(settings, other):
    before = policy(ContentPolicyMiddleware, "usual")
    settings.CONTENT_SECURITY_POLICY = other
    after = policy(ContentPolicyMiddleware, "usual")
    assert after == policy(CSPMiddleware, "usual")
    assert after != before


def test_one_middleware_follows_its_settings(settings):
    middleware = ContentPolicyMiddleware(usual)
    first = middleware(RequestFactory().get("/"))[HEADER]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["https:"]}}
    assert middleware(RequestFactory().get("/"))[HEADER] == "default-src https:"
    assert first != "default-src https:"


def test_report_only_is_said_beside_it(settings):
    settings.CONTENT_SECURITY_POLICY_REPORT_ONLY = {"DIRECTIVES": {"img-src": [SELF]}}
    answer = ContentPolicyMiddleware(usual)(RequestFactory().get("/"))
    reported = in_order(answer["Content-Security-Policy-Report-Only"])
    assert reported == "default-src 'self'; img-src 'self'"
    assert HEADER in answer


def test_a_nonce_taken_too_late_is_an_error():
    request = RequestFactory().get("/")
    ContentPolicyMiddleware(usual)(request)
    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)
