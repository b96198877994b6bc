"""What a backup holds: each file with its SHA-256, and what the database held at its moment."""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

NAME = "manifest.json"
FORMAT = 1
CHUNK = 1_048_576


class BackupError(Exception):
    """A sentence for the operator."""


@dataclass(frozen=True)
class StoredFile:
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    # The moment of the database, by its own clock.
    made_at: str
    release: str
    # Major versions: the server's, and that of the program that wrote the dump.
    postgres: int
    pg_dump: int
    # app.name of each that had been applied.
    migrations: list[str]
    rows: dict[str, int]
    log_lines: int
    log_head: str
    log_problem: str | None
    files: dict[str, StoredFile]
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        (folder / NAME).write_text(text + "\n")


def read(folder: Path) -> Manifest:
    """Raises BackupError for what is no backup, or one of a later kind."""
    try:
        told = json.loads((folder / NAME).read_text())
        if told["format"] != FORMAT:
            raise BackupError(
                f"{folder} is a backup of format {told['format']}, and this release reads {FORMAT}."
            )
        files = {name: StoredFile(**file) for name, file in told.pop("files").items()}
        return Manifest(files=files, **told)
    except FileNotFoundError as error:
        raise BackupError(f"{folder} is no complete backup: no {NAME}.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{folder / NAME} can't be read: {error}.") from error


def files_in(folder: Path) -> Iterator[str]:
    """Their names below the folder, but the manifest's own."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            yield name


def stored(path: Path) -> StoredFile:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            total.update(chunk)
        return StoredFile(file.tell(), total.hexdigest())


def damage(folder: Path, manifest: Manifest) -> list[str]:
    """What is not as it was written, in words, each with the file's name."""
    there = set(files_in(folder))
    found = [f"{name} was not in it" for name in sorted(there - set(manifest.files))]
    for name, file in manifest.files.items():
        if name not in there:
            found.append(f"{name} is missing")
        elif stored(folder / name) != file:
            found.append(f"{name} is damaged")
    return found


def this_release() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(project["project"]["version"])
