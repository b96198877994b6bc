"""Workers, beat and a mail server as processes of their own, to be killed at will and started again."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60


def spawn(
    log: Path, environment: Mapping[str, str], *arguments: str
) -> subprocess.Popen:
    """In a process group of its own."""
    with log.open("a") as out:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=os.environ | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: subprocess.Popen, how: signal.Signals = signal.SIGTERM) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        end(process, signal.SIGKILL)


@dataclass(frozen=True)
class Worker:
    process: subprocess.Popen
    log: Path

    @property
    def is_up(self) -> bool:
        return self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        return " ready." in self.log.read_text()


class Workers:
    """Task workers under a supervisor: whichever ends is started again."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], count: int, queues: str = ""
    ) -> None:
        self.folder, self.environment = folder, environment
        self.queues = ["--queues", queues] if queues else []
        self.started = self.ended_by_themselves = 0
        self.running = [self._start() for _ in range(count)]

    def _start(self) -> Worker:
        self.started += 1
        log = self.folder / f"worker-{self.started}.log"
        worker = ["celery", "-A", "reviews_site", "worker", "--concurrency", "2"]
        quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        return Worker(spawn(log, self.environment, *worker, *quiet, *self.queues), log)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not all(worker.is_ready for worker in self.running):
            if time.monotonic() > until:
                logs = "\n".join(each.log.read_text()[-2000:] for each in self.running)
                raise RuntimeError(f"No worker started:\n{logs}")
            time.sleep(0.1)

    def supervise(self) -> None:
        for place, worker in enumerate(self.running):
            if not worker.is_up:
                self.ended_by_themselves += 1
                self.running[place] = self._start()

    def kill_one(self, dice: random.Random) -> None:
        """The whole worker, with all its processes, at once; it may still be starting."""
        place = dice.randrange(len(self.running))
        end(self.running[place].process, signal.SIGKILL)
        self.running[place] = self._start()

    def kill_process_of_one(self, dice: random.Random) -> bool:
        """One of the processes that run the tasks; False where none is up.

        A worker that is still starting runs none, and Celery ends it if its processes can't be kept up then.
        """
        ready = [worker for worker in self.running if worker.is_ready]
        found = [pid for each in ready for pid in children(each.process.pid)]
        if not found:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(dice.choice(found), signal.SIGKILL)
        return True

    def stop(self) -> None:
        for worker in self.running:
            end(worker.process)


def children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(each) for each in listed.split()]


@dataclass(frozen=True)
class Taken:
    at: float
    message_id: str
    to: list[str]
    mode: str


class MailServer:
    def __init__(self, folder: Path) -> None:
        self.mode_file, self.taken_file = folder / "smtp-mode", folder / "smtp-taken"
        self.behave("well")
        self.taken_file.touch()
        self.port = 0
        self.start()

    def start(self) -> None:
        """Again at its own port."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.faults.smtp_server"]
            + [str(self.mode_file), str(self.taken_file), str(self.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def behave(self, mode: str) -> None:
        # Read at any moment, so never half written.
        fresh = self.mode_file.with_suffix(".new")
        fresh.write_text(mode)
        fresh.replace(self.mode_file)

    def taken(self) -> list[Taken]:
        lines = self.taken_file.read_text().splitlines()
        return [Taken(**json.loads(line)) for line in lines]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    server = MailServer(folder)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def workers_and_beat(
    folder: Path, environment: Mapping[str, str], count: int, queues: str = ""
) -> Iterator[Workers]:
    schedule = ["--schedule", str(folder / "beat"), "--pidfile="]
    beat = spawn(
        folder / "beat.log", environment, "celery", "-A", "reviews_site", "beat", *schedule
    )  # fmt: skip
    workers = Workers(folder, environment, count, queues)
    try:
        workers.wait_until_ready()
        yield workers
    finally:
        end(beat)
        workers.stop()
