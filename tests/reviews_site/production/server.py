"""The site as an operator runs it, behind a proxy that speaks HTTPS: gunicorn and a worker in processes of their own."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.conftest import stop_group, test_database_url
from tests.reviews_site.test_local import free_port

HOST = "reviews.example.org"
METRICS_TOKEN = "a-token-for-the-tests-of-metrics"
# What compose and docs/operations.md run, without the address.
WEB = ("gunicorn", "reviews_site.wsgi", "--workers", "2")
WORKER = ("celery", "-A", "reviews_site", "worker", "--concurrency", "2", "--loglevel", "INFO")  # fmt: skip


@dataclass(frozen=True)
class Answer:
    status: int
    # As they came, for some come more than once.
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str | None:
        found = [value for each, value in self.headers if each.lower() == name.lower()]
        return found[0] if found else None


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, data: Mapping[str, str], at: str = "") -> Answer:
        """Sends the form that stands on the page `at`, by default at the same address."""
        form = self.get(at or path).body
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token is not None, form[:500]
        return self.send(path, {"csrfmiddlewaretoken": token[1], **data})

    def send(self, path: str, data: Mapping[str, str]) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
        }
        return self.ask("POST", path, urlencode(data), headers)

    def ask(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}  # fmt: skip
        sent |= {"Cookie": cookies} if cookies else {}
        connection.request(method, path, body, sent | self.always | dict(headers))
        response = connection.getresponse()
        answer = Answer(
            response.status, tuple(response.getheaders()), response.read().decode()
        )
        connection.close()
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content


@dataclass(frozen=True)
class Production:
    port: int
    log: Path
    # gunicorn's first process; it is the parent of those that answer.
    web: int

    def browser(self, **always: str) -> Browser:
        return Browser(self.port, always=always)

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_said(self, text: str, times: int = 1) -> None:
        until = time.monotonic() + 90
        while self.said().count(text) < times:
            assert time.monotonic() < until, f"{text!r} isn't in:\n{self.said()}"
            time.sleep(0.05)


@contextmanager
def running(folder: Path, *, worker: bool = False, **environment: str) -> Iterator[Production]:  # fmt: skip
    """On the test database, which must be that of a transactional test."""
    log = folder / "said.log"
    port = free_port()
    given = os.environ | {
        "DATABASE_URL": test_database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.reviews_site.production.settings",
        "SITE_URL": f"https://{HOST}",
        "TRUSTED_PROXY_COUNT": "1",
        "METRICS_TOKEN": METRICS_TOKEN,
        **environment,
    }
    with ExitStack() as stack, log.open("w") as out:

        def start(command: tuple[str, ...]) -> int:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=given,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            stack.callback(stop_group, process)
            return process.pid

        web = start((*WEB, "--bind", f"127.0.0.1:{port}"))
        production = Production(port, log, web)
        if worker:
            start(WORKER)
        # Each web process says it; the address answers as soon as one of them does.
        production.wait_until_said("Booting worker", times=2)
        wait_until_healthy(production)
        if worker:
            production.wait_until_said(" ready.")
        yield production


def wait_until_healthy(production: Production) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            if production.browser().get("/healthz").status == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < until, production.said()
        time.sleep(0.05)
