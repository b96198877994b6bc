from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews_site.backups.catching_up import catch_up, erased_since
from reviews_site.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "After a recovery by Postgres' own means: erases whoever is in a ledger and there again, and cancels what "
        "waits in the outbox. manage.py restore does this by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ledgers", type=Path, nargs="+", metavar="LEDGER")
        parser.add_argument(
            "--send-mail",
            action="store_true",
            help="send what waits in the outbox; otherwise it is cancelled, as it may have been sent since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = catch_up(
                erased_since(options["ledgers"]),
                made_at=timezone.now().isoformat(),
                send_mail=options["send_mail"],
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(done))
