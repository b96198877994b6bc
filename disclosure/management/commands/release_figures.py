import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from disclosure import releasing
from disclosure.pool import today


class Command(BaseCommand):
    help = (
        "Makes the releases of a quarter that aren't made yet (docs/disclosure.md), as the daily task does; "
        "what was released already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of",
            type=datetime.date.fromisoformat,
            default=today(),
            metavar="DATE",
            help="a day of the quarter (2026-10-01); today's if not given",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day: datetime.date = options["as_of"]
        if day > today():
            raise CommandError("--as-of can't lie in the future.")
        count = releasing.release_due(day)
        self.stdout.write(
            f"As of {releasing.quarter_of(day)}: figures of {count} products and topics written."
        )
