import datetime
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation.models import TransparencyDay
from moderation.transparency import (
    RootChanged,
    as_json,
    last_finished_day,
    store_day,
)


class Command(BaseCommand):
    help = "Counts what /transparency/ shows, stores it under its day and prints it; a second run counts anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day",
            type=_day,
            metavar="YYYY-MM-DD",
            help="counted up to the end of this day in UTC; by default yesterday",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"] or last_finished_day()
        # A day that goes on would get a root that is another one by its end.
        if day > last_finished_day():
            raise CommandError("That day is not over yet.")
        try:
            stored = store_day(day)
        except RootChanged as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            json.dumps(as_json(stored)) if options["json"] else _in_words(stored)
        )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no day like 2026-11-30.") from error


def _in_words(stored: TransparencyDay) -> str:
    lines = [
        f"{stored.day}: {stored.log_lines} lines in the log, root {stored.log_root}"
    ]
    for name, sections in stored.figures.items():
        period = "All time" if name == "all" else f"Last {name} days"
        lines += ["", f"{period}:", *_flat("", sections)]
    return "\n".join(lines)


def _flat(prefix: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        named = value.items()
    elif isinstance(value, list):
        named = ((one["key"] or "none", one) for one in value)  # type: ignore[assignment]
    else:
        return [] if prefix.endswith((".key", ".label")) else [f"  {prefix} {value}"]
    return [
        line
        for name, inner in named
        for line in _flat(f"{prefix}.{name}" if prefix else str(name), inner)
    ]
