from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from products.importers.features import read_features
from products.importers.items import CatalogueError
from products.services import (
    FeaturesRefused,
    import_features,
    refresh_features,
)

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Reads statements about features from a CSV file (docs/compare.md); without a file, makes those that follow "
        "from the catalogue anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is None:
            changed = refresh_features()
            self.stdout.write(f"{changed:,} products changed.")
            return
        try:
            self._import(options["file"])
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{options['file']} can't be read: {error.strerror}."
            ) from error

    def _import(self, path: Path) -> None:
        try:
            report = import_features(lines=read_features(path, timezone.now().date()))
        except FeaturesRefused as refused:
            raise CommandError(in_words(refused)) from refused
        self.stdout.write(
            f"{report.created:,} statements created, {report.updated:,} updated, {report.unchanged:,} unchanged; "
            f"{report.features_created:,} new features."
        )


def in_words(refused: FeaturesRefused) -> str:
    count = len(refused.errors)
    lines = [f"Nothing was imported: {count:,} line{'s' * (count != 1)} can't be used."]
    lines += [f"  {error}" for error in refused.errors[:SHOWN]]
    if count > SHOWN:
        lines.append(f"  and {count - SHOWN:,} more.")
    return "\n".join(lines)
