"""Nothing is added to the site without saying who may be shown what there."""

import pytest
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import clear_url_caches, path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from messaging.models import Message
from notifications import kinds
from reviews_site.urls import urlpatterns
from tests.trust.leaks import policies
from tests.trust.leaks.declared import all_undeclared, email_variables
from tests.trust.leaks.policies import EMAIL_VARIABLES


def test_everything_has_a_policy_and_every_policy_is_of_something():
    assert all_undeclared() == {}


def test_no_template_of_an_email_names_what_is_private():
    assert email_variables() - EMAIL_VARIABLES == set()
    assert "conversation_url" in email_variables()


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("New.")


class Operation(APIView):
    @extend_schema(operation_id="new", responses={200: None})
    def get(self, request: Request) -> Response:
        return Response({})


@pytest.fixture
def new_addresses():
    routes = [
        path("brand-new/", page, name="brand_new"),
        path("unnamed/<slug:slug>/", page),
        path("api/v1/new/", Operation.as_view()),
    ]
    with override_settings(ROOT_URLCONF=(*routes, *urlpatterns)):
        yield
    clear_url_caches()


def without_a_policy(what: str) -> set[str]:
    return set(all_undeclared().get(what, {}).get("without a policy", []))


def test_a_new_route_and_a_new_operation_are_noticed(new_addresses):
    new = {"/api/v1/new/", "/unnamed/<slug:slug>/", "brand_new"}
    assert without_a_policy("routes") == new
    assert without_a_policy("operations") == {"GET /api/v1/new/"}


def test_a_new_kind_of_email_is_noticed(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    kinds.register("brand_new", label="New", transactional=True)
    assert without_a_policy("e-mails") == {"brand_new"}


def test_a_new_list_of_staff_is_noticed(monkeypatch):
    registry = admin.site._registry
    more = {**registry, Message: next(iter(registry.values()))}
    monkeypatch.setattr(admin.site, "_registry", more)
    assert without_a_policy("lists of staff") == {"messaging.Message"}


@pytest.mark.parametrize("table", ["ROUTES", "OPERATIONS", "EMAILS", "MODELS"])
def test_a_policy_of_what_is_gone_is_noticed(monkeypatch, table):
    monkeypatch.setitem(getattr(policies, table), "gone", policies.NOTHING)
    (lists,) = all_undeclared().values()
    assert lists == {"without a policy": [], "not there any more": ["gone"]}
