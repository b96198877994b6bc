import json
import random
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.models import ProductRating
from reviews.ratings import CheckReport, check_ratings


class Command(BaseCommand):
    help = (
        "Recomputes every stored rating from the published reviews with the formulas of docs/scoring.md; "
        "exit code 1 where one differs by more than 1e-6."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sample",
            type=int,
            metavar="N",
            help="only N products, drawn at random",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sample"] is not None and options["sample"] < 1:
            raise CommandError("--sample must be at least 1.")
        report = check_ratings(_products(options["sample"]))
        write = _as_json if options["json"] else _as_text
        self.stdout.write(write(report))
        if report.differences:
            raise CommandError(
                f"{len(report.differences)} figures differ.", returncode=1
            )


def _products(sample: int | None) -> list[int]:
    ids = list(
        ProductRating.objects.order_by("product").values_list("product_id", flat=True)
    )
    return ids if sample is None else sorted(random.sample(ids, min(sample, len(ids))))


def _as_json(report: CheckReport) -> str:
    return json.dumps({"ok": not report.differences, **asdict(report)})


def _as_text(report: CheckReport) -> str:
    lines = [
        f"Product {d.product_id}: {d.field} is {d.stored}, the reviews say {d.expected}"
        for d in report.differences
    ]
    waiting = (
        f"; {report.waiting} wait for the worker and were left out"
        if report.waiting
        else ""
    )
    return "\n".join([*lines, f"{report.checked} ratings checked{waiting}."])
