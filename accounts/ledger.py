"""Who was erased, told outside the database too: a backup made before the erasure would bring them back.

A line names nobody: it holds the SHA-256 of the member's random public_id, which only a database that still has the
member can match.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Erasure, User


class UnreadableLedger(Exception):
    """Its text names the file and the line."""


@dataclass(frozen=True)
class Entry:
    user_digest: str
    erased_at: datetime
    keep_published: bool

    @property
    def line(self) -> bytes:
        told = {
            "erased": self.user_digest,
            "at": self.erased_at.isoformat(),
            "keep_published": self.keep_published,
        }
        return json.dumps(told).encode() + b"\n"


def digest_of(public_id: UUID) -> str:
    return hashlib.sha256(public_id.bytes).hexdigest()


def entries(rows: QuerySet[Erasure]) -> Iterator[Entry]:
    columns = rows.order_by("id").values_list(
        "user_digest", "erased_at", "keep_published"
    )
    for row in columns.iterator(chunk_size=2_000):
        yield Entry(*row)


def write_waiting() -> int:
    """Appends what the ledger at ERASURE_LEDGER lacks; returns how many lines. Raises OSError."""
    waiting = Erasure.objects.filter(written_at=None)
    found = list(entries(waiting)) if settings.ERASURE_LEDGER else []
    if not found:
        return 0
    written = append(Path(settings.ERASURE_LEDGER), found)
    waiting.filter(user_digest__in=[entry.user_digest for entry in found]).update(
        written_at=timezone.now()
    )
    return written


def append(path: Path, found: Iterable[Entry]) -> int:
    """On the disk when it returns. What is there already is not written twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with open(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _cut_half_a_line(file)
        known = {entry.user_digest for entry in _read(path)}
        new = [entry for entry in found if entry.user_digest not in known]
        file.seek(0, os.SEEK_END)
        file.writelines(entry.line for entry in new)
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def read(paths: Iterable[Path]) -> list[Entry]:
    """Each member once, oldest first. Raises UnreadableLedger, and OSError for a file that isn't there."""
    found: dict[str, Entry] = {}
    for path in paths:
        for entry in _read(path):
            found.setdefault(entry.user_digest, entry)
    return sorted(found.values(), key=lambda entry: entry.erased_at)


def members_to_erase_again(found: Iterable[Entry]) -> list[tuple[User, Entry]]:
    """Those of the ledger who are there (again)."""
    by_digest = {entry.user_digest: entry for entry in found}
    users = User.objects.order_by("pk").only("pk", "public_id")
    again = {
        user.pk: by_digest[digest]
        for user in users.iterator(chunk_size=2_000)
        if (digest := digest_of(user.public_id)) in by_digest
    }
    return [(User.objects.get(pk=pk), entry) for pk, entry in again.items()]


def _cut_half_a_line(file: BinaryIO) -> None:
    """A writer that was killed leaves one; its row is still marked as unwritten."""
    text = file.read()
    file.truncate(text.rfind(b"\n") + 1)


def _read(path: Path) -> Iterator[Entry]:
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        if line.endswith(b"\n"):
            yield _entry(path, number, line)


def _entry(path: Path, number: int, line: bytes) -> Entry:
    try:
        told = json.loads(line)
        at = parse_datetime(told["at"])
        digest, keep = told["erased"], told["keep_published"]
        if len(bytes.fromhex(digest)) != 32 or at is None or type(keep) is not bool:
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableLedger(
            f"Line {number} of {path} is none of a ledger's."
        ) from error
    return Entry(digest, at, keep)
