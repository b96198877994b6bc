"""What happened since a backup and must not be undone by it: who was erased; which e-mails may have been sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.db import connection
from redis import RedisError

from accounts import ledger
from accounts.ledger import Entry
from accounts.models import Erasure
from accounts.services import erase_without_asking
from moderation.verification import verify_log
from notifications.services import cancel_waiting
from reviews_site.backups.making import tables
from reviews_site.backups.manifest import BackupError
from reviews_site.integrity import CHECKS
from reviews_site.lib.integrity import run


@dataclass(frozen=True)
class CaughtUp:
    erased_again: int
    mails_cancelled: int
    # Checks of check_integrity that find something: what was broken before, or has waited for as long as the backup is old.
    broken: Sequence[str]

    def __str__(self) -> str:
        said = f"Erased again: {self.erased_again}; e-mails cancelled: {self.mails_cancelled}."
        if self.broken:
            said += f" Look at what manage.py check_integrity says of {', '.join(self.broken)}."
        return said


def erased_since(ledgers: Sequence[Path]) -> list[Entry]:
    """Of the ledgers, and of the database's own if it has one. Raises BackupError."""
    try:
        found = ledger.read(ledgers)
    except ledger.UnreadableLedger as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(
            f"{error.filename} can't be read: {error.strerror}."
        ) from error
    if Erasure._meta.db_table not in tables():
        return found
    known = {entry.user_digest for entry in found}
    here = ledger.entries(Erasure.objects.all())
    return [*found, *(entry for entry in here if entry.user_digest not in known)]


def catch_up(erased: Sequence[Entry], *, made_at: str, send_mail: bool) -> CaughtUp:
    """Raises BackupError if something doesn't hold afterwards; made_at: of which moment the database is."""
    with connection.cursor() as cursor:
        # Whole tables are read: longer than a page is allowed to.
        cursor.execute("SET statement_timeout = 0")
    again = ledger.members_to_erase_again(erased)
    for user, entry in again:
        erase_without_asking(user=user, keep_published=entry.keep_published)
    _remember(erased)
    cancelled = 0
    if not send_mail:
        cancelled = cancel_waiting(
            reason=f"Waited in a backup of {made_at}; it may have been sent since."
        )
    _empty_cache()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _check(erased)
    broken = [check.name for check in CHECKS if run(check)]
    return CaughtUp(len(again), cancelled, broken)


def _empty_cache() -> None:
    """Pieces of pages lie there under versions that will come again with other contents."""
    try:
        cache.clear()
    except (RedisError, OSError) as error:
        raise BackupError(
            "The rows are as they should be, but the cache doesn't answer and may hold pages of the time before: "
            "start it, then run manage.py erase_again with the same ledger."
        ) from error


def _remember(erased: Sequence[Entry]) -> None:
    """With the time of the first erasure."""
    Erasure.objects.bulk_create(
        (
            Erasure(
                user_digest=entry.user_digest,
                keep_published=entry.keep_published,
                erased_at=entry.erased_at,
            )
            for entry in erased
        ),
        update_conflicts=True,
        unique_fields=["user_digest"],
        update_fields=["erased_at"],
    )
    # The ledger of this machine may be another one than they were written to; what it has isn't written twice.
    Erasure.objects.update(written_at=None)


def _check(erased: Sequence[Entry]) -> None:
    if left := ledger.members_to_erase_again(erased):
        raise BackupError(f"{len(left)} members who were erased are there again.")
    report = verify_log()
    if report.problem:
        raise BackupError(f"After the erasures the log is broken: {report.problem}")
