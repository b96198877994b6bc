"""Requests per second and CPU per request of the main pages, beside a bare Django view in the same rounds.

    make bench                                              # 400 products
    make bench ARGS="--products 100000 --reviews 1000000"   # the large set

Absolute figures say something about the machine; the *share* (requests/s as a share of the bare view's in the same
round) says something about the program. Each answer is checked: an error page is never counted as a fast page. The plans of
all queries come first (benchmarks/plans.py).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.cpu import tree_seconds
from benchmarks.load import PROCESSES, Page, run
from benchmarks.servers import Server, serve
from reviews_site.local.stack import running_stack

ROOT = Path(__file__).resolve().parent.parent
BARE = Page("bare Django view", ("/",), b"ok")


@dataclass(frozen=True)
class Figure:
    page: str
    requests_per_second: float
    share: float
    cpu_ms: float


def python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout


def manage(*arguments: str) -> None:
    python("manage.py", *arguments)


def pages_under_test() -> list[Page]:
    """Asked of a process of its own: this one forks its load generators and must not carry Django along."""
    described = json.loads(python("-m", "benchmarks.pages"))
    return [
        Page(
            page["name"],
            tuple(page["paths"]),
            page["expected"].encode(),
            page["times"],
            page["session"],
        )
        for page in described
    ]


def measure(
    pool: ProcessPoolExecutor, server: Server, page: Page, seconds: float
) -> tuple[float, float]:
    """(requests per second, CPU milliseconds of the web processes per request)."""
    before = tree_seconds(server.pid)
    done, took = run(pool, server.port, page, seconds)
    return done / took, (tree_seconds(server.pid) - before) / done * 1000


def measure_rounds(
    site: Server, bare: Server, pages: list[Page], rounds: int, seconds: float
) -> list[Figure]:
    rows: dict[str, list[tuple[float, float, float]]] = {
        page.name: [] for page in [BARE, *pages]
    }
    with ProcessPoolExecutor(PROCESSES) as pool:
        for page in pages:
            run(pool, site.port, page, seconds)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            yardstick, cpu = measure(pool, bare, BARE, seconds)
            rows[BARE.name].append((yardstick, 1.0, cpu))
            for page in pages:
                rate, cpu = measure(pool, site, page, seconds)
                rows[page.name].append((rate, rate / yardstick, cpu))
    return [
        Figure(
            name,
            *(
                round(statistics.median(column), 4)
                for column in zip(*each, strict=True)
            ),
        )
        for name, each in rows.items()
    ]


def as_table(figures: list[Figure]) -> str:
    lines = [
        "| page | requests/s | share of the bare view | CPU ms |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {f.page} | {f.requests_per_second:,.0f} | {f.share:.3f} | {f.cpu_ms:.2f} |"
        for f in figures
    ]
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--reviews", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="per page and round")
    parser.add_argument("--only", default="", help="pages whose name holds this text")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    state = Path(
        os.environ.get("STATE")
        or f"/var/tmp/levelfield-bench-{wanted.products}-{wanted.reviews}"
    )
    with running_stack(state) as stack:
        os.environ.update(
            stack.environment,
            DEMO="1",
            SITE_URL="http://127.0.0.1:8000",
            LOG_LEVEL="WARNING",
        )
        os.environ["STATIC_ROOT"] = str(state / "static")
        manage("migrate", "-v0")
        manage("collectstatic", "--noinput", "-v0")
        manage(
            "seed_demo",
            "--products",
            str(wanted.products),
            "--reviews",
            str(wanted.reviews),
            "--if-missing",
        )
        # Exit code 1, and the end here, where a page of a large set reads all reviews.
        print(python("-m", "benchmarks.plans"))
        pages = [page for page in pages_under_test() if wanted.only in page.name]
        with (
            serve("reviews_site.wsgi", {}) as site,
            serve("benchmarks.bare", {}) as bare,
        ):
            figures = measure_rounds(site, bare, pages, wanted.rounds, wanted.seconds)
    print(
        f"\n{wanted.products:,} products, {wanted.reviews:,} reviews; medians of {wanted.rounds} rounds\n"
    )
    print(as_table(figures))
    if wanted.json:
        wanted.json.write_text(
            json.dumps([asdict(figure) for figure in figures], indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
