"""Child processes in groups of their own: started with a log, stopped as a whole, found again after a crash."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviews_site.local.bootstrap import SetupError
from reviews_site.local.interrupts import uninterrupted
from reviews_site.local.state import State


@dataclass(frozen=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: int
    patience: float
    serves_others: bool

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """The whole group: a worker's own children too."""
        send(self.process.pid, self.stop_signal)

    def end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        # The rest of the group, if the leader went first or did not go at all.
        send(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


class Children:
    def __init__(self, state: State) -> None:
        self.state = state
        self._running: list[Child] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        patience: float = 10,
        serves_others: bool = False,
        own_bars: bool = False,
        **options: Any,
    ) -> Child:
        """own_bars: it draws its progress on our terminal itself, which is its standard error."""
        log = self.state.logs / f"{name}.log"
        # A signal between the start and the note of it would leave a child that nobody knows.
        with log.open("wb") as out, uninterrupted():
            process = subprocess.Popen(
                [str(part) for part in command],
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=None if own_bars else subprocess.STDOUT,
                start_new_session=True,
                **options,
            )
            child = Child(name, process, log, stop_signal, patience, serves_others)
            self._running.append(child)
            self._remember()
        return child

    def forget(self, child: Child) -> None:
        """One that has done its work and gone by itself."""
        self._running.remove(child)
        self._remember()

    def stop(self) -> None:
        """First all that use the servers, at once; then the servers, last started, first stopped."""
        with uninterrupted():
            self._stop([child for child in self._running if not child.serves_others])
            for server in reversed(self._running):
                self._stop([server])
            self.state.forget("processes")

    def _stop(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.end()
        self._running = [child for child in self._running if child not in children]

    def dead(self) -> Child | None:
        return next((child for child in self._running if not child.alive), None)

    def _remember(self) -> None:
        records = [
            {
                "name": child.name,
                "pid": child.process.pid,
                "born": born(child.process.pid),
                "stop_signal": int(child.stop_signal),
            }
            for child in self._running
        ]
        self.state.remember("processes", records)


def end_leftovers(state: State) -> list[str]:
    """Stop what a killed run left behind; names of what was still there. Only processes that are surely ours."""
    ended = []
    for record in reversed(state.recall("processes") or []):
        if record["born"] and born(record["pid"]) == record["born"]:
            send(record["pid"], record["stop_signal"])
            until = time.monotonic() + 10
            while born(record["pid"]) == record["born"] and time.monotonic() < until:
                time.sleep(0.05)
            send(record["pid"], signal.SIGKILL)
            ended.append(record["name"])
    state.forget("processes")
    return ended


def born(pid: int) -> str:
    """When a process started, in the system's own words: tells it from a later one with the same number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "" if Path("/proc/self").exists() else born_by_ps(pid)
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def born_by_ps(pid: int) -> str:
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def send(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def wait_until_ready(child: Child, ready: Callable[[], bool], seconds: float) -> None:
    """Ask every 50 ms; a SetupError with the log's end if the child dies or stays silent."""
    until = time.monotonic() + seconds
    while not ready():
        if not child.alive:
            raise SetupError(f"{child.name} did not start:\n{child.last_words()}")
        if time.monotonic() > until:
            raise SetupError(
                f"{child.name} gave no answer within {seconds:.0f} s:\n{child.last_words()}"
            )
        time.sleep(0.05)
