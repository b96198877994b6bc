import json
import time
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from products.importers.catalogue import Report
from products.importers.files import FORMATS, check, guess_format
from products.importers.items import CatalogueError, Options
from products.importers.landscape import members_categories
from products.importers.reading import READERS
from products.services import import_items

SHOWN = 10  # skips in words; --json lists all


class Command(BaseCommand):
    help = "Reads a catalogue of products from a file: a landscape (YAML), JSON lines, CSV, or FedRAMP's JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--format", choices=FORMATS, help="guessed from the file when not given"
        )
        parser.add_argument(
            "--members-category",
            nargs="+",
            action="extend",
            default=[],
            metavar="NAME",
            help="categories of a landscape that list organisations instead of products",
        )
        parser.add_argument(
            "--landscape-settings",
            type=Path,
            metavar="FILE",
            help="a landscape's settings file, which names its members' category; "
            "manage.py takes --settings for it too, which is otherwise Django's",
        )
        parser.add_argument(
            "--source",
            default="",
            help="names the source; the file's name when not given",
        )
        parser.add_argument(
            "--data-licence", default="", help="licence of data that states none itself"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, then roll it back"
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="print the report as JSON, all skips included",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            report = self._import(options)
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{options['file']} can't be read: {error.strerror}."
            ) from error
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    as_json(report, options["dry_run"]), ensure_ascii=False, indent=1
                )
            )
        else:
            self.stdout.write(
                in_words(report, options["dry_run"], time.monotonic() - started)
            )

    def _import(self, options: dict[str, Any]) -> Report:
        path: Path = options["file"]
        check(path)
        reader = READERS[options["format"] or guess_format(path)]
        knowledge = Options(
            dataset=options["source"] or path.stem[:60],
            members_categories=self._members(options),
            source=options["source"][:50],
            data_licence=options["data_licence"][:100],
        )
        with progress_bar() as bar:
            task = bar.add_task(f"Importing {path.name}", total=None)
            return import_items(
                items=reader(path, knowledge),
                options=knowledge,
                dry_run=options["dry_run"],
                on_progress=lambda read: bar.update(task, completed=read),
            )

    def _members(self, options: dict[str, Any]) -> frozenset[str]:
        named = [name.casefold() for name in options["members_category"]]
        settings = options["landscape_settings"] or options.get("settings")
        return frozenset(
            named + (members_categories(Path(settings)) if settings else [])
        )


def progress_bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} items"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def as_json(report: Report, dry_run: bool) -> dict[str, Any]:
    return {
        "read": report.read,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "merged": report.merged,
        "skipped": report.skipped,
        "skips": [asdict(skip) for skip in report.skips],
        "notes": [asdict(note) for note in report.notes],
        "vendors": {"created": report.vendors_created},
        "categories": {"created": report.categories_created},
        "dry_run": dry_run,
    }


def in_words(report: Report, dry_run: bool, seconds: float) -> str:
    lines = [
        f"{report.read:,} items read in {seconds:.1f} s, {report.read / seconds:,.0f} items/s: {report.created:,} created, {report.updated:,} updated, "
        f"{report.unchanged:,} unchanged, {report.merged:,} merged, {report.skipped:,} skipped.",
        f"{report.vendors_created:,} new vendors, {report.categories_created:,} new categories.",
    ]
    reasons = Counter(skip.reason for skip in report.skips)
    lines += [
        f"  skipped {count:,}: {reason}" for reason, count in reasons.most_common(SHOWN)
    ]
    if len(reasons) > SHOWN:
        lines.append("  and for other reasons; --json lists every one.")
    if dry_run:
        lines.append("A dry run: everything was rolled back.")
    return "\n".join(lines)
