"""Both runs on the database at hand; the parts that need no database are beside it."""

import argparse
import math
import os
import sys
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

# The models need the set-up above.
from benchmarks.messaging_gate.crowd import Crowd, make_crowd  # noqa: E402
from benchmarks.messaging_gate.gate import (  # noqa: E402
    Outcome,
    Pairs,
    ask,
    everybody_asks_everybody,
    within_all_limits,
)
from benchmarks.messaging_gate.rows import write_rows  # noqa: E402
from benchmarks.servers import serve  # noqa: E402

REFUSED_EACH = 20


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--answerers", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    given = arguments()
    everybody = run(
        "Everybody asks everybody", given, given.seed, everybody_asks_everybody
    )
    within = run(
        "Nobody asks more than they may",
        given,
        given.seed + 1,
        lambda crowd, seed: within_all_limits(crowd, REFUSED_EACH, seed),
    )
    return 0 if everybody and within else 1


def run(
    name: str,
    given: argparse.Namespace,
    seed: int,
    pairs_of: Callable[[Crowd, int], Pairs],
) -> bool:
    crowd = make_crowd(given.askers, given.answerers, seed)
    rows = write_rows(crowd)
    with serve("reviews_site.wsgi", {}, workers=given.workers) as server:
        pairs = pairs_of(crowd, seed)
        outcome, _ = ask(server.port, crowd, rows, pairs, 60 * given.minutes)
    tell(f"{name} ({sum(map(len, pairs.values())):,} questions)", outcome)
    return not outcome.verdict.wrong


def tell(name: str, outcome: Outcome) -> None:
    verdict = outcome.verdict
    print(f"\n{name}: {outcome.seconds:,.0f} s")
    for what, count in verdict.figures.items():
        print(f"  {what.replace('_', ' ')}: {count:,}")
    for code, count in verdict.answers.most_common():
        print(f"    {code}: {count:,}")
    median, slowest = outcome.median_ms, outcome.slowest_ms
    print(f"  milliseconds an answer: median {median:,.0f}, slowest {slowest:,.0f}")
    print(f"  what doesn't fit: {len(verdict.wrong):,}")
    for line in verdict.wrong[:20]:
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
