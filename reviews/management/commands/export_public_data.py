from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.public_data import AlreadyRunning, ForeignFolder, export


class Command(BaseCommand):
    help = (
        "Writes published reviews, scores and what is needed to recompute them to a folder, as JSON Lines "
        "(docs/public-data.md). An earlier export in that folder is replaced, all at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        target = options["dir"].absolute()
        try:
            written = export(target)
        except (AlreadyRunning, ForeignFolder) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{target} can't be written: {error}.") from error
        for name, count in written.rows.items():
            self.stdout.write(f"{count:>9,} {name}")
        self.stdout.write(
            f"{target}: {written.bytes / 1e6:,.1f} MB, as of {written.as_of}"
        )
