"""Gunicorn as in production (the Dockerfile's options); one master per application under test."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import fetch

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
START_SECONDS = 120


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
    application: str,
    environment: Mapping[str, str],
    *,
    python: str | Path = sys.executable,
    workers: int = WORKERS,
    log: Path | None = None,
) -> Iterator[Server]:
    port = _free_port()
    command = [str(python), "-m", "gunicorn", application]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--no-control-socket", "--worker-tmp-dir", memory_folder()]
    command += ["--log-level", "warning"]
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        try:
            _wait(process, port)
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def memory_folder() -> str:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
