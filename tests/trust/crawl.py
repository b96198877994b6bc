"""Every page that the site has, as others than staff get it: by the resolver, and by the links on the pages."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.answers import said

# Staff sees authors, that is what staff is for; a link of an e-mail is for who got the e-mail; /readyz tells how far a
# clock that stands still is from Postgres' own.
LEFT_OUT = ("/admin/", "/accounts/", "/static/", "/readyz")
LINK = re.compile(rb'(?:href|src|action|hx-get)="([^"]+)"|<loc>([^<]+)</loc>')
MOST_PAGES = 600
# Filters multiply: each page of one choice leads to those of two. What a second one shows, the first one showed too.
MOST_CHOICES = 1
# An address that needs two products.
TWO = ("/compare",)


def named_routes() -> list[tuple[str, str]]:
    """Every pattern of the resolver, also staff's and the libraries': its name, or itself where it has none."""

    def below(
        resolver: URLResolver, start: str, namespaces: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        for entry in resolver.url_patterns:
            route = start + str(entry.pattern)
            if isinstance(entry, URLPattern):
                name = ":".join((*namespaces, entry.name)) if entry.name else route
                yield name, route
            else:
                inner = (entry.namespace,) if entry.namespace else ()
                yield from below(entry, route, (*namespaces, *inner))

    return sorted(set(below(get_resolver(), "/", ())))


def routes() -> list[str]:
    return sorted(
        {route for _, route in named_routes() if not route.startswith(LEFT_OUT)}
    )


def addresses(known: Mapping[str, str]) -> list[str]:
    """An address for each route. `known`: the start of a route and the name of its part to what stands there.

    A route with a part that `known` doesn't have is named: whoever adds a page adds an example.
    """
    found = {route: address(route, known) for route in routes()}
    missing = [route for route, example in found.items() if example is None]
    assert missing == [], f"Give an example of each of these to `known`: {missing}"
    return [example for example in found.values() if example is not None]


def address(route: str, known: Mapping[str, str]) -> str | None:
    plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    plain = re.sub(r"\\[Zz]|[\^$\\]", "", plain)
    parts = re.findall(r"<(?:\w+:)?(\w+)>", plain)
    values = {part: _value(known, plain, part) for part in parts}
    if None in values.values():
        return None
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), plain)


def _value(known: Mapping[str, str], route: str, part: str) -> str | None:
    """That of the longest start that fits."""
    fitting = [
        key
        for key in known
        if key.endswith(f" {part}") and route.startswith(key.partition(" ")[0])
    ]
    return known[max(fitting, key=len)] if fitting else None


def links(content: bytes, content_type: str) -> Iterator[str]:
    if content_type.startswith("application/json"):
        yield from _in_json(json.loads(content))
        return
    for attribute, loc in LINK.findall(content):
        yield html.unescape((attribute or loc).decode(errors="replace"))


def _in_json(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _in_json(each)
    elif isinstance(value, list):
        for each in value:
            yield from _in_json(each)
    elif isinstance(value, str) and value.startswith("http://testserver/"):
        yield value


def inside(address: str) -> str | None:
    """Path and query of an address of this site."""
    parts = urlsplit(address)
    if parts.netloc not in ("", "testserver") or not parts.path.startswith("/"):
        return None
    if parts.path.startswith(LEFT_OUT):
        return None
    most = 2 if parts.path.startswith(TWO) else MOST_CHOICES
    if len(parse_qsl(parts.query)) > most:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def whole(response) -> bytes:  # type: ignore[no-untyped-def]
    """Status, headers, cookies, body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # fmt: skip
    headers = "".join(
        f"{name}: {value}\n" for name, value in sorted(said(response).items())
    )
    cookies = response.cookies.output(sep="\n")
    return f"{response.status_code}\n{headers}{cookies}\n\n".encode() + body


def crawl(client: Client, starts: list[str], restart, follow: bool = True) -> dict[str, bytes]:  # type: ignore[no-untyped-def]  # fmt: skip
    """Address to all that came back, for the starts and, if followed, whatever they lead to."""
    waiting, read = list(starts), {}
    while waiting:
        address = waiting.pop(0)
        if address in read:
            continue
        assert len(read) < MOST_PAGES, "The pages lead to ever more pages."
        restart(address)
        response = client.get(address)
        read[address] = whole(response)
        if follow and not response.streaming:
            found = links(response.content, response.get("Content-Type", ""))
            waiting += [path for path in map(inside, found) if path]
    return read
