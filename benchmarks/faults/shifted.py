"""Runs a module as if the clock of this machine were wrong: python -m benchmarks.faults.shifted SECONDS MODULE ARGUMENTS…"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main() -> None:
    _, seconds, module, *arguments = sys.argv
    sys.argv = [module, *arguments]
    there = datetime.now(UTC) + timedelta(seconds=float(seconds))
    # Time goes on from there, also in the processes that are forked later.
    time_machine.travel(there, tick=True).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
