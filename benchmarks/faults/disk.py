"""A disk that is full: row 44 of docs/trust.md. What was acknowledged is there, and all is well once there is room.

The tables: the site's database lies in a small file system of its own (a tablespace on a tmpfs), which is then filled:
reads go on, writes fail cleanly. Postgres' log of changes (pg_wal): it is moved to another one while Postgres is stopped;
once that is full, Postgres ends all its processes with a PANIC and tries to come back; where it can't, it is started again
when there is room, as an operator would.
Mounting needs root: elsewhere both are left out, and said so.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from io import FileIO
from pathlib import Path

from benchmarks.faults.clients import Notes
from benchmarks.faults.own_site import Postgres, Site, wait_until
from benchmarks.faults.results import Finding, none_of
from benchmarks.faults.trials import Fault
from reviews_site.local.state import own_by_server_user

ROOM = 64_000_000
# A new file of pg_wal takes 16 MB at once.
ROOM_FOR_LOG = 40_000_000


def can_mount() -> bool:
    return os.geteuid() == 0 and Path("/proc/sys/kernel").exists()


def mounted(folder: Path, size: int) -> bool:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    return (
        can_mount() and subprocess.run(mount, stderr=subprocess.DEVNULL).returncode == 0
    )


def unmount(folder: Path) -> None:
    # Whoever still holds a file in it: the folder goes now, the memory then.
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        # Asking how much is free and writing that much would be too much where Postgres writes in between.
        while takes(file, bytes(1_000_000)):
            pass
    return ballast


def takes(file: FileIO, data: bytes) -> bool:
    try:
        return file.write(data) > 0
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        return False


# --- The tables -----------------------------------------------------------------------------


@contextmanager
def small_disk(postgres: Postgres) -> Iterator[Path | None]:
    """Holds the whole database, with some room; None where nothing can be mounted. The site must not run yet."""
    size = ROOM + postgres.number("SELECT pg_database_size(current_database())")
    folder = postgres.state.servers / "small"
    if not mounted(folder, size):
        yield None
        return
    try:
        place = folder / "tables"
        place.mkdir(mode=0o700)
        own_by_server_user(place)
        postgres.run(f"CREATE TABLESPACE small LOCATION '{place}'", "postgres")
        postgres.run("ALTER DATABASE levelfield SET TABLESPACE small", "postgres")
        yield folder
    finally:
        unmount(folder)


def full_tables(folder: Path, seconds: float) -> Fault:
    times: list[float] = []

    def strike(notes: Notes) -> float:
        ballast, struck = fill(folder), time.monotonic()
        wait_until(lambda: refused_since(notes, struck), "a write fails")
        times.append(time.monotonic())
        time.sleep(seconds)
        times.append(time.monotonic())
        ballast.unlink()
        return times[1]

    def more(notes: Notes) -> list[Finding]:
        answers = notes.between(times[0], times[1])
        reads = [each.status for each in answers if not each.writes]
        writes = [each.status for each in answers if each.writes]
        unread = len(reads) - sum(reads.count(one) for one in (200, 304, 429))
        return [
            Finding("writes refused with a 503", writes.count(503)),
            Finding("writes that still found room", writes.count(201)),
            Finding("reads", len(reads)),
            none_of("reads that failed", unread),
        ]

    return Fault([44], "disk of the tables full", strike, more=more)


def refused_since(notes: Notes, moment: float) -> bool:
    return any(
        each.writes and each.status == 503 and each.at > moment
        for each in list(notes.answers)
    )


# --- pg_wal ---------------------------------------------------------------------------------


@contextmanager
def small_log(postgres: Postgres) -> Iterator[Path | None]:
    """Holds pg_wal, with some room. Postgres is stopped and started again before and afterwards."""
    log, folder = postgres.server.data / "pg_wal", postgres.state.servers / "small-log"
    size = ROOM_FOR_LOG + sum(each.stat().st_size for each in log.rglob("*"))
    if not mounted(folder, size):
        yield None
        return
    try:
        postgres.children.stop()
        postgres.move(log, folder / "pg_wal")
        log.symlink_to(folder / "pg_wal")
        postgres.start()
        yield folder
        postgres.children.stop()
        log.unlink()
        postgres.move(folder / "pg_wal", log)
        postgres.start()
    finally:
        unmount(folder)


def full_log(folder: Path, site: Site, seconds: float) -> Fault:
    stopped = [0]

    def strike(notes: Notes) -> float:
        ballast, struck = fill(folder), time.monotonic()
        # Each call takes the next file, as more writes would.
        while site.postgres.switches_its_log():
            time.sleep(0.01)
        wait_until(lambda: refused_since(notes, struck), "a write fails")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            site.postgres.switches_its_log()
            time.sleep(0.1)
        stopped[0] = site.postgres.panics()
        ballast.unlink()
        room = time.monotonic()
        site.postgres.start_if_dead()
        return room

    def more(notes: Notes) -> list[Finding]:
        panics = stopped[0]
        return [
            Finding("Postgres stopped itself (PANIC)", panics, "times", "at least once", panics > 0)
        ]  # fmt: skip

    return Fault([44], "disk of pg_wal full", strike, more=more)
