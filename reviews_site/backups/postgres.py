"""Postgres' own programs, which know best how a database becomes files and how files become a database."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from reviews_site.backups.manifest import BackupError
from reviews_site.local.binaries import FOLDERS
from reviews_site.local.bootstrap import last_line


@dataclass(frozen=True)
class Program:
    path: Path
    major: int


def server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def find(name: str, oldest: int) -> Program:
    """pg_dump or pg_restore: the oldest one on this machine that is no older than that. Raises BackupError."""
    found = [program for path in _candidates(name) if (program := _probe(path))]
    fitting = [program for program in found if program.major >= oldest]
    if not fitting:
        there = ", ".join(f"{each.path} is {each.major}" for each in found) or "none"
        raise BackupError(
            f"{name} of Postgres {oldest} or newer is needed on this machine ({there}): "
            f"install postgresql-client-{oldest}."
        )
    return min(fitting, key=lambda program: program.major)


def run(program: Program, *arguments: str) -> None:
    """On the site's database. Raises BackupError with the program's last line."""
    config = connection.settings_dict
    _, secrets = DatabaseClient.settings_to_cmd_args_env(config, [])
    address = {
        "PGHOST": config["HOST"],
        "PGPORT": str(config["PORT"]),
        "PGUSER": config["USER"],
        "PGDATABASE": config["NAME"],
    }
    given = {name: value for name, value in address.items() if value}
    done = subprocess.run(
        [str(program.path), "--no-password", *arguments],
        env=os.environ | given | (secrets or {}),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BackupError(f"{program.path.name} failed: {last_line(done.stderr)}")


def exclude(tables: Sequence[str]) -> list[str]:
    return [f"--exclude-table-data=public.{table}" for table in tables]


def _candidates(name: str) -> Iterator[Path]:
    """Beside each server first: what stands in Debian's PATH is a wrapper that chooses for itself."""
    for pattern in FOLDERS:
        yield from Path("/").glob(f"{pattern[1:]}/{name}")
    for folder in os.get_exec_path():
        if (path := Path(folder, name)).is_file():
            yield path


def _probe(path: Path) -> Program | None:
    try:
        asked = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    return Program(path, int(version[1])) if version else None
