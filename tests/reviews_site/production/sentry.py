"""A server that takes what the SDK sends, and keeps what it says."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli

DECODERS = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = DECODERS[self.headers.get("Content-Encoding", "")](body)
        self.server.taken.append(body.decode())  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        pass


class Sentry:
    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.dsn = f"http://public@127.0.0.1:{server.server_port}/1"
        self.taken: list[str] = server.taken  # type: ignore[attr-defined]

    def events(self) -> list[dict]:
        """An envelope is a line about itself, then for each item a line about it and one with it."""
        lines = [line for envelope in self.taken for line in envelope.splitlines()]
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [each for each in found if "exception" in each]


@contextmanager
def sentry_server() -> Iterator[Sentry]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.taken = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Sentry(server)
    finally:
        server.shutdown()
        server.server_close()
