"""Writes a backup: first beside its place, so that an interrupted one never looks like one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from accounts import ledger
from accounts.models import Erasure
from moderation.verification import verify_log
from reviews_site.backups import postgres
from reviews_site.backups.manifest import (
    BackupError,
    Manifest,
    files_in,
    stored,
    this_release,
)
from reviews_site.backups.postgres import Program

DATABASE, MEDIA, LEDGER = "database", "media", "erasures.jsonl"
# Who was signed in where is nothing to bring back: one that was ended since would live again.
NOT_KEPT = ("django_session", "usersessions_usersession")

Say = Callable[[str], None]


def make_backup(folder: Path, *, jobs: int, say: Say) -> Manifest:
    """Raises BackupError. Whoever may read the folder may read everything: nobody but its owner may."""
    pg_dump = postgres.find("pg_dump", oldest=postgres.server_major())
    partial = _begin(folder)
    try:
        manifest = _write(partial, pg_dump, jobs=jobs, say=say)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(folder)
    return manifest


def _write(partial: Path, pg_dump: Program, *, jobs: int, say: Say) -> Manifest:
    with _one_moment() as snapshot:
        made_at, rows, migrations = _now(), _rows(), _migrations()
        say(f"Counted {sum(rows.values())} rows in {len(rows)} tables.")
        log = verify_log()
        postgres.run(
            pg_dump,
            *("--format=directory", f"--file={partial / DATABASE}"),
            *(f"--jobs={jobs}", f"--snapshot={snapshot}"),
            *("--no-owner", "--no-privileges", *postgres.exclude(NOT_KEPT)),
        )
        say("Wrote the database.")
        ledger.append(partial / LEDGER, ledger.entries(Erasure.objects.all()))
    _copy_media(partial / MEDIA)
    say("Copied the uploads.")
    manifest = Manifest(
        made_at=made_at.isoformat(),
        release=this_release(),
        postgres=postgres.server_major(),
        pg_dump=pg_dump.major,
        migrations=migrations,
        rows=rows,
        log_lines=log.lines,
        log_head=log.head,
        log_problem=log.problem,
        files={name: stored(partial / name) for name in files_in(partial)},
    )
    manifest.write(partial)
    return manifest


def _begin(folder: Path) -> Path:
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty: give each backup a folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
    except FileExistsError as error:
        raise BackupError(
            f"{partial} is there: another backup is being written, or one was interrupted; then remove it."
        ) from error
    except OSError as error:
        raise BackupError(f"{partial} can't be made: {error.strerror}.") from error
    return partial


@contextmanager
def _one_moment() -> Iterator[str]:
    """What is counted and what is dumped are the same rows, however much is written meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
            "SET LOCAL statement_timeout = 0;"
            "SET LOCAL idle_in_transaction_session_timeout = 0;"
            "SELECT pg_export_snapshot()"
        )
        yield cursor.fetchone()[0]


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return int(cursor.fetchone()[0])


def _rows() -> dict[str, int]:
    return {table: count(table) for table in tables() if table not in NOT_KEPT}


def _migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def _copy_media(folder: Path) -> None:
    """After the database: what was uploaded meanwhile is there, and what was deleted meanwhile may be missing."""
    folder.mkdir(mode=0o700)
    root = Path(settings.MEDIA_ROOT)
    for directory, _, names in os.walk(root):
        target = folder / Path(directory).relative_to(root)
        target.mkdir(exist_ok=True)
        for name in names:
            _copy(Path(directory, name), target / name)


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target, follow_symlinks=False)
    except FileNotFoundError:
        return
