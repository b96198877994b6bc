"""A folder that is there whole or not at all: written beside its place, then renamed."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
FORMAT = "levelfield-public-data"


class ForeignFolder(Exception):
    """The folder holds something that no export put there."""


@dataclass(frozen=True)
class Written:
    rows: int
    bytes: int
    sha256: str


@dataclass
class Folder:
    path: Path
    files: dict[str, Written]

    def write_lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> Written:
        """One JSON object per line; one row at a time in memory."""
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return self._write(name, lines)

    def write_text(self, name: str, text: str) -> Written:
        return self._write(name, [text])

    def write_json(self, name: str, content: Mapping[str, Any]) -> Written:
        return self._write(name, [json.dumps(content, indent=2) + "\n"])

    def write_manifest(self, facts: Mapping[str, Any]) -> None:
        listed = {name: asdict(written) for name, written in self.files.items()}
        self.write_json(MANIFEST, {"format": FORMAT, **facts, "files": listed})

    def _write(self, name: str, pieces: Iterable[str]) -> Written:
        target = self.path / name
        target.parent.mkdir(exist_ok=True)
        count, size, digest = 0, 0, hashlib.sha256()
        with target.open("wb") as file:
            for piece in pieces:
                data = piece.encode()
                file.write(data)
                digest.update(data)
                count, size = count + 1, size + len(data)
            file.flush()
            os.fsync(file.fileno())
        self.files[name] = Written(count, size, digest.hexdigest())
        return self.files[name]


@contextmanager
def replaced(target: Path) -> Iterator[Folder]:
    """An empty folder to write to, which takes the place of `target` if the block ends well.

    Only an earlier export, or nothing, is replaced. Whoever calls sees to it that no other does at the same time.
    """
    beside = target.with_name(f"{target.name}.tmp")
    before = target.with_name(f"{target.name}.old")
    for path in (target, beside, before):
        _refuse_foreign(path)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield Folder(beside, {})
        _swap(beside, target, before)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_foreign(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise ForeignFolder(f"{path} is not a folder.")
    if path.is_dir() and any(path.iterdir()) and not _is_export(path):
        raise ForeignFolder(
            f"{path} holds something else than an export; name an empty or a new folder."
        )


def _is_export(path: Path) -> bool:
    """Finished or broken off: the first file an export writes is its marker."""
    marker = path / MARKER
    return marker.is_file() and marker.read_text(encoding="utf-8") == MARKER_TEXT


MARKER = ".levelfield-export"
MARKER_TEXT = (
    "An export of public data. `manage.py export_public_data` replaces this folder.\n"
)


def _swap(beside: Path, target: Path, before: Path) -> None:
    shutil.rmtree(before, ignore_errors=True)
    if target.exists():
        target.rename(before)
    beside.rename(target)
    shutil.rmtree(before, ignore_errors=True)
