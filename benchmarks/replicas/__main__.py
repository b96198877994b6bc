"""Kills a primary under load and counts what was lost, and whether its authors ever missed what they wrote.

    python -m benchmarks.replicas                  # about a minute and a half
    python -m benchmarks.replicas --short          # under half a minute
    python -m benchmarks.replicas --asynchronous   # without a synchronous standby
    python -m benchmarks.replicas --all-addresses  # the web processes find the new primary themselves

Three servers are started from the Postgres of this machine: a primary, a replica, and one that replays 30 s late. Members
write messages and reviews over HTTP and read their own page at once; visitors read products. Then the primary is killed,
the standby that received most is promoted, and the web processes are started again with its address.
Exit code 1 if an acknowledged write was lost (unless --asynchronous) or an author missed one.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.replicas.failover import LONG, SHORT, Figures, Plan, run


def report(figures: Figures, plan: Plan) -> str:
    shares = ", ".join(f"{name} {share:.0%}" for name, share in figures.shares.items())
    waited = "one standby has it on disk" if plan.synchronous else "the primary has it"
    rows = [
        ("a write is acknowledged when", waited),
        ("acknowledged writes", f"{figures.writes:,}"),
        ("of these lost with the primary", f"{figures.lost}"),
        ("of these stored twice", f"{figures.doubled}"),
        ("own pages read right after a write", f"{figures.own_pages:,}"),
        ("of these without what was written", f"{figures.missed}"),
        ("visits answered", f"{figures.visits:,}"),
        ("answered by an error", f"{figures.errors}"),
        ("answered while no primary was there", f"{figures.visits_while_down}"),
        ("failed while no primary was there", f"{figures.errors_while_down}"),
        (f"replay of the late replica ({plan.delay})", f"{figures.late_by:.1f} s late"),
        ("transactions by server", shares),
        ("promoted", f"{figures.promoted}, in {figures.seconds_to_promote:.1f} s"),
        ("from the kill to a write", f"{figures.seconds_to_recover:.1f} s"),
        ("until the other one follows", f"{figures.seconds_to_two_copies:.1f} s"),
    ]
    lines = [f"| {what} | {value} |" for what, value in rows]
    return "\n".join(["| | |", "|---|---|", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="under half a minute")
    parser.add_argument("--asynchronous", action="store_true")
    parser.add_argument("--all-addresses", action="store_true")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    wanted = parser.parse_args()
    plan = SHORT if wanted.short else LONG
    plan = replace(
        plan,
        synchronous=not wanted.asynchronous,
        new_address=not wanted.all_addresses,
    )
    figures = run(plan, Path(os.environ.get("STATE") or "/var/tmp/levelfield-replicas"))
    print(report(figures, plan))
    if wanted.json:
        wanted.json.write_text(json.dumps(asdict(figures), indent=1))
    sys.exit(bool(figures.missed or (figures.lost and plan.synchronous)))


if __name__ == "__main__":
    main()
