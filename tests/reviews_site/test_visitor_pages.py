"""Whole pages from the cache: who gets one, what gets in, and what never does."""

import re
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest
from django import forms
from django.conf import settings as site_settings
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils.cache import patch_vary_headers

from reviews.models import Review
from reviews_site.lib import page_bodies, visitor_pages
from reviews_site.lib.visitor_pages import for_visitors
from tests.factories import ProductFactory, ReviewFactory, UserFactory
from tests.redis_proxy import redis_proxy

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def visitor() -> Client:
    """A browser names the host; Django's own client does not."""
    return Client(headers={"host": "testserver"})


SHARED = "public, max-age=0, s-maxage=1, must-revalidate"


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE_SECONDS = 60


@pytest.fixture
def product():
    return ProductFactory(slug="ledger", name="Ledger", summary="Keeps books.")


def rename_behind_its_back() -> None:
    """Nobody is told, so whoever still reads the old name reads a kept page."""
    type(ProductFactory.build()).objects.filter(slug="ledger").update(name="Renamed")


def heading(answer: HttpResponse) -> str:
    found = re.search(r"<title>(\w+): reviews", answer.content.decode())
    assert found
    return found[1]


def pages_kept() -> int:
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    return len(list(client.scan_iter(match="*page:*")))


# --- Views that no page should be like ------------------------------------------------------


def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("with a cookie")
    response.set_cookie("seen", "yes")
    return response


def with_session(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = "yes"
    return HttpResponse("with a session")


def with_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"token {get_token(request)}")


def with_message(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Said to one reader.")
    return render(request, "403.html")


def with_nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"nonce {request.csp_nonce}")  # type: ignore[attr-defined]


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("private", headers={"Cache-Control": "private"})


def not_to_be_stored(request: HttpRequest) -> HttpResponse:
    return HttpResponse("not stored", headers={"Cache-Control": "no-store"})


def streaming(request: HttpRequest) -> HttpResponse:
    return StreamingHttpResponse(iter(["in ", "parts"]))  # type: ignore[return-value]


def by_language(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(request.headers.get("Accept-Language", ""))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def huge(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"x" * (visitor_pages.MOST_BYTES + 1))


def not_there(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing", status=404)


class TypedForm(forms.Form):
    number = forms.IntegerField()


def with_error(request: HttpRequest) -> HttpResponse:
    form = TypedForm(request.GET)
    return HttpResponse(form.errors, status=200 if form.is_valid() else 422)


def signed_in_otherwise(request: HttpRequest) -> HttpResponse:
    """As if a proxy had said who it is."""
    request.user = UserFactory()
    return HttpResponse(f"For {request.user.email}")


NEVER_KEPT = [
    with_cookie,
    with_session,
    with_token,
    with_message,
    with_nonce,
    private,
    not_to_be_stored,
    streaming,
    by_language,
    huge,
    not_there,
    with_error,
    signed_in_otherwise,
]


@for_visitors("known")
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"made at {time.monotonic_ns()}")


urlpatterns = [
    *(path(f"odd/{view.__name__}/", for_visitors("number")(view)) for view in NEVER_KEPT),
    path("odd/plain/", plain),
    path("odd/unmarked/", lambda request: HttpResponse(str(time.monotonic_ns()))),
    path("", include("reviews_site.urls")),
]  # fmt: skip


@pytest.mark.parametrize("view", NEVER_KEPT, ids=lambda view: view.__name__)
def test_is_never_kept(view):
    answer = visitor().get(f"/odd/{view.__name__}/")
    assert pages_kept() == 0
    assert answer.get("Cache-Control", "") != SHARED
    assert "ETag" not in answer


def test_an_unmarked_page_is_never_kept():
    assert len({visitor().get("/odd/unmarked/").content for _ in range(3)}) == 3
    assert pages_kept() == 0


def test_every_odd_view_would_be_kept_without_what_is_odd_about_it():
    assert len({visitor().get("/odd/plain/").content for _ in range(3)}) == 1
    assert pages_kept() == 1


# --- Who gets one ---------------------------------------------------------------------------


def test_the_second_visitor_gets_the_page_of_the_first(product, django_assert_num_queries):  # fmt: skip
    first = visitor().get("/products/ledger/")
    with django_assert_num_queries(0):
        second = visitor().get("/products/ledger/")
    changing = {"X-Request-ID"}
    assert second.content == first.content
    assert {k: v for k, v in second.items() if k not in changing} == {
        k: v for k, v in first.items() if k not in changing
    }
    assert second["Cache-Control"] == SHARED
    assert {"Cookie", "Authorization", "HX-Request"} <= set(
        second["Vary"].replace(" ", "").split(",")
    )
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):  # fmt: skip
        assert header in second


def test_a_member_gets_a_page_of_their_own_and_leaves_none(product):
    visitor().get("/products/ledger/")
    rename_behind_its_back()
    client, member = visitor(), UserFactory()
    client.force_login(member)
    page = client.get("/products/ledger/")
    assert heading(page) == "Renamed"
    assert page["Cache-Control"] == "private, no-store"
    assert member.email in page.content.decode()
    visitors = visitor().get("/products/ledger/")
    assert heading(visitors) == "Ledger"
    assert member.email not in visitors.content.decode()


def test_a_members_page_is_not_the_first_visitors(product):
    client, member = visitor(), UserFactory()
    client.force_login(member)
    client.get("/products/ledger/")
    assert pages_kept() == 0
    assert member.email not in visitor().get("/products/ledger/").content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_COOKIE": f"{site_settings.SESSION_COOKIE_NAME}=long-gone"},
        {"HTTP_COOKIE": f"{CookieStorage.cookie_name}=forged"},
    ],
    ids=["token", "htmx", "session", "message"],
)
def test_is_neither_served_nor_kept(product, sent):
    visitor().get("/products/ledger/", **sent)
    assert pages_kept() == 0
    visitor().get("/products/ledger/")
    rename_behind_its_back()
    assert heading(visitor().get("/products/ledger/", **sent)) == "Renamed"
    assert heading(visitor().get("/products/ledger/")) == "Ledger"


def test_a_visitor_with_cookies_of_no_meaning_here_gets_the_same_bytes(product):
    stray = "consent=all; _ga=GA1.2.3; csrftoken=abcdefghijklmnopqrstuvwxyz012345"
    first = visitor().get("/products/ledger/", HTTP_COOKIE=stray)
    assert visitor().get("/products/ledger/").content == first.content
    cache.clear()
    assert visitor().get("/products/ledger/").content == first.content


def test_a_post_is_never_answered_from_the_cache(product):
    visitor().get("/odd/plain/")
    assert visitor().post("/odd/plain/").content != visitor().get("/odd/plain/").content


# --- A 304, and HEAD ------------------------------------------------------------------------


def test_who_has_the_page_is_told_so(product, django_assert_num_queries):
    page = visitor().get("/products/ledger/")
    with django_assert_num_queries(0):
        again = visitor().get("/products/ledger/", HTTP_IF_NONE_MATCH=page["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    assert again["Cache-Control"] == SHARED
    assert again["Vary"] == page["Vary"]


def test_a_page_made_anew_is_the_same_page_to_who_has_it(product):
    page = visitor().get("/products/ledger/")
    cache.clear()
    again = visitor().get("/products/ledger/", HTTP_IF_NONE_MATCH=f"W/{page['ETag']}")
    assert again.status_code == 304
    assert pages_kept() == 1


def test_another_page_is_sent_whole(product):
    page = visitor().get("/products/ledger/")
    rename_behind_its_back()
    cache.clear()
    again = visitor().get("/products/ledger/", HTTP_IF_NONE_MATCH=page["ETag"])
    assert (again.status_code, heading(again)) == (200, "Renamed")
    assert again["ETag"] != page["ETag"]


def test_a_members_browser_never_hears_that_the_visitors_page_is_theirs(product):
    page = visitor().get("/products/ledger/")
    client = visitor()
    client.force_login(UserFactory())
    assert client.get("/products/ledger/", HTTP_IF_NONE_MATCH=page["ETag"]).status_code == 200  # fmt: skip


def test_head_has_the_headers_and_no_content(product):
    first = visitor().head("/products/ledger/")
    assert pages_kept() == 0
    page = visitor().get("/products/ledger/")
    second = visitor().head("/products/ledger/")
    for answer in (first, second):
        assert (answer.status_code, answer.content) == (200, b"")
        for name in ("Content-Length", "ETag", "Cache-Control", "Content-Type"):
            assert answer[name] == page[name]
    assert int(page["Content-Length"]) == len(page.content)


# --- Which address it is --------------------------------------------------------------------


def test_a_wrong_host_stays_refused(product):
    assert visitor().get("/products/ledger/").status_code == 200
    assert visitor().get("/products/ledger/", HTTP_HOST="evil.example").status_code == 400  # fmt: skip
    assert pages_kept() == 1


def test_one_page_is_not_kept_under_many_spellings_of_the_host(product):
    for host in ("testserver:8001", "testserver:8002", "TESTSERVER", "testServer"):
        assert visitor().get("/products/ledger/", HTTP_HOST=host).status_code == 200
    assert pages_kept() == 0


def test_a_page_by_http_is_not_one_by_https(product, settings):
    assert visitor().get("/products/ledger/", secure=True).status_code == 200
    settings.SECURE_SSL_REDIRECT = True
    # Django reads that setting when it starts.
    assert visitor().get("/products/ledger/").status_code == 301
    assert visitor().get("/products/ledger/", secure=True).status_code == 200


@pytest.mark.parametrize(
    "query", ["unknown=1", "next=/me/", "known=1&utm_source=mail", "known=1&known=2&known=3&known=4&known=5", "known=" + "x" * 300]
)  # fmt: skip
def test_an_address_that_anybody_can_invent_is_not_kept(query):
    assert visitor().get(f"/odd/plain/?{query}").status_code == 200
    assert pages_kept() == 0


def test_each_query_is_a_page_of_its_own():
    made = {visitor().get(f"/odd/plain/?known={n}").content for n in (1, 2, 1, 2)}
    assert len(made) == 2
    assert visitor().get("/odd/plain/").content not in made


def test_a_refused_filter_is_not_kept(product):
    ReviewFactory(product=product)
    assert visitor().get("/products/ledger/?stars=nine").status_code == 400
    assert visitor().get("/products/ledger/?stars=4").status_code == 200
    assert pages_kept() == 1


@pytest.mark.parametrize(
    "changed",
    [{"DEMO": True}, {"SITE_NAME": "Elsewhere"}, {"LANGUAGE_CODE": "de"}],
    ids=lambda changed: next(iter(changed)),
)
def test_other_settings_never_show_what_was_kept_before(product, settings, changed):
    first = visitor().get("/products/ledger/")
    for name, value in changed.items():
        setattr(settings, name, value)
    rename_behind_its_back()
    assert heading(visitor().get("/products/ledger/")) == "Renamed"
    assert heading(first) == "Ledger"


def test_another_release_never_shows_what_was_kept_before(product, monkeypatch, tmp_path):  # fmt: skip
    visitor().get("/products/ledger/")
    rename_behind_its_back()
    monkeypatch.setattr(visitor_pages, "release", lambda: "the-next-one")
    assert heading(visitor().get("/products/ledger/")) == "Renamed"


def test_a_release_is_all_that_pages_are_made_of():
    names = {str(file.relative_to(site_settings.BASE_DIR)) for file in visitor_pages._files()}  # fmt: skip
    made_of = {"templates/base.html", "static/css/site.css", "reviews/cards.py", "reviews_site/lib/frames.py", "requirements.lock"}  # fmt: skip
    assert made_of <= names
    assert not any(name.startswith((".venv", "tests")) for name in names)


# --- While the cache is away, or many ask at once -------------------------------------------


def test_a_page_whose_body_the_cache_dropped_is_made_anew(monkeypatch):
    first = visitor().get("/odd/plain/")
    known = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    monkeypatch.setattr(page_bodies, "_here", OrderedDict())
    cache.delete(page_bodies.cache_key(first["ETag"].strip('"')))
    assert visitor().get("/odd/plain/", **known).status_code == 304
    assert visitor().get("/odd/plain/").content != first.content


def test_a_process_holds_only_the_bodies_asked_for_last(monkeypatch):
    monkeypatch.setattr(page_bodies, "_here", OrderedDict())
    monkeypatch.setattr(page_bodies, "MOST_BYTES", 30)
    for digest in "abcd":
        page_bodies.remember(digest, b"0123456789")
    assert list(page_bodies._here) == ["b", "c", "d"]
    assert page_bodies.find("a") is None


def test_it_is_known_for_a_while_that_a_page_changed_lately(
    product, settings, django_capture_on_commit_callbacks
):
    def asked(address: str) -> HttpRequest:
        return RequestFactory().get(address)

    assert not visitor_pages.changed_lately(asked("/products/ledger/"))
    with django_capture_on_commit_callbacks(execute=True):
        visitor_pages.changed(lambda: ["/products/ledger/"])
    assert visitor_pages.changed_lately(asked("/products/ledger/voice/?page=2"))
    assert not visitor_pages.changed_lately(asked("/products/crm/"))
    settings.REPLICA_MAX_LAG_SECONDS = -60
    assert not visitor_pages.changed_lately(asked("/products/ledger/"))


def test_kept_json_does_not_depend_on_the_accept_header(product):
    address, wanted = "/api/v1/products/ledger/", "application/json; indent=8"
    indented = visitor().get(address, headers={"accept": wanted})
    assert b"\n" not in indented.content
    assert visitor().get(address).content == indented.content


def test_without_seconds_nothing_is_kept_or_looked_for(product, settings):
    settings.PAGE_CACHE_SECONDS = 0
    page = visitor().get("/products/ledger/")
    assert pages_kept() == 0
    assert "ETag" not in page
    assert "Cache-Control" not in page


def test_while_redis_is_silent_pages_are_made(product, settings):
    with redis_proxy() as proxy:
        settings.CACHES = {
            "default": settings.CACHES["default"] | {"LOCATION": f"{proxy.url}/1"}
        }
        visitor().get("/products/ledger/")
        proxy.silent = True
        rename_behind_its_back()
        for _ in range(3):
            page = visitor().get("/products/ledger/")
            assert (page.status_code, heading(page)) == (200, "Renamed")
        # The first asked in vain, and spared the others.
        assert proxy.unanswered == 1


def test_one_of_many_makes_a_page_that_grows_old(monkeypatch):
    monkeypatch.setattr(visitor_pages, "FRESH_PART", 0.0)
    first = visitor().get("/odd/plain/").content
    answers = [visitor().get("/odd/plain/").content for _ in range(5)]
    made = set(answers) - {first}
    assert len(made) == 1


def test_a_page_made_of_what_was_there_before_a_change_is_not_kept_for_after_it(
    product, django_capture_on_commit_callbacks
):
    """The change commits while the page is being made."""
    request = visitor().get("/products/ledger/").wsgi_request
    place = visitor_pages.Place(request)
    cache.delete(place.key)
    assert place.find() is None
    stale = HttpResponse("as it was")
    with django_capture_on_commit_callbacks(execute=True):
        visitor_pages.changed(lambda: ["/products/ledger/"])
    place.keep(stale, visitor_pages.prepare(stale))
    assert visitor_pages.Place(request).find() is None


def test_a_change_of_one_product_leaves_the_others(product, django_capture_on_commit_callbacks):  # fmt: skip
    other = ProductFactory(slug="abacus")
    pages = {slug: visitor().get(f"/products/{slug}/") for slug in ("ledger", "abacus")}
    type(other).objects.update(name="Renamed")
    with django_capture_on_commit_callbacks(execute=True):
        visitor_pages.changed(lambda: ["/products/ledger/"])
    assert heading(visitor().get("/products/ledger/")) == "Renamed"
    assert visitor().get("/products/abacus/").content == pages["abacus"].content
    with django_capture_on_commit_callbacks(execute=True):
        visitor_pages.everything_changed()
    assert heading(visitor().get("/products/abacus/")) == "Renamed"


def test_a_lost_note_is_made_good_by_time(product, django_capture_on_commit_callbacks):
    """Redis is away at the commit, and back with the page still in it."""
    visitor().get("/products/ledger/")
    key = visitor_pages.Place(visitor().get("/products/ledger/").wsgi_request).key
    left = cache._cache.get_client().ttl(cache.make_key(key))  # type: ignore[attr-defined]
    assert 0 < left <= site_settings.PAGE_CACHE_SECONDS


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/", "/"),
        ("/products/", "/products/"),
        ("/products/crm/", "/products/crm"),
        ("/products/crm/voice/", "/products/crm"),
        ("/api/v1/products/crm/", "/products/crm"),
        ("/api/v1/reviews/", "/reviews/"),
    ],
)
def test_part_of_the_site(address, part):
    assert visitor_pages.part_of(address) == part


def test_visitors_at_once_read_the_same_page():
    visitor().get("/odd/plain/")
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: visitor().get("/odd/plain/").content, range(40))
    assert len(set(answers)) == 1


def test_no_review_is_shown_to_visitors_before_it_is_public(product):
    review = ReviewFactory(product=product, status=Review.Status.PENDING, published_at=None)  # fmt: skip
    client = visitor()
    client.force_login(review.author)
    assert client.get(review.get_absolute_url()).status_code == 200
    assert visitor().get(review.get_absolute_url()).status_code == 404
