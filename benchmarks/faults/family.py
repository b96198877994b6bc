"""Runs one family of faults with the database and the Redis of the environment: python -m benchmarks.faults.family NAME"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

import django

from benchmarks.faults.results import as_json
from reviews_site.local.interrupts import stopped_by_signals


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--short", action="store_true")
    wanted = parser.parse_args()
    # A family imports models.
    django.setup()
    # The members of the family before had the same numbers, and their counted requests are in there.
    import_module("benchmarks.faults.emails").empty_redis()
    family = import_module(f"benchmarks.faults.{wanted.name}")
    with stopped_by_signals():
        found = family.run(wanted.folder, wanted.seed, wanted.short)
    sys.stdout.write(as_json(found))


if __name__ == "__main__":
    main()
