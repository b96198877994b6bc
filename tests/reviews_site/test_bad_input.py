"""Every address of the site, with input that no browser would send: an answer below 500, and reading writes nothing."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from accounts.services import create_token
from tests.factories import ReviewFactory
from tests.messaging.people import ask, member

LONG = "a" * 10_000
HUGE = "9" * 30

# What stands for one part of an address; the first one of a slug or an id is a real one.
PARTS = {
    "slug": ["nope", "-1", LONG, "%F0%9F%92%A5", "%FF"],
    "uuid": ["00000000-0000-0000-0000-000000000000", HUGE, "%00"],
    "int": ["0", HUGE, "-1"],
    "text": ["x", "%00", "%FF", LONG, "..%2F..%2Fetc", "MQ:1:%F0%9F%98%80", HUGE],
}

QUERIES = [
    "q=%00",
    "q=%FF%FE&%FF=%FF",
    "q=" + LONG,
    "q=%F0%9F%98%80&page=%D9%A1",
    "q=%22%27%7C%26%21%3A%2A%28%29%3C-%3E%20%5C%20OR%20-foo",
    f"q=a&page={HUGE}&p={HUGE}&o={HUGE}&e=1&stars={HUGE}&page_size={HUGE}",
    "q=a&page=-1&p=-1&o=-1.x&page_size=-1&stars=-1&min_rating=nan",
    "cursor=AAAA&before=AAAA&after=AAAA&step=../..&tab=zz&sort=__class__",
    f"cursor={'Zm9v' * 500}&before={HUGE}&after=%F0%9F%98%80",
    "q[]=1&q=a&q=b&category[]=1&vendor=%F0%9F%98%80&licence=%FF&to=%FF",
    "id__exact=zz&pk__in=a,b&status__exact=%F0%9F%98%80&_changelist_filters=%FF",
    "next=//elsewhere.example/&" + "&" * 50,
]

FIELDS = [
    "_selected_action",
    "action",
    "address",
    "affirmed",
    "body",
    "client_key",
    "code",
    "details",
    "email",
    "go",
    "headline",
    "last_used_on",
    "login",
    "name",
    "outcome",
    "perspective",
    "pros",
    "q",
    "reason",
    "reason_code",
    "statement",
    "step",
    "up_to",
    "version",
]

FORM = "application/x-www-form-urlencoded"
FORM_BODIES = [
    ("&".join(f"{name}=%00" for name in FIELDS), FORM),
    ("&".join(f"{name}=%FF%ED%A0%80" for name in FIELDS), FORM),
    ("&".join(f"{name}={HUGE}" for name in FIELDS), FORM),
    ("&".join(f"{name}[]=1&{name}=a&{name}=b" for name in FIELDS), FORM),
    ("&".join(f"{name}={LONG}" for name in FIELDS[:9]), FORM),
    ("&".join(f"x{number}=1" for number in range(1_500)), FORM),
    ("x", "multipart/form-data"),
    ('--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nx', "text/plain"),
]
JSON_BODIES = [
    ("", "application/json"),
    ("null", "application/json"),
    ("[]", "application/json"),
    ('{"product":', "application/json"),
    ("[" * 50_000, "application/json"),
    ('{"a":' * 5_000 + "1" + "}" * 5_000, "application/json"),
    ('{"body":"\\u0000","product":"\\u0000"}', "application/json"),
    ('{"body":"\\ud800","product":{"a":[1]}}', "application/json"),
    ('{"product":NaN,"half_stars":1e999,"last_used_on":"0000-00-00"}', "application/json"),
    ('{"half_stars":' + "9" * 5_000 + "}", "application/json"),
]  # fmt: skip

HEADERS = [
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer \xff\x01"},
    {"Authorization": "Basic !!", "Accept": "zz"},
    {"Accept": "text/html;q=zz", "Accept-Language": "\xff;q=9"},
    {"If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT", "If-None-Match": "\xff"},
    {"HX-Request": "true", "HX-Current-URL": "\xff%00", "X-Forwarded-For": "\xff, zz"},
    {"Cookie": "sessionid=\xff%00; csrftoken=\xff; messages=\xff"},
    {"Host": "elsewhere.example"},
]

# A session is written by reading it: Django keeps it, and the list of one's devices notes when it was seen.
KEPT_BY_READING = ("django_session", "usersessions_usersession")
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)


def patterns() -> list[str]:
    def below(resolver: URLResolver, start: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = start + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield route
            else:
                yield from below(entry, route)

    return sorted(set(below(get_resolver(), "/")))


def addresses(pattern: str, known: dict[str, str]) -> list[str]:
    """A real one where the pattern asks for something that exists, and one for each kind of nonsense."""
    plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", pattern)
    plain = re.sub(r"\\[Zz]|[\^$\\]", "", plain)
    named = re.findall(r"<(?:(\w+):)?(\w+)>", plain)
    choices = [
        ([known[name]] if name in known else []) + PARTS.get(kind, PARTS["text"])
        for kind, name in named
    ]
    made = []
    for number in range(max(map(len, choices), default=1)):
        parts = iter(choice[number % len(choice)] for choice in choices)
        made.append(re.sub(r"<[^>]+>", lambda _: next(parts), plain))  # noqa: B023
    return made


def pace(pattern: str) -> int:
    """The panel's pages take ten times as long as others and are made by one library: each meets a third of it all."""
    return 3 if "/admin/" in pattern else 1


def clean(response) -> bool:
    return response.status_code < 500


@pytest.fixture
def site(db) -> dict[str, str]:
    """A review and a conversation, and by role who may do something there."""
    reviewer, buyer = member(), member()
    review = ReviewFactory(author=reviewer)
    conversation = ask(buyer, review)
    return {
        "slug": review.product.slug,
        "public_id": str(review.public_id),
        "conversation": str(conversation.public_id),
        "message_id": str(conversation.messages.get().public_id),
        "app_label": "reviews",
        "object_id": str(review.pk),
        "key": create_token(user=buyer, name="Nightly export")[1],
    }


@pytest.fixture
def visitor(client) -> Client:
    return polite(client)


@pytest.fixture
def moderator(db) -> Client:
    boss = member(is_staff=True, is_superuser=True)
    return polite(Client(), boss)


@pytest.fixture
def buyer(site) -> Client:
    return polite(Client(), User.objects.get(participations__role="buyer"))


def polite(client: Client, user: User | None = None) -> Client:
    client.raise_request_exception = False
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def people(site, visitor, buyer, moderator) -> list[Client]:
    return [visitor, buyer, moderator]


def known_to(pattern: str, site: dict[str, str]) -> dict[str, str]:
    if "messages/" not in pattern and "conversations/" not in pattern:
        return site
    return site | {"public_id": site["conversation"]}


def written(queries: CaptureQueriesContext) -> set[str]:
    found = (WRITES.match(query["sql"]) for query in queries)
    return {match[1] for match in found if match} - set(KEPT_BY_READING)


# One test for each address, because making the people costs more than asking.
@pytest.mark.parametrize("pattern", patterns())
def test_input_of_any_kind_is_answered_and_reading_writes_nothing(
    people, site, pattern
):
    paths = addresses(pattern, known_to(pattern, site))
    if "/admin/" in pattern:
        people = people[-1:]

    read(paths, people)
    query(paths[0], people, QUERIES[:: pace(pattern)])
    bodies = FORM_BODIES + JSON_BODIES if "/api/" in pattern else FORM_BODIES
    post(paths[0], people, bodies[:: pace(pattern)], site["key"])


def read(paths: list[str], people: list[Client]) -> None:
    """All of them at the real address, one at each nonsense."""
    for number, path in enumerate(paths):
        for client in people if number == 0 else [people[number % len(people)]]:
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)

            assert clean(answer), path[:200]
            assert written(queries) == set(), path[:200]


def query(path: str, people: list[Client], queries: list[str]) -> None:
    for number, asked in enumerate(queries):
        answer = people[number % len(people)].get(f"{path}?{asked}")

        assert clean(answer), (path, asked[:200])


def post(
    path: str, people: list[Client], bodies: list[tuple[str, str]], key: str
) -> None:
    # With a token nothing is refused before the body is read.
    headers = {"Authorization": f"Bearer {key}"} if "/api/" in path else {}
    for number, (body, content_type) in enumerate(bodies):
        client = people[number % len(people)]
        answer = client.post(path, body.encode(), content_type, headers=headers)

        assert clean(answer), (path, body[:200])
    assert clean(people[0].put(path, b"\xff", FORM))
    assert clean(people[0].head(path))


@pytest.mark.parametrize("path", ["/", "/search/?q=a", "/me/", "/admin/", "/api/v1/"])
@pytest.mark.parametrize("headers", HEADERS)
def test_header_of_any_kind_is_answered(visitor, site, path, headers):
    assert clean(visitor.get(path, headers=headers))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/me/", "/api/v1/products/"])
def test_a_cookie_that_postgres_could_not_store_is_refused(path):
    client = Client()
    # A browser sends it as "a\000b", within quotes.
    client.cookies["sessionid"] = "abcdefgh\x00"
    answer = client.get(path)
    assert answer.status_code == 400
    assert "A cookie contains a character" in answer.content.decode()
