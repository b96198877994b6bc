"""Whole pages for visitors, kept in the shared cache for a minute at most: docs/performance.md.

Whoever has a session, a message waiting or a token never gets a page from here, and no page of theirs gets in.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.urls import get_resolver
from django.utils.cache import get_conditional_response, patch_vary_headers

from reviews_site.lib import page_bodies

View = TypeVar("View", bound=Callable[..., Any])

# The largest page is a category's, some 200 kB.
MOST_BYTES = 400_000
LONGEST_QUERY = 300
# Of one parameter: so many products stand side by side.
MOST_VALUES = 4
# A browser and a proxy ask each time whether their copy is still good; a proxy may spare us a burst for a second.
SHARED = "public, max-age=0, s-maxage=1, must-revalidate"
# By which other answers may differ: none of those is ever kept. By anything else, a page isn't.
VARIES_BY = ("Cookie", "Authorization", "HX-Request")
# In the last fifth of its life one visitor's request makes a page anew while the others still get it.
FRESH_PART = 0.8
REMAKING_SECONDS = 10
# Longer than any request takes: a page made of what was there before a change is never newer than the note of it.
CHANGE_KEPT_FOR = 3600
CLOCKS_DIFFER_SECONDS = 5
EVERYTHING = "*"


# --- Which pages ----------------------------------------------------------------------------


def for_visitors(*parameters: str) -> Callable[[View], View]:
    """Marks a view whose page is the same for all visitors. An address with a parameter not named here isn't kept."""

    def mark(view: View) -> View:
        view.visitor_parameters = frozenset(parameters)  # type: ignore[attr-defined]
        return view

    return mark


@lru_cache
def _beginnings(urlconf: str) -> tuple[str, ...]:
    """Of the addresses of marked views but the home page: for any other nobody asks the cache."""
    found = _beginnings_of(get_resolver(urlconf).url_patterns, "/")
    return tuple(sorted(set(found) - {"/"}))


def _beginnings_of(patterns: Iterable[Any], before: str) -> Iterator[str]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _beginnings_of(pattern.url_patterns, address)
        elif hasattr(pattern.callback, "visitor_parameters"):
            yield address.partition("<")[0]


def is_unknown(request: HttpRequest) -> bool:
    """Neither signed in nor with a message waiting; other cookies mean nothing here."""
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and CookieStorage.cookie_name not in request.COOKIES
    )


def is_asked_by_visitor(request: HttpRequest) -> bool:
    """Reads neither session nor database; the address may be one that nobody keeps."""
    return (
        settings.PAGE_CACHE_SECONDS > 0
        and request.method in ("GET", "HEAD")
        and _may_be_kept(request.path)
        and is_unknown(request)
        and "HTTP_AUTHORIZATION" not in request.META
        and "HTTP_HX_REQUEST" not in request.META
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and _is_named_rightly(request.META.get("HTTP_HOST", ""))
    )


def _may_be_kept(path: str) -> bool:
    return path == "/" or path.startswith(_beginnings(settings.ROOT_URLCONF))


def _is_named_rightly(host: str) -> bool:
    """Django takes a host with any port and in any case; each would be a page of its own."""
    return host == urlsplit(settings.SITE_URL).netloc or host in settings.ALLOWED_HOSTS


# --- What may be kept -----------------------------------------------------------------------


def is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Of an answer to is_asked_by_visitor()."""
    return (
        response.status_code == 200
        and _is_known_address(request)
        and _is_about_nobody(request, response)
        and _may_be_shared(response)
    )


def _is_known_address(request: HttpRequest) -> bool:
    """Nobody fills the cache with one page under ever new addresses."""
    view = getattr(request.resolver_match, "func", None)
    known: frozenset[str] | None = getattr(view, "visitor_parameters", None)
    if known is None:
        return False
    return all(
        name in known and len(values) <= MOST_VALUES
        for name, values in request.GET.lists()
    )


def _is_about_nobody(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        not response.cookies
        # A form's token was written.
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not request.user.is_authenticated
        and not getattr(get_messages(request), "added_new", False)
    )


def _may_be_shared(response: HttpResponse) -> bool:
    control = response.get("Cache-Control", "")
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")}
    return (
        not response.streaming
        and len(response.content) <= MOST_BYTES
        and not any(word in control for word in ("private", "no-store", "no-cache"))
        and varies <= {"", *map(str.lower, VARIES_BY)}
        # Good for one answer.
        and "'nonce-" not in response.get("Content-Security-Policy", "")
    )


# --- Keeping and finding --------------------------------------------------------------------


class Kept(NamedTuple):
    # Of the page's part of the site and of the whole site, when it was asked for.
    changes: tuple[str | None, ...]
    remake_at: float
    # By its name, for the log and the figures.
    view: str
    headers: ResponseHeaders
    # Under which page_bodies has the rest.
    digest: str


class Place:
    """Where one page lies. find() and keep() are one round trip to the cache each; a body not asked for lately is one more."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        asked = (
            request.scheme,
            request.META.get("HTTP_HOST"),
            request.path,
            request.META.get("QUERY_STRING"),
        )
        self.key = f"page:{release()}:{_digest(repr(asked))}"
        self.change_keys = change_keys(request.path)
        self.changes: tuple[str | None, ...] = ()

    def find(self) -> Kept | None:
        found = cache.get_many([self.key, *self.change_keys])
        self.changes = tuple(found.get(key) for key in self.change_keys)
        kept: Kept | None = found.get(self.key)
        if kept is None or kept.changes != self.changes or self._is_ours_to_make(kept):
            return None
        return kept

    def _is_ours_to_make(self, kept: Kept) -> bool:
        if time.time() < kept.remake_at:
            return False
        return cache.add(f"{self.key}:remaking", 1, REMAKING_SECONDS)

    def keep(self, response: HttpResponse, digest: str) -> None:
        """`digest` is of its content: prepare() gives it."""
        seconds = settings.PAGE_CACHE_SECONDS
        kept = Kept(
            # As they were before it was made: what changed meanwhile may not be in it.
            self.changes,
            time.time() + FRESH_PART * seconds,
            getattr(self.request.resolver_match, "view_name", ""),
            response.headers,
            digest,
        )
        body_key = page_bodies.cache_key(digest)
        cache.set_many({self.key: kept, body_key: response.content}, seconds)


def prepare(response: HttpResponse) -> str:
    """Adds the headers by which a browser and a proxy keep it rightly; gives the digest of what they keep."""
    digest = _digest(response.content)
    patch_vary_headers(response, VARIES_BY)
    response.headers.setdefault("Cache-Control", SHARED)
    response.headers.setdefault("ETag", f'"{digest}"')
    return digest


def answer(request: HttpRequest, kept: Kept) -> HttpResponse | None:
    """None if the cache has dropped what was on the page."""
    response = HttpResponse()
    response.headers = kept.headers
    known = unless_known(request, response)
    if known is response and request.method == "GET":
        body = page_bodies.find(kept.digest)
        if body is None:
            return None
        response.content = body
    request.kept_view = kept.view  # type: ignore[attr-defined]
    return known


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A 304 for whoever has this page already."""
    known = get_conditional_response(request, response["ETag"], response=response)
    assert isinstance(known, HttpResponse)
    return known


def _digest(content: str | bytes) -> str:
    if isinstance(content, str):
        content = content.encode(errors="surrogatepass")
    return hashlib.sha256(content).hexdigest()[:32]


def release() -> str:
    """Another release, or other settings that every page shows, never gets pages of this one."""
    return _release(
        settings.SITE_NAME, settings.SITE_URL, settings.DEMO, settings.LANGUAGE_CODE
    )


@lru_cache(maxsize=16)
def _release(*shown: object) -> str:
    digest = hashlib.sha256(repr(shown).encode())
    for file in _files():
        digest.update(str(file.relative_to(settings.BASE_DIR)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _files() -> Iterator[Path]:
    """All that pages are made of."""
    base: Path = settings.BASE_DIR
    for name in settings.OUR_APPS:
        yield from sorted(Path(apps.get_app_config(name).path).rglob("*.py"))
    for name in ("templates", "static"):
        yield from sorted(file for file in (base / name).rglob("*") if file.is_file())
    yield from sorted(base.glob("requirements*.lock"))


# --- What has changed -----------------------------------------------------------------------


def part_of(address: str) -> str:
    """Its first two names: /products/crm/voice/ and /api/v1/products/crm/ belong to /products/crm."""
    names = address.removeprefix("/api/v1").split("/", 3)
    return "/".join(names[:3])


def changed(addresses: Callable[[], Iterable[str]]) -> None:
    """After the commit, visitors get pages made anew at these addresses and beneath them. Asked for only then."""
    if settings.PAGE_CACHE_SECONDS:
        transaction.on_commit(
            lambda: _note(map(part_of, addresses())),
            robust=True,
        )


def everything_changed() -> None:
    """As changed(), for whatever is shown in many places or must be gone from all of them.

    Also where no whole pages are kept: what fills a frame is (kept_pages).
    """
    transaction.on_commit(lambda: _note([EVERYTHING]), robust=True)


def _note(parts: Iterable[str]) -> None:
    now = f"{time.time():.0f}"
    notes = {change_key(part): f"{now} {uuid4().hex}" for part in parts}
    if notes:
        cache.set_many(notes, CHANGE_KEPT_FOR + settings.PAGE_CACHE_SECONDS)


def changed_lately(request: HttpRequest) -> bool:
    """A replica may not show it yet."""
    notes: Iterable[str | None] | None = getattr(request, "notes_of_change", None)
    if notes is None:
        notes = cache.get_many(change_keys(request.path)).values()
    return is_recent(notes)


def is_recent(notes: Iterable[str | None]) -> bool:
    """Whether one of these changes is younger than a replica may be late, by the clocks of the machines that said so."""
    oldest = time.time() - settings.REPLICA_MAX_LAG_SECONDS - CLOCKS_DIFFER_SECONDS
    return any(float(note.split()[0]) > oldest for note in notes if note)


def change_keys(address: str) -> tuple[str, str]:
    """Where the notes of change lie that concern it."""
    return change_key(part_of(address)), change_key(EVERYTHING)


def change_key(part: str) -> str:
    return f"changed:{_digest(part)}"
