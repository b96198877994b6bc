"""Rules no linter knows. Prints each breach as file:line and fails if there is one."""

import re
import subprocess
import sys
from pathlib import Path

SENT_TOO_EARLY = re.compile(r"\.(delay|apply_async)\(")
# It is what makes delay_on_commit.
SENDER = Path("reviews_site/celery.py")
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|^-[if] ", re.M)


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [Path(name) for name in names if name and Path(name).exists()]


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{file}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def breaches() -> list[str]:
    sources = [
        file
        for file in tracked("*.py")
        if file.parts[0] not in ("tests", ".ci") and file != SENDER
    ]
    early = lines_with(SENT_TOO_EARLY, sources)
    addresses = lines_with(ADDRESS, tracked("*.lock", "*requirements*.txt"))
    return [
        *(f"{line}\n  a task is sent by delay_on_commit only" for line in early),
        *(f"{line}\n  a lock names no package index" for line in addresses),
    ]


if __name__ == "__main__":
    found = breaches()
    print("\n".join(found))
    sys.exit(bool(found))
