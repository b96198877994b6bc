import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

import products
from reviews_site.seed import demo, large

CATALOGUE = Path(products.__file__).parent / "demo_catalogue" / "catalogue.jsonl"
SEED = 2026


class Command(BaseCommand):
    help = (
        "Fills the database with made-up members, reviews and conversations: by default for the demo's catalogue, "
        "with --products and --reviews a large set for measurements."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--products", type=_positive, metavar="N", help="load N synthetic products"
        )
        parser.add_argument(
            "--reviews", type=_positive, metavar="M", help="with M reviews"
        )
        parser.add_argument("--seed", type=int, default=SEED, metavar="NUMBER")
        parser.add_argument(
            "--today",
            type=datetime.date.fromisoformat,
            default=None,
            metavar="YYYY-MM-DD",
            help="the day from which all dates count back",
        )
        parser.add_argument(
            "--if-missing",
            action="store_true",
            help="end well when that large set is there already",
        )
        parser.add_argument(
            "--yes-this-is-a-demo",
            action="store_true",
            help="also where neither DEMO nor DEBUG is on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG or options["yes_this_is_a_demo"]):
            raise CommandError(
                "This site is not a demo: seed_demo writes made-up members and reviews. Set DEMO=1 where that is "
                "wanted, or say --yes-this-is-a-demo."
            )
        if options["products"] or options["reviews"]:
            self._load_large(options)
        else:
            self._seed_demo(options)

    def _load_large(self, options: dict[str, Any]) -> None:
        if not (options["products"] and options["reviews"]):
            raise CommandError("A large set needs both --products and --reviews.")
        if there := large.loaded_products():
            if options["if_missing"]:
                self.stdout.write(f"A set of {there:,} products is already there.")
                return
            raise CommandError(
                f"A large set of {there:,} made-up products is already in this database; load another one into an "
                "empty database."
            )
        with Steps() as steps:
            report = large.load(
                products=options["products"],
                reviews=options["reviews"],
                seed=options["seed"],
                today=options["today"] or _today(),
                progress=steps.show,
            )
        took = ", ".join(f"{step} {took} s" for step, took in report.seconds.items())
        seconds = sum(report.seconds.values())
        self.stdout.write(
            f"{report.products:,} made-up products, {report.reviews:,} reviews, {report.answers:,} answers and "
            f"{report.members:,} members in {seconds:.0f} s, {report.reviews / seconds:,.0f} reviews/s ({took})."
        )

    def _seed_demo(self, options: dict[str, Any]) -> None:
        if demo.is_seeded():
            self.stdout.write("The demo data is already there; nothing was changed.")
            return
        if CATALOGUE.exists():
            call_command("import_catalog", CATALOGUE, stdout=self.stdout)
        with Steps() as steps:
            try:
                report = demo.seed(
                    seed=options["seed"],
                    today=options["today"] or _today(),
                    progress=steps.show,
                    reviews=demo.REVIEWS,
                )
            except demo.NothingToReview as error:
                raise CommandError(
                    "There are no products to write reviews about: import a catalogue first (import_catalog)."
                ) from error
        self.stdout.write(
            f"{report.reviews:,} made-up reviews of {report.products:,} products by {report.members:,} members of "
            f"{report.organisations:,} organisations, {report.answers:,} answers, {report.conversations:,} conversations; "
            f"{report.waiting:,} things wait for a moderator."
        )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


class Steps:
    """Progress on standard error, one line for each step."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,}/{task.total:,}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Steps":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def show(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            for task in self._tasks.values():
                self._bar.update(task, completed=self._bar.tasks[task].total)
            self._tasks[step] = self._bar.add_task(step, total=total)
        self._bar.update(self._tasks[step], completed=done)
