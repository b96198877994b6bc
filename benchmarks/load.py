"""A small load generator for 127.0.0.1: a fixed number of connections, bounded in time, every answer checked.

One process and one thread, which waits for whichever connection has something to read: it takes about 0.13 ms of CPU for
an answer, wrk about 0.09 ms (benchmarks/README.md), and wrk checks none of them.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, cycle, zip_longest
from typing import Any

CONNECTIONS = 8
TIMEOUT_SECONDS = 30
LARGEST_PART = 262_144
# As from behind one proxy: visitors come from many addresses, and none of them reaches a limit.
VISITORS = 4_000


class WrongAnswer(Exception):
    """The server answered, but not with what the page must hold."""


@dataclass(frozen=True)
class Page:
    """A page under test: its addresses are asked in turn; each answer must hold `expected` `times` times.

    `session` is that of a member for a page that only members see; empty for a visitor without any cookie.
    `status` 204 is the answer of a page that has nothing new.
    """

    name: str
    paths: tuple[str, ...]
    expected: bytes
    times: int = 1
    session: str = ""
    status: int = 200
    # What the answer of each address must hold besides: the product's name.
    holds: tuple[str, ...] = ()

    @property
    def is_conditional(self) -> bool:
        """Asked with the ETag of an answer before: the page is not sent again."""
        return self.status == 304

    def variant(self, **changed: Any) -> "Page":
        return replace(self, **changed)


@dataclass(frozen=True)
class Question:
    path: str
    request: bytes
    holds: bytes = b""


@dataclass(frozen=True)
class Slice:
    answers: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def request_for(path: str, session: str = "", etag: str = "") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if session:
        lines.append(f"Cookie: sessionid={session}")
    if etag:
        lines.append(f"If-None-Match: {etag}")
    return "".join(f"{line}\r\n" for line in lines).encode()


def forwarded(number: int) -> bytes:
    visitor = number % VISITORS
    return b"X-Forwarded-For: 10.0.%d.%d\r\n\r\n" % (visitor // 250, visitor % 250)


def fetch(port: int, path: str, session: str = "", etag: str = "") -> bytes:
    with socket.create_connection(
        ("127.0.0.1", port), timeout=TIMEOUT_SECONDS
    ) as connection:
        connection.sendall(request_for(path, session, etag) + forwarded(0))
        parts = []
        while part := connection.recv(LARGEST_PART):
            parts.append(part)
    return b"".join(parts)


def header(answer: bytes, name: str) -> str:
    """Empty if the answer has none of that name."""
    for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.decode("latin-1").lower() == name.lower():
            return value.strip().decode("latin-1")
    return ""


def check(page: Page, question: Question, answer: bytes) -> None:
    status = answer[9:12]
    if status != b"%d" % page.status:
        raise WrongAnswer(
            f"{page.name}: {question.path} answered {status.decode(errors='replace')}"
        )
    if page.is_conditional:
        return
    found = answer.count(page.expected) if page.expected else page.times
    if found < page.times:
        raise WrongAnswer(
            f"{page.name}: {question.path} holds {page.expected!r} {found} times, not {page.times}"
        )
    if question.holds not in answer:
        raise WrongAnswer(
            f"{page.name}: {question.path} does not hold {question.holds!r}"
        )


def warm_up(port: int, page: Page) -> list[Question]:
    """Each address once, in full, so that what may be kept is kept; gives what to ask from now on."""
    whole = page.variant(status=200) if page.is_conditional else page
    questions = []
    for path, holds in zip_longest(page.paths, page.holds, fillvalue=""):
        plain = Question(path, request_for(path, page.session), holds.encode())
        answer = fetch(port, path, page.session)
        check(whole, plain, answer)
        questions.append(again(page, plain, answer) if page.is_conditional else plain)
    return questions


def again(page: Page, question: Question, answer: bytes) -> Question:
    """The same as from a browser that kept the answer."""
    etag = header(answer, "ETag")
    if not etag:
        raise WrongAnswer(f"{page.name}: {question.path} has no ETag")
    return replace(question, request=request_for(question.path, page.session, etag))


def run(port: int, page: Page, questions: Sequence[Question], seconds: float) -> Slice:
    """All that was begun within that time is answered, checked and counted. WrongAnswer ends it."""
    begun = time.monotonic()
    done = 0
    with selectors.DefaultSelector() as waiting:
        for question, answer in _answers(
            waiting, port, cycle(questions), begun + seconds
        ):
            check(page, question, answer)
            done += 1
    return Slice(done, time.monotonic() - begun)


def _answers(
    waiting: selectors.BaseSelector,
    port: int,
    questions: Iterator[Question],
    until: float,
) -> Iterator[tuple[Question, bytes]]:
    numbers = count()

    def ask() -> None:
        question = next(questions)
        connection = socket.socket()
        # On this machine a connection is there at once, or it is refused.
        connection.connect(("127.0.0.1", port))
        connection.sendall(question.request + forwarded(next(numbers)))
        waiting.register(connection, selectors.EVENT_READ, (question, []))

    for _ in range(CONNECTIONS):
        ask()
    while waiting.get_map():
        ready = waiting.select(TIMEOUT_SECONDS)
        if not ready:
            raise WrongAnswer(f"no answer within {TIMEOUT_SECONDS} s")
        for key, _ in ready:
            question, parts = key.data
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            if part := connection.recv(LARGEST_PART):
                parts.append(part)
                continue
            waiting.unregister(connection)
            connection.close()
            if time.monotonic() < until:
                ask()
            yield question, b"".join(parts)
