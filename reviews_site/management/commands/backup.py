import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews_site.backups.making import make_backup
from reviews_site.backups.manifest import BackupError


class Command(BaseCommand):
    help = "Writes the database and the uploads of one moment into a new folder, with a manifest of hashes."
    # A page that can't be shown is no reason to go without a backup.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--jobs", type=int, default=2, help="tables dumped at once (2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        folder: Path = options["folder"].absolute()
        try:
            made = make_backup(folder, jobs=options["jobs"], say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{folder}: {len(made.files)} files, {made.bytes / 1e6:.1f} MB, "
            f"{time.monotonic() - begun:.1f} s. The log's last hash is {made.log_head}"
        )
        if made.log_problem:
            raise CommandError(f"The decision log is broken: {made.log_problem}")
