import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reviews_site.backups.manifest import BackupError
from reviews_site.backups.restoring import Options, restore_backup, verify


class Command(BaseCommand):
    help = (
        "Makes the site be what a backup holds. Its hashes are verified first, its rows and the decision log "
        "afterwards; whoever was erased since is erased again."
    )
    # A page that can't be shown is no reason to keep a backup from being read.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--verify", action="store_true", help="verify the files and do no more"
        )
        parser.add_argument(
            "--ledger",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="who was erased since: the file at ERASURE_LEDGER, of each machine that writes one, "
            "or erasures.jsonl of a newer backup (default: ERASURE_LEDGER)",
        )
        parser.add_argument(
            "--without-ledger",
            action="store_true",
            help="there is none: nobody was erased since that backup",
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="lose what database and uploads hold now",
        )
        parser.add_argument(
            "--send-mail",
            action="store_true",
            help="send what waited in the backup; otherwise it is cancelled, as it may have been sent since",
        )
        parser.add_argument(
            "--jobs", type=int, default=2, help="tables read at once (2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        folder: Path = options["folder"].absolute()
        try:
            if options["verify"]:
                made = verify(folder)
                self.stdout.write(
                    f"{folder} of {made.made_at} is as it was written: {len(made.files)} files, "
                    f"{made.bytes / 1e6:.1f} MB, {sum(made.rows.values())} rows."
                )
                return
            restored = restore_backup(folder, _read(options), say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored in {time.monotonic() - begun:.1f} s; everybody is signed out. {restored}"
        )


def _read(options: dict[str, Any]) -> Options:
    ledgers = options["ledger"]
    if not ledgers and settings.ERASURE_LEDGER:
        ledgers = [Path(settings.ERASURE_LEDGER)]
    if not ledgers and not options["without_ledger"]:
        raise CommandError(
            "Say who was erased since: --ledger FILE, or --without-ledger if nobody was. "
            "Without it whoever was erased is back."
        )
    return Options(
        ledgers=[] if options["without_ledger"] else ledgers,
        overwrite=options["overwrite"],
        send_mail=options["send_mail"],
        jobs=options["jobs"],
    )
