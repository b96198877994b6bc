"""A server that passes everything on to the real Redis, until it falls silent, which is to accept and never answer, or dies."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings


class RedisProxy:
    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.url = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        self.silent = False
        # As if nobody listened: whoever is connected or connects is thrown out.
        self.dead = False
        self.accepted = 0
        # Each is a question that somebody waited for in vain.
        self.unanswered = 0
        self._sockets = [listener]

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self.dead:
                client.close()
                continue
            server = real_redis()
            self._sockets += [client, server]
            for source, target in [(client, server), (server, client)]:
                threading.Thread(
                    target=self._pass_on, args=(source, target), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while (data := source.recv(65536)) and not self.dead:
                if self.silent:
                    self.unanswered += 1
                else:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def close(self) -> None:
        for each in self._sockets:
            each.close()


def number_of_broker() -> int:
    """The cache has the database after it."""
    return int(_cache()["db"]) - 1


def _cache() -> dict[str, Any]:
    return redis.Redis.from_url(settings.CACHE_URL).connection_pool.connection_kwargs


def real_redis() -> socket.socket:
    where = _cache()
    if "path" in where:
        unix = socket.socket(socket.AF_UNIX)
        unix.connect(where["path"])
        return unix
    return socket.create_connection((where["host"], where["port"]))


@contextmanager
def redis_proxy() -> Iterator[RedisProxy]:
    proxy = RedisProxy(socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()
