"""Every route read and every button pressed by everybody, and what they met there that isn't theirs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from notifications.delivery import as_message
from notifications.models import OutgoingEmail
from tests.answers import said
from tests.trust.crawl import address, inside, named_routes, whole
from tests.trust.leaks import policies
from tests.trust.leaks.declared import operations, policy_of
from tests.trust.leaks.policies import Policy
from tests.trust.leaks.site import Site


@dataclass(frozen=True)
class Place:
    """A route or an operation of the API, with an address of it."""

    name: str
    address: str
    policy: Policy
    method: str = "GET"


@dataclass(frozen=True)
class Reading:
    """What somebody got there."""

    reader: str
    place: Place
    status: int
    headers: dict[str, str]
    whole: bytes
    found: frozenset[str]

    def leaks(self, *, is_shared: bool = False) -> list[str]:
        allows = self.place.policy.allows
        return sorted(
            label
            for label in self.found
            if not allows(self.reader, label, is_shared=is_shared)
        )

    def by(self, reader: str) -> "Reading":
        """Whose token it was."""
        return replace(self, reader=reader)

    def is_kept(self) -> bool:
        """By a cache, or by the history that htmx keeps in the browser."""
        kept = "no-store" not in self.headers.get("Cache-Control", "")
        is_page = b"<html" in self.whole
        in_history = (b'"historyCacheSize":0' not in self.whole and b'hx-history="false"' not in self.whole)  # fmt: skip
        is_staffs = self.place.address.startswith("/admin/")
        return kept or (is_page and not is_staffs and in_history)


def places(
    site: Site, routes: Iterable[tuple[str, str]] | None = None, method: str = "GET"
) -> list[Place]:
    """One of each route, and those that need more than an address."""
    known, found = site.known(), []
    for name, route in routes or named_routes():
        example = address(route, known)
        assert example is not None, f"Give an example of {route} to known()."
        policy = policy_of(name, route)
        queries = site.queries().get(name, ()) if method == "GET" else ()
        for query in ("", *queries):
            found.append(Place(name, example + query, policy, method))
    return found


def read(site: Site, reader: str, places: Iterable[Place]) -> Iterator[Reading]:
    for place in places:
        yield ask_for(site, reader, place)


def ask_for(
    site: Site, reader: str, place: Place, data: Any = None, **kwargs: Any
) -> Reading:
    if place.method == "GET":
        with same_cookies(site.clients[reader]):
            return _send(site, reader, place, data, **kwargs)
    return press(site, reader, place, data, **kwargs)[0]


def press(
    site: Site, reader: str, place: Place, data: Any = None, **kwargs: Any
) -> list[Reading]:
    """What came back, what that led to, and what everybody was told by e-mail; then it is all taken back."""
    with transaction.atomic(), same_cookies(site.clients[reader]):
        last = last_mail()
        found = [_send(site, reader, place, data, **kwargs)]
        if leads_to := inside(found[0].headers.get("Location", "")):
            there = replace(place, address=leads_to, method="GET")
            found.append(_send(site, reader, there))
        found += mails(site, last)
        transaction.set_rollback(True)
    return found


@contextmanager
def same_cookies(client: Client) -> Iterator[None]:
    """Whatever is done in between: logging out, for instance."""
    cookies = client.cookies.copy()
    yield
    client.cookies = cookies


def _send(
    site: Site, reader: str, place: Place, data: Any = None, **kwargs: Any
) -> Reading:
    client = site.clients[reader]
    site.chance.restart(f"{reader}: {place.method} {place.name}")
    answer = getattr(client, place.method.lower())(place.address, data, **kwargs)
    return reading(site, reader, place, answer)


def reading(site: Site, reader: str, place: Place, answer: HttpResponseBase) -> Reading:
    everything = whole(answer)
    found = site.canaries.found_in(without_address(everything, place.address))
    return Reading(
        reader,
        place,
        answer.status_code,
        said(answer),
        everything,
        frozenset(found),
    )


def without_address(everything: bytes, asked: str) -> bytes:
    """Whoever asks for an address knows it: a way to the log-in names it, and so does the page itself."""
    path, _, query = asked.partition("?")
    ways = {path, quote(path, safe=""), quote(path)} - {"/"}
    ways |= {value for _, value in parse_qsl(query) if len(value) > 30}
    for way in ways:
        everything = everything.replace(way.encode(), b"(asked for)")
    return everything


# --- The API --------------------------------------------------------------------------------

WRITES = ("POST", "PUT", "PATCH", "DELETE")


def operations_of(site: Site) -> list[tuple[Place, dict[str, Any] | None]]:
    """Each operation of the OpenAPI document, and what is sent to it."""
    known, found = site.known(), []
    for method, path in operations():
        example = address(path.replace("{", "<").replace("}", ">"), known)
        assert example is not None, f"Give an example of {path} to known()."
        place = Place(f"{method} {path}", example, policies.OPERATIONS[f"{method} {path}"], method)  # fmt: skip
        found.append((place, site.body_for(path) if method in WRITES else None))
    return found


def reports_of(found: Iterable[str]) -> set[str]:
    """What the desk of reports shows of a conversation."""
    return {label for label in found if not label.endswith(".email")}


# --- E-mails --------------------------------------------------------------------------------


def last_mail() -> int:
    newest = OutgoingEmail.objects.order_by("-pk").values_list("pk", flat=True)
    return newest.first() or 0


def mails(site: Site, after: int = 0) -> list[Reading]:
    """The source of each as it would be sent, and its parts decoded; `after`: the key of the last one before."""
    role_of = {user.pk: role for role, user in site.people.items()}
    queued = OutgoingEmail.objects.filter(pk__gt=after).order_by("pk")
    return [
        _mail(site, role_of.get(mail.recipient_id, "somebody else"), mail)
        for mail in queued.select_related("recipient")
    ]


def _mail(site: Site, reader: str, mail: OutgoingEmail) -> Reading:
    message = as_message(mail).message()
    parts = [message.as_bytes(), str(message["Subject"]).encode()]
    parts += [part.get_payload(decode=True) or b"" for part in message.walk()]
    everything = b"\n".join(parts)
    place = Place(mail.kind, mail.address, policies.EMAILS[mail.kind], "E-MAIL")
    found = frozenset(site.canaries.found_in(everything))
    return Reading(reader, place, 0, {}, everything, found)


# --- What is wrong with it ------------------------------------------------------------------


def leaks_of(readings: Iterable[Reading], *, is_shared: bool = False) -> dict[tuple[str, ...], list[str]]:  # fmt: skip
    """What was met where it doesn't belong; and whatever is private and may be kept by the browser."""
    found: dict[tuple[str, ...], list[str]] = {}
    for one in readings:
        where = (one.reader, one.place.method, one.place.name, one.place.address)
        if leaks := one.leaks(is_shared=is_shared):
            found[where] = leaks
        is_page = one.place.method != "E-MAIL"
        if is_page and one.found and one.reader != "visitor" and one.is_kept():
            found[*where, "kept by the browser"] = sorted(one.found)
    return found
