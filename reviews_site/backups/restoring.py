"""Makes the site be what a backup holds, and looks whether it is; whoever was erased since is erased again."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts import ledger
from accounts.ledger import Entry
from moderation.verification import verify_log
from reviews_site.backups import manifest as manifests
from reviews_site.backups import postgres
from reviews_site.backups.catching_up import CaughtUp, catch_up, erased_since
from reviews_site.backups.making import DATABASE, LEDGER, MEDIA, Say, count, tables
from reviews_site.backups.manifest import BackupError, Manifest


@dataclass(frozen=True)
class Options:
    # Whoever was erased according to these is erased again.
    ledgers: Sequence[Path]
    overwrite: bool = False
    send_mail: bool = False
    jobs: int = 2


def verify(folder: Path) -> Manifest:
    """Raises BackupError, which names each file that is not as it was written."""
    manifest = manifests.read(folder)
    if found := manifests.damage(folder, manifest):
        raise BackupError(f"{folder} is not as it was written: {'; '.join(found)}.")
    if manifest.log_problem:
        raise BackupError(f"Its decision log is broken: {manifest.log_problem}")
    return manifest


def restore_backup(folder: Path, options: Options, *, say: Say) -> CaughtUp:
    """Raises BackupError; what it says before anything was touched begins with what to do."""
    manifest = verify(folder)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    say(f"All {len(manifest.files)} files are as they were written.")
    _refuse_newer(manifest)
    pg_restore = postgres.find("pg_restore", oldest=manifest.pg_dump)
    _refuse_others()
    _refuse_what_is_there(options)
    erased = _erased(folder, options)
    _empty_database()
    postgres.run(
        pg_restore,
        *("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"),
        *(f"--dbname={connection.settings_dict['NAME']}", f"--jobs={options.jobs}"),
        str(folder / DATABASE),
    )
    say("Read the database.")
    _restore_media(folder / MEDIA, manifest)
    _compare(manifest)
    say("Every table has as many rows as when it was backed up, and the log is whole.")
    call_command("migrate", interactive=False, verbosity=0)
    return catch_up(erased, made_at=manifest.made_at, send_mail=options.send_mail)


# --- Before anything is touched -------------------------------------------------------------


def _refuse_newer(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"It was made by release {manifest.release}, which has migrations that {manifests.this_release()} "
            f"doesn't know ({', '.join(unknown)}): restore it with that release."
        )
    if postgres.server_major() < manifest.postgres:
        raise BackupError(
            f"It was made from Postgres {manifest.postgres}, and this server is {postgres.server_major()}: "
            "restore it into that version or a newer one."
        )


def _refuse_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    if others:
        raise BackupError(
            f"Stop web, workers and beat first: {others} others are connected to the database."
        )


def _refuse_what_is_there(options: Options) -> None:
    if options.overwrite:
        return
    if tables():
        raise BackupError(
            "The database is not empty: give a new one, or --overwrite to lose what it holds."
        )
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir() and any(media.iterdir()):
        raise BackupError(
            f"{media} is not empty: give --overwrite to lose what it holds."
        )


def _erased(folder: Path, options: Options) -> list[Entry]:
    """The database's own ledger goes with it: kept beside the backup, for whoever has to begin once more."""
    kept = folder.with_name(f"{folder.name}.{LEDGER}")
    before = [kept] if kept.exists() else []
    erased = erased_since([*options.ledgers, folder / LEDGER, *before])
    if erased and options.overwrite:
        try:
            ledger.append(kept, erased)
        except OSError as error:
            raise BackupError(f"{kept} can't be written: {error.strerror}.") from error
    return erased


# --- Restoring ------------------------------------------------------------------------------


def _empty_database() -> None:
    """Its tables and functions; the schema and the extensions may belong to somebody else."""
    with connection.cursor() as cursor:
        for table in tables():
            name = connection.ops.quote_name(table)
            cursor.execute(f"DROP TABLE IF EXISTS {name} CASCADE")
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS"
            " (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        for (signature,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION IF EXISTS {signature} CASCADE")


def _restore_media(source: Path, manifest: Manifest) -> None:
    """Copied beside its files first, and looked at again there: what is damaged on the way is not taken."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for there in list(root.iterdir()):
        if there.is_dir() and not there.is_symlink():
            shutil.rmtree(there)
        else:
            there.unlink()
    shutil.copytree(source, root, dirs_exist_ok=True)
    for name, file in manifest.files.items():
        below, _, rest = name.partition("/")
        if below == MEDIA and manifests.stored(root / rest) != file:
            raise BackupError(f"{root / rest} was damaged while it was copied.")


def _compare(manifest: Manifest) -> None:
    different = [
        f"{table} has {found} of {rows}"
        for table, rows in manifest.rows.items()
        if (found := count(table)) != rows
    ]
    if different:
        raise BackupError(f"Rows are missing: {'; '.join(different)}.")
    report = verify_log(expected=manifest.log_head)
    if report.problem or report.head != manifest.log_head:
        raise BackupError(f"The decision log is another one: {report.problem}")
