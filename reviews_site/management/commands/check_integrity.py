import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews_site.integrity import CHECKS
from reviews_site.lib.integrity import NAMED, Finding, run


class Command(BaseCommand):
    help = (
        "Looks through the whole database for rows that break what must hold whatever failed: counts, ratings, the "
        f"log, the outbox, rights that outlived their ground. Names at most {NAMED} rows of each kind; exit code 1 "
        "where something is found. Writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON object")
        parser.add_argument(
            "--only", nargs="+", metavar="NAME", help="these checks alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["only"] or [check.name for check in CHECKS]
        unknown = set(wanted) - {check.name for check in CHECKS}
        if unknown:
            raise CommandError(f"No check is called {', '.join(sorted(unknown))}.")
        chosen = [check for check in CHECKS if check.name in wanted]
        found = [finding for check in chosen if (finding := run(check))]
        write = _as_json if options["json"] else _as_text
        self.stdout.write(write(len(chosen), found))
        if found:
            raise CommandError(f"{len(found)} of these are broken.", returncode=1)


def _as_json(checked: int, found: Sequence[Finding]) -> str:
    return json.dumps(
        {"ok": not found, "checks": checked, "found": [asdict(each) for each in found]},
        indent=1,
    )


def _as_text(checked: int, found: Sequence[Finding]) -> str:
    lines: list[str] = []
    for each in found:
        lines.append(f"{each.name}: not so: {each.invariant}")
        lines += [f"    {row}" for row in each.rows]
        if each.more:
            lines.append("    and more")
    return "\n".join([*lines, f"{checked} checks, {len(found)} broken."])
