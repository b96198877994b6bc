"""Milliseconds that Postgres spends on a search, by how many products hold the word.

Planning and execution together; what the program has planned once for each connection is not planned again.

    python -m benchmarks.search_times            # a table
    python -m benchmarks.search_times --json     # and the median of all with that of the quickest and the slowest kind

The program's own search is run and each of its queries is asked again behind EXPLAIN (ANALYZE, TIMING OFF), which adds
little to what it measures. Everything lies in memory: each search runs once before.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import cycle

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
django.setup()

from django.db import connection  # noqa: E402 (the models need the set-up above)
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.figures import Spread  # noqa: E402
from benchmarks.pages import misspelt_names, words_found_in  # noqa: E402
from products.models import Product  # noqa: E402
from products.search import search  # noqa: E402

WORDS = 20
ROUNDS = 3
MOST_SECONDS = 25


def kinds() -> dict[str, list[str]]:
    names = Product.objects.visible().order_by("id").values_list("name", flat=True)
    usual = words_found_in(0.005, 0.05, WORDS)
    common = words_found_in(0.1, 1, WORDS)
    return {
        "word in less than 0.5 %": words_found_in(0, 0.005, WORDS),
        "word in 0.5 to 5 %": usual,
        "word in 5 to 10 %": words_found_in(0.05, 0.1, WORDS),
        "word in over 10 %": common,
        "two words": [f"{one} {other}" for one, other in zip(usual, cycle(common))],  # noqa: B905 (one of them has no end)
        "beginning of a word": [word[:3] for word in usual],
        "name": list(names[:WORDS]),
        "misspelt name": misspelt_names(),
    }


def milliseconds(text: str) -> float:
    with CaptureQueriesContext(connection) as captured:
        search(text)
    return sum(_explained(query["sql"]) for query in captured.captured_queries)


def _explained(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        (told,) = cursor.fetchone()
    plan = json.loads(told) if isinstance(told, str) else told
    return plan[0]["Planning Time"] + plan[0]["Execution Time"]


def measure(asked: dict[str, list[str]]) -> dict[str, list[float]]:
    """By kind; in turn, so that whatever slows the machine down slows all kinds, and no longer than MOST_SECONDS."""
    for texts in asked.values():
        for text in texts:
            search(text)
    until = time.monotonic() + MOST_SECONDS
    found: dict[str, list[float]] = {kind: [] for kind, texts in asked.items() if texts}
    for number in range(WORDS * ROUNDS):
        for kind, times in found.items():
            texts = asked[kind]
            if number < len(texts) * ROUNDS and time.monotonic() < until:
                times.append(milliseconds(texts[number % len(texts)]))
    return found


def highest_but_one_in_a_hundred(times: Sequence[float]) -> float:
    return sorted(times)[max(len(times) * 99 // 100 - 1, 0)]


def as_table(found: dict[str, list[float]]) -> str:
    lines = [
        "| searched for | searches | median, ms | p99, ms |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {len(times)} | {statistics.median(times):.1f} | {highest_but_one_in_a_hundred(times):.1f} |"
        for kind, times in found.items()
    ]
    return "\n".join(lines)


def main() -> None:
    found = measure(kinds())
    if "--json" not in sys.argv:
        print(as_table(found))
        return
    # The quickest kind, all searches, the slowest kind.
    medians = [statistics.median(times) for times in found.values()]
    everything = statistics.median(ms for times in found.values() for ms in times)
    spread = Spread(min(medians), everything, max(medians))
    print(json.dumps({"median_ms": asdict(spread), "table": as_table(found)}))


if __name__ == "__main__":
    main()
