"""deploy/nginx/nginx.conf, run by a real nginx in front of the real site; only its paths and ports are others."""

import gzip
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from products.models import Product
from reviews_site.local.bootstrap import ROOT
from reviews_site.local.nginx import find_nginx
from reviews_site.middleware import RefuseTooMuchInputMiddleware
from tests.factories import ProductFactory, UserFactory
from tests.reviews_site.test_local import free_port, wait_until

pytestmark = pytest.mark.skipif(
    find_nginx() is None, reason="No nginx is here, nor could one be unpacked."
)
CONFIGURATION = (ROOT / "deploy/nginx/nginx.conf").read_text()
with_database = pytest.mark.django_db(transaction=True)
# From the cache, whether it was made a moment ago or is being made anew for the next one.
# Its second may have ended meanwhile.
KEPT = {"HIT", "EXPIRED"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Front:
    address: str
    log: Path

    def get(self, path: str, data: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(self.address + path, data, named)
        try:
            with urllib.request.urlopen(asked, timeout=30) as response:
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())


def configured(folder: Path, port: int, site: str) -> Path:
    changes = {
        "worker_processes auto;": "worker_processes 1;"
        + (" user root;" if os.geteuid() == 0 else ""),
        "/etc/nginx/mime.types": str(folder / "mime.types"),
        "/tmp/nginx": f"{folder}/nginx",
        "/dev/stdout": str(folder / "access.log"),
        "/dev/stderr": str(folder / "error.log"),
        "/srv/static/": f"{folder}/static/",
        # An address in place of a name that Docker would know.
        "server web:8000 resolve": f"server {site}",
        "resolver 127.0.0.11 valid=2s ipv6=off;": "",
        "listen 8080": f"listen 127.0.0.1:{port}",
    }
    text = CONFIGURATION
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "mime.types").write_text("types { text/css css; }\n")
    (folder / "nginx.conf").write_text(text)
    return folder / "nginx.conf"


@pytest.fixture
def site() -> Iterator[LiveServer]:
    """Of this test alone: one of them stops it. Where no database is open to the test, nothing asked it for a page."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@contextmanager
def running_nginx(folder: Path, site: str) -> Iterator[Front]:
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "static" / "css" / "site.0a1b.css").write_text("a {}\n" * 500)
    port = free_port()
    command = [str(find_nginx()), "-c", str(configured(folder, port, site))]
    with (folder / "said").open("w") as said:
        nginx = subprocess.Popen(
            [*command, "-p", str(folder), "-g", "daemon off;"], stderr=said
        )
    front = Front(f"http://127.0.0.1:{port}", folder / "access.log")
    try:
        wait_until(lambda: nginx.poll() is not None or answers(front), seconds=30)
        assert nginx.poll() is None, (folder / "said").read_text()
        yield front
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(20)


@pytest.fixture
def front(site, tmp_path, settings) -> Iterator[Front]:
    settings.PAGE_CACHE_SECONDS = 60
    settings.TRUSTED_PROXY_COUNT = 1
    with running_nginx(tmp_path, site.url.removeprefix("http://")) as running:
        settings.SITE_URL = running.address
        yield running


def answers(front: Front) -> bool:
    try:
        return front.get("/static/none.css").status == 404
    except OSError:
        return False


def cookies(user) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def test_static_files_come_from_nginx_compressed_and_for_good(front):
    answer = front.get("/static/css/site.0a1b.css", Accept_Encoding="gzip")
    assert answer.status == 200
    assert answer.headers["Server"] == "nginx"
    assert answer.headers["Content-Type"] == "text/css"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=315360000, immutable"
    assert front.get("/static/css/").status == 403
    assert front.get("/metrics").status == 404
    assert front.log.read_text().count("/static/") == 0


@with_database
def test_visitors_share_a_page_and_a_member_never_gets_one_nor_leaves_one(front):
    path = f"/products/{ProductFactory(slug='asked').slug}/"
    first, second = front.get(path), front.get(path)
    assert (first.status, first.headers["X-Cache"]) == (200, "MISS")
    assert second.headers["X-Cache"] in KEPT
    assert second.body == first.body
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    small = front.get(path, Accept_Encoding="gzip")
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.body) == first.body

    member = cookies(UserFactory())
    for _ in range(2):
        answer = front.get(path, Cookie=member)
        assert answer.status == 200
        assert answer.headers["X-Cache"] == "BYPASS"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.body != first.body
    for headers in ({"Authorization": "Bearer none"}, {"HX_Request": "true"}, {"Cookie": "messages=x"}):  # fmt: skip
        assert front.get(path, **headers).headers["X-Cache"] == "BYPASS"
    assert front.get(path).headers["X-Cache"] in KEPT
    assert front.get(path).body == first.body


@with_database
def test_what_is_not_for_everybody_is_never_kept(front):
    for path in ("/me/", "/accounts/login/", "/messages/", "/search/?q=none&p=x"):
        for _ in range(2):
            answer = front.get(path)
            assert answer.headers["X-Cache"] == "MISS", path
            assert "public" not in answer.headers.get("Cache-Control", "")
    kept = front.log.parent.glob("nginx-cache/**/*")
    assert [file for file in kept if file.is_file()] == []


@with_database
def test_a_page_is_there_while_the_site_is_away(front, site):
    ProductFactory(slug="asked")
    first = front.get("/products/asked/")
    assert front.get("/products/").status == 200
    site.stop()
    wait_until(lambda: front.get("/products/asked/").headers["X-Cache"] == "STALE")
    assert front.get("/products/asked/").body == first.body
    away = front.get("/accounts/login/")
    assert away.status == 503
    assert away.headers["Retry-After"] == "5"
    assert b"does not answer" in away.body


@with_database
def test_what_is_gone_is_gone_and_does_not_come_back_while_the_site_is_away(
    front, site
):
    product = ProductFactory(slug="asked")
    assert front.get("/products/asked/").status == 200
    Product.objects.filter(pk=product.pk).update(status=Product.Status.HIDDEN)
    # The site's own copy: whoever hides a product by the panel ends it.
    cache.clear()
    wait_until(lambda: front.get("/products/asked/").status == 404)
    site.stop()
    wait_until(lambda: front.get("/products/asked/").headers["X-Cache"] == "STALE")
    assert front.get("/products/asked/").status == 404


def test_too_many_requests_are_429_and_other_visitors_notice_nothing(front):
    statuses = []
    until = time.monotonic() + 60
    while 429 not in statuses and time.monotonic() < until:
        statuses.append(front.get("/healthz", X_Forwarded_For="198.51.100.7").status)
    assert statuses.count(200) >= 100
    assert statuses[-1] == 429
    answer = front.get("/healthz", X_Forwarded_For="198.51.100.7")
    if answer.status == 429:
        assert answer.headers["Retry-After"] == "5"
    assert front.get("/healthz", X_Forwarded_For="198.51.100.8").status == 200


def test_a_body_that_no_form_takes_is_413_before_the_site_sees_it(front):
    most = RefuseTooMuchInputMiddleware.MOST_BYTES
    assert f"client_max_body_size {most};" in CONFIGURATION
    answer = front.get("/accounts/login/", data=b"x" * (most + 1))
    assert answer.status == 413
    assert answer.body == b"This is more than any form here takes.\n"
    wait_until(lambda: '"status":413,"bytes":39' in front.log.read_text())


@with_database
def test_the_log_has_the_request_and_nothing_that_opens_an_account(front):
    token = "MQ:1tQuixotic:walrusplantedwalrusplanted"
    asked = front.get(
        f"/emails/unsubscribe/{token}/?email=quixotic@walrus.example",
        User_Agent="quixotic walrus",
        X_Forwarded_For="198.51.100.7",
        Referer="http://quixotic.example/",
    )
    front.get("/products/?q=quixotic")
    wait_until(lambda: "/products/" in front.log.read_text())
    log = front.log.read_text()
    assert '"place":"/emails/unsubscribe/..."' in log
    assert asked.headers["X-Request-ID"] in log
    assert not re.search("quixotic|walrus|198.51|127.0.0.1", log, re.I)


class Echo(BaseHTTPRequestHandler):
    """A site that answers with the headers it was asked with."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(self.headers)).encode())


def test_a_visitor_can_not_choose_the_address_that_the_site_sees(tmp_path):
    """nginx tells one address: the last that a proxy in a private network named."""
    with HTTPServer(("127.0.0.1", 0), Echo) as echo:
        threading.Thread(target=echo.serve_forever, daemon=True).start()
        with running_nginx(tmp_path, f"127.0.0.1:{echo.server_port}") as front:
            answer = front.get(
                "/",
                X_Forwarded_For="6.6.6.6, 198.51.100.7",
                X_Forwarded_Proto="gopher",
                X_Request_ID="mine",
            )
        echo.shutdown()
    seen = json.loads(answer.body)
    assert seen["X-Forwarded-For"] == "198.51.100.7"
    assert seen["X-Forwarded-Proto"] == "http"
    assert seen["X-Request-ID"] == answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", seen["X-Request-ID"])


class AllAtOnce(BaseHTTPRequestHandler):
    """A site that answers once so many wait for it, with what is never kept."""

    waiting = threading.Barrier(4, timeout=4)

    def do_GET(self) -> None:
        self.waiting.wait()
        self.send_response(200)
        self.send_header("Cache-Control", "private, no-store")
        self.end_headers()


def test_nobody_waits_for_another_who_asks_for_what_is_never_kept(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), AllAtOnce) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        with (
            running_nginx(tmp_path, f"127.0.0.1:{site.server_port}") as front,
            ThreadPoolExecutor(4) as visitors,
        ):
            answers = list(visitors.map(front.get, ["/accounts/login/"] * 4))
        site.shutdown()
    assert [answer.status for answer in answers] == [200] * 4
