"""The load generator against a server that answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.load import Page, WrongAnswer, run, warm_up


class Answers(BaseHTTPRequestHandler):
    visitors: set[str] = set()

    def do_GET(self) -> None:
        self.visitors.add(self.headers["X-Forwarded-For"])
        if self.headers["If-None-Match"] == '"one"':
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(503 if self.path == "/broken/" else 200)
        self.send_header("ETag", '"one"')
        self.end_headers()
        self.wfile.write(f"<h1>{self.path}</h1><li><li>".encode())

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """Where a wrong answer ends the measurement, the others are not read to the end."""


@pytest.fixture(scope="module")
def port():
    server = Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def asked(port: int, page: Page):
    return run(port, page, warm_up(port, page), 0.2)


def test_right_answers_are_counted(port):
    Answers.visitors.clear()
    done = asked(port, Page("page", ("/a/", "/b/"), b"<li>", 2, holds=("/a/", "/b/")))
    assert done.answers >= 8
    assert done.rate == done.answers / done.seconds
    assert len(Answers.visitors) >= 8


def test_an_answer_that_is_not_sent_again_is_asked_for_by_its_etag(port):
    assert asked(port, Page("page, 304", ("/a/",), b"<li>", 2, status=304)).answers >= 8


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page("page", ("/broken/",), b"<li>"), "answered 503"),
        (Page("page", ("/a/",), b"<li>", 3), "2 times, not 3"),
        (Page("page", ("/a/",), b"<li>", holds=("Grafana",)), "does not hold b'Grafana'"),
    ],
)  # fmt: skip
def test_a_wrong_answer_ends_the_measurement(port, page, why):
    with pytest.raises(WrongAnswer, match=why):
        warm_up(port, page)


def test_each_answer_is_checked_not_only_the_first(port):
    page = Page("page", ("/a/",), b"<li>", 2)
    with pytest.raises(WrongAnswer, match="2 times, not 3"):
        run(port, page.variant(times=3), warm_up(port, page), 0.2)
