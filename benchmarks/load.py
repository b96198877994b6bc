"""A small load generator for 127.0.0.1: fixed number of connections, bounded in time, every answer checked."""

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle

PROCESSES = 2
CONNECTIONS_PER_PROCESS = 4
TIMEOUT_SECONDS = 30


class WrongAnswer(Exception):
    """The server answered, but not with what the page must hold."""


@dataclass(frozen=True)
class Page:
    """A page under test: its addresses are asked in turn; each answer must hold `expected` `times` times.

    `session` is that of a member for a page that only members see; empty for a visitor without any cookie.
    """

    name: str
    paths: tuple[str, ...]
    expected: bytes
    times: int = 1
    session: str = ""


def fetch(port: int, path: str, session: str = "") -> bytes:
    cookie = f"Cookie: sessionid={session}\r\n" if session else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}Connection: close\r\n\r\n".encode()
    with socket.create_connection(
        ("127.0.0.1", port), timeout=TIMEOUT_SECONDS
    ) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def check(page: Page, path: str, answer: bytes) -> None:
    status = answer[9:12]
    # A page that holds nothing answers so.
    if status != (b"200" if page.expected else b"204"):
        raise WrongAnswer(
            f"{page.name}: {path} answered {status.decode(errors='replace')}"
        )
    found = answer.count(page.expected)
    if found < page.times:
        raise WrongAnswer(
            f"{page.name}: {path} holds {page.expected!r} {found} times, not {page.times}"
        )


def _one_connection(port: int, page: Page, paths: Sequence[str], until: float) -> int:
    done = 0
    for path in cycle(paths):
        if time.monotonic() >= until:
            return done
        check(page, path, fetch(port, path, page.session))
        done += 1
    return done


def _one_process(port: int, page: Page, offset: int, seconds: float) -> int:
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(CONNECTIONS_PER_PROCESS) as threads:
        runs = []
        for number in range(CONNECTIONS_PER_PROCESS):
            start = (offset + number * 7) % len(page.paths)
            paths = page.paths[start:] + page.paths[:start]
            runs.append(threads.submit(_one_connection, port, page, paths, until))
        return sum(run.result() for run in runs)


def run(
    pool: ProcessPoolExecutor, port: int, page: Page, seconds: float
) -> tuple[int, float]:
    """(requests answered rightly, seconds it took)."""
    begun = time.monotonic()
    runs = [
        pool.submit(_one_process, port, page, number * 13, seconds)
        for number in range(PROCESSES)
    ]
    done = sum(each.result() for each in runs)
    return done, time.monotonic() - begun
