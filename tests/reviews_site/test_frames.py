import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from reviews_site.lib import frames
from reviews_site.lib.frames import render_framed
from tests.factories import ProductFactory, UserFactory

FIELDS = {
    "name": "A <b> & co",
    "description": "One \"line\" 'of' text",
    "canonical": "https://site.example/products/x/?a=1&b=2",
    "feed": "/products/x/feed/",
    "content": "plain & simple",
}


@pytest.fixture(autouse=True)
def no_frames(monkeypatch):
    monkeypatch.setattr(frames, "_frames", {})


def request(path: str = "/products/x/", **cookies: str):
    asked = RequestFactory().get(path)
    asked.COOKIES = dict(cookies)
    asked.user = AnonymousUser()
    asked.session = SessionStore()
    asked._messages = FallbackStorage(asked)
    return asked


def test_framed_page_is_byte_for_byte_the_rendered_one():
    for _ in range(2):
        framed = render_framed(request(), "reviews/product.html", FIELDS)
        rendered = render_framed(request(sessionid="1"), "reviews/product.html", FIELDS)
        assert framed.content == rendered.content
    assert len(frames._frames) == 1


def test_template_that_leaves_a_field_out_is_refused():
    with pytest.raises(ValueError, match="exactly once"):
        render_framed(request(), "reviews/product.html", FIELDS | {"more": "x"})


@pytest.mark.django_db
def test_framed_page_is_kept_apart_from_a_members(client):
    ProductFactory(slug="x")
    visitors = client.get("/products/x/")
    assert "Cookie" in visitors["Vary"]
    assert b"Sign in" in visitors.content
    user = UserFactory()
    client.force_login(user)
    members = client.get("/products/x/")
    assert user.email.encode() in members.content
    assert members["Cache-Control"] == "private, no-store"
    client.logout()
    client.cookies.clear()
    assert client.get("/products/x/").content == visitors.content
