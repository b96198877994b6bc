"""A disk that is full: row 44 of docs/trust.md. Reads go on, writes fail cleanly, and all is well once there is room.

The site's database is moved to a small file system of its own (a tablespace on a tmpfs), which is then filled. Postgres'
log of changes (pg_wal) stays on the other one: where that is full, Postgres stops itself, which is the case of a Postgres
that was killed. Mounting needs root: elsewhere this is left out, and said so.
"""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.faults.clients import Notes, crowd
from benchmarks.faults.own_site import Postgres, Site, wait_until
from benchmarks.faults.results import Finding
from reviews_site.local.state import own_by_server_user

ROOM = 24_000_000
LEFT_OVER = 200_000


def can_mount() -> bool:
    return os.geteuid() == 0 and Path("/proc/sys/kernel").exists()


@contextmanager
def small_disk(postgres: Postgres) -> Iterator[Path | None]:
    """Holds the whole database, with some room; None where nothing can be mounted. The site must not run yet."""
    size = ROOM + postgres.number("SELECT pg_database_size(current_database())")
    folder = postgres.state.servers / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if not can_mount() or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
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
        # Postgres holds files in it until it is stopped: the folder goes now, the memory then.
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(b"\0" * (free.f_bavail * free.f_frsize - LEFT_OVER))
    return ballast


def fill_the_disk(
    site: Site,
    people: Mapping[str, Any],
    folder: Path | None,
    seconds: float,
    pause: float,
) -> tuple[list[Finding], Notes]:
    if folder is None:
        return [Finding("disk full: left out, nothing can be mounted here", 1)], Notes()
    with crowd([site.web.port], people, visitors=2, pause=pause) as notes:
        wait_until(lambda: notes.acknowledged_since(0), "a write")
        ballast = fill(folder)
        wait_until(lambda: refused(notes), "a write fails")
        begun = time.monotonic()
        time.sleep(seconds)
        ended = time.monotonic()
        ballast.unlink()
        wait_until(lambda: notes.acknowledged_since(ended), "a write with room again")
    answers = notes.between(begun, ended)
    reads = [each.status for each in answers if not each.writes]
    writes = [each.status for each in answers if each.writes]
    other = [one for one in reads + writes if one >= 500 and one != 503]
    unread = len(reads) - reads.count(200) - reads.count(304) - reads.count(429)
    again = (notes.acknowledged_since(ended) or ended) - ended
    return [
        Finding("disk full: writes refused with a 503", writes.count(503)),
        Finding("disk full: writes that still found room", writes.count(201)),
        Finding("disk full: answers 500", len(other), "", "0", not other),
        Finding("disk full: reads", len(reads)),
        Finding("disk full: reads that failed", unread, "", "0", unread == 0),
        Finding("disk full: from room to an acknowledged write", round(again, 2), "s"),
    ], notes


def refused(notes: Notes) -> bool:
    return any(each.writes and each.status == 503 for each in list(notes.answers))
