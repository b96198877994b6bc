import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation.verification import LogReport, verify_log


class Command(BaseCommand):
    help = "Recomputes the hash chain of the decision log; exit code 1 where a line is missing or was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect",
            default="",
            metavar="HASH",
            help="a hash noted earlier: it must still be in the chain, so the end was not cut off",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_log(expected=options["expect"])
        self.stdout.write(
            json.dumps(asdict(report)) if options["json"] else _sentence(report)
        )
        if report.problem:
            raise CommandError(report.problem, returncode=1)


def _sentence(report: LogReport) -> str:
    if report.problem:
        return f"{report.lines} lines are as they were written; then:"
    erased = f" ({report.erased} of them erased)" if report.erased else ""
    return f"All {report.lines} lines{erased} are as they were written. The last hash is {report.head}"
