import sys
import uuid
from argparse import ArgumentTypeError, FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from references.models import ReferenceDraw
from references.selection import draw, pool_hash


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not an id.") from error


class Command(BaseCommand):
    help = (
        "Repeats a draw of references. With the id of a draw: from its stored seed and pool, exit code 1 if the hash of "
        "the pool or the three are not what is stored. With --seed and --pool: prints the hash of that pool and who is drawn."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("draw", nargs="?", type=_uuid, help="id of a draw")
        parser.add_argument("--seed", default="", help="hexadecimal")
        parser.add_argument(
            "--pool",
            type=FileType("r", encoding="utf-8"),
            help="a file with one review id a line; - reads standard input",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["draw"]:
            self._repeat(options["draw"])
        elif options["seed"] and options["pool"]:
            self._compute(options["seed"], options["pool"])
        else:
            raise CommandError("Name a draw, or give --seed and --pool.")

    def _repeat(self, public_id: uuid.UUID) -> None:
        made = ReferenceDraw.objects.filter(public_id=public_id).first()
        if made is None:
            raise CommandError(f"There is no draw {public_id}.")
        if pool_hash(made.seed, made.pool) != made.pool_hash:
            raise CommandError("The pool is not the one whose hash was logged.")
        self._print(made.seed, made.pool)
        if draw(made.seed, made.pool) != made.drawn:
            raise CommandError("Others were drawn than this seed and pool give.")
        self.stdout.write("As it was logged.")

    def _compute(self, seed: str, lines: Any) -> None:
        try:
            pool = [uuid.UUID(line.strip()) for line in lines if line.strip()]
        except (ValueError, UnicodeDecodeError) as error:
            raise CommandError("The pool must hold one review id a line.") from error
        finally:
            if lines is not sys.stdin:
                lines.close()
        self._print(seed, pool)

    def _print(self, seed: str, pool: list[uuid.UUID]) -> None:
        self.stdout.write(f"pool {pool_hash(seed, pool)} of {len(set(pool))}")
        for place, public_id in enumerate(draw(seed, pool), 1):
            self.stdout.write(f"{place}. {public_id}")
