"""Gunicorn as in production: two sync workers, no access log; one master per application under test."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.load import fetch

WORKERS = 2
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(
                f"gunicorn ended with {process.returncode} before it answered"
            )
        with contextlib.suppress(OSError):
            fetch(port, "/")
            return
        time.sleep(0.1)
    raise RuntimeError(
        f"gunicorn did not answer on port {port} within {START_SECONDS} s"
    )


@contextlib.contextmanager
def serve(
    application: str, environment: dict[str, str], workers: int = WORKERS
) -> Iterator[Server]:
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--bind",
        f"127.0.0.1:{port}",
    ]
    command += ["--workers", str(workers), "--log-level", "warning", "--preload"]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        _wait(process, port)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
