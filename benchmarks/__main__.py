"""What the pages, the writes and a peer cost, beside a bare Django view in the same run; writes benchmarks/results.md.

    make bench                                             # 100,000 products, 1,000,000 reviews; loads them first, once
    make bench ARGS="--products 1000 --reviews 10000"      # a small set, without a long wait
    make bench ARGS="--only search --rounds 3"             # some pages; prints them and writes no file

Absolute figures say something about the machine; the *share* (requests/s as a share of the bare view's in the same
round) says something about the program. Each answer is checked: an error page is never counted as a fast page.
"""

import argparse
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import databases, sets, writes
from benchmarks.chart import as_svg
from benchmarks.figures import BARE, PageFigures, Results, Spread, growth_of
from benchmarks.load import CONNECTIONS, Page
from benchmarks.report import CHART, as_markdown, pages_table
from benchmarks.rounds import Rounds, Subject, Timings
from benchmarks.servers import ROOT, Server, serve
from benchmarks.sets import MeasuredSet
from reviews_site.local.stack import running_stack

FOLDER = ROOT / "benchmarks"
START = FOLDER / "start.json"
SITE, CACHED, SMALL, PEER = "site", "cached", "small", "peer"
PEER_NAME = "django-oscar"
PEER_ADDRESSES = 15
# What these visitors see is kept as a whole for a minute.
KEPT_WHOLE = frozenset({"product, 20 reviews", "product list", "category ranking", "home"})  # fmt: skip
PARTS = ("plans", "pages", "growth", "peer", "layers", "search", "writes")
POSTERS, HOT_REVIEWS, POST_SECONDS, LAYER_SECONDS = 4_000, 10_000, 10.0, 5.0


@dataclass
class Run:
    """One run: what is wanted, where, and what has been found so far."""

    wanted: argparse.Namespace
    state: Path
    large: MeasuredSet
    results: Results
    failed: list[str] = field(default_factory=list)

    def part(self, name: str, work: Callable[[], None]) -> None:
        """What fails is said and missing in the table; the rest goes on."""
        if name in self.wanted.without:
            return
        begun = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            work()
        except Exception as error:
            traceback.print_exc()
            self.failed.append(name)
            self.results.notes.append(f"**{name} failed**: {type(error).__name__}.")
        took = time.monotonic() - begun
        print(f"{name}: {took:.0f} s", file=sys.stderr, flush=True)

    @property
    def log(self) -> Path:
        return self.state / "site.log"

    def keeps(self, part: str) -> bool:
        return part not in self.wanted.without


# --- Pages ----------------------------------------------------------------------------------


def pages_of(measured: MeasuredSet, only: str) -> list[Page]:
    """Asked of a process of its own: this one must not carry Django along."""
    told = json.loads(measured.python("-m", "benchmarks.pages"))
    return [
        Page(
            page["name"],
            tuple(page["paths"]),
            page["expected"].encode(),
            page["times"],
            page["session"],
            page["status"],
            holds=tuple(page["holds"]),
        )
        for page in told
        if only in page["name"]
    ]


def peer_pages(database_url: str) -> list[Page]:
    found = sets.peer_pages(database_url, PEER_ADDRESSES)
    names = tuple(name for _, _, name in found)
    addresses = [f"/catalogue/{slug}_{number}/" for number, slug, _ in found]
    card = b'<article class="review"'
    return [
        Page(f"{PEER_NAME}, product with 3 reviews", tuple(addresses), card, 3, holds=names),
        Page(f"{PEER_NAME}, 20 reviews of a product", tuple(f"{a}reviews/" for a in addresses), card, 20, holds=names),
    ]  # fmt: skip


def kept(pages: list[Page], server: Server) -> list[Subject]:
    """The same pages from the shared cache, and asked for by a browser that has them."""
    whole = [page for page in pages if page.name in KEPT_WHOLE]
    return [
        Subject(CACHED, server, page.variant(**changed), expires=True)
        for page in whole
        for changed in (
            {"name": f"{page.name}, from the shared cache"},
            {"name": f"{page.name}, 304", "status": 304},
        )
    ]


def measure_pages(run: Run, stack: ExitStack) -> None:
    """Everything that is compared by its share, in one run of interleaved rounds."""
    only = run.wanted.only
    pages = pages_of(run.large, only)
    site = stack.enter_context(site_of(run, run.large, 0))
    subjects = [Subject(SITE, site, page) for page in pages]
    subjects += kept(pages, stack.enter_context(site_of(run, run.large, 60)))
    if run.keeps("peer"):
        run.part("peer", lambda: subjects.extend(peer_subjects(run, stack)))
    if run.keeps("growth"):
        run.part("growth", lambda: subjects.extend(small_subjects(run, pages, stack)))
    # The same page of both sets one after the other.
    order = {page.name: place for place, page in enumerate(pages)}
    subjects.sort(key=lambda subject: order.get(subject.page.name, len(order)))
    bare = stack.enter_context(serve("benchmarks.bare", {}))
    rounds = Rounds(bare, subjects, run.wanted.seconds)
    tell_pages(run.results, rounds.measure(run.wanted.rounds))
    for error in rounds.wrong.values():
        run.failed.append(error)
        run.results.notes.append(f"**Not the right page**, so not measured: {error}.")


def site_of(run: Run, measured: MeasuredSet, kept_seconds: int):  # type: ignore[no-untyped-def]
    """As in production behind one proxy, with its line for each request."""
    changed = {"PAGE_CACHE_SECONDS": str(kept_seconds), "LOG_LEVEL": "INFO"}
    return serve("reviews_site.wsgi", {**measured.environment, **changed}, log=run.log)


def peer_subjects(run: Run, stack: ExitStack) -> list[Subject]:
    peer = sets.peer_of(run.large, run.state / "peer")
    server = stack.enter_context(
        serve("benchmarks.peer.wsgi", peer.environment, python=peer.python, log=run.log)
    )
    return [
        Subject(PEER, server, page)
        for page in peer_pages(run.large.database_url)
        if run.wanted.only in page.name
    ]


def small_subjects(run: Run, pages: list[Page], stack: ExitStack) -> list[Subject]:
    small = run.large.neighbour("hundredth", 1)
    server = stack.enter_context(site_of(run, small, 0))
    names = {page.name for page in pages}
    return [
        Subject(SMALL, server, page)
        for page in pages_of(small, run.wanted.only)
        if page.name in names
    ]


def tell_pages(results: Results, timings: Timings) -> None:
    for (group, name), timed in timings.items():
        if group != SMALL:
            results.pages.append(PageFigures.of(name, timed))
        elif (SITE, name) in timings:
            results.growth[name] = growth_of(timings[SITE, name], timed)
    results.start = json.loads(START.read_text()) if START.exists() else {}
    if lost := results.beside_start():
        results.facts["slowest beside the start"] = Spread.one(max(lost.values()))


# --- The rest -------------------------------------------------------------------------------


def measure_plans(run: Run) -> None:
    """How many queries each page asks; fails where one of a large set reads all reviews."""
    said = run.large.python("-m", "benchmarks.plans")
    print(said, file=sys.stderr)
    run.results.notes.append(said.strip().splitlines()[-1] + ".")


def measure_layers(run: Run) -> None:
    product = pages_of(run.large, "product, 20 reviews")[0]
    uncached = MeasuredSet({**run.large.environment, "PAGE_CACHE_SECONDS": "0"})
    said = uncached.python(
        "-m", "benchmarks.layers", str(LAYER_SECONDS), *product.paths
    )
    run.results.layers = json.loads(said)


def measure_search(run: Run) -> None:
    """The goal is for words of any frequency: the slowest kind decides."""
    told = json.loads(run.large.python("-m", "benchmarks.search_times", "--json"))
    kinds = Spread(**told["median_ms"])
    run.results.facts["search in Postgres"] = Spread(kinds.low, kinds.high, kinds.high)
    run.results.search = told["table"]


def measure_writes(run: Run) -> None:
    small = run.large.neighbour("hundredth", 1)
    scratch = sets.scratch_set(run.large, small)
    shrunk = min(1.0, run.wanted.products / 1_000)
    hot, posters = int(HOT_REVIEWS * shrunk), int(POSTERS * shrunk)
    try:
        slug = writes.measure_posts(scratch, POST_SECONDS * shrunk, run.results, posters, hot)  # fmt: skip
        writes.measure_refresh(scratch, slug, run.results, hot)
        # A fifth of it tells the rate.
        products = max(1, run.wanted.products // 5)
        writes.measure_import(scratch, products, run.state, run.results)
    finally:
        databases.drop(run.large.database_url, scratch.database_url)
    page = pages_of(run.large, "product, 20 reviews")[0]
    with site_of(run, run.large, 0) as site:
        writes.measure_night(run.large, site, page, run.results)


# --- All of it ------------------------------------------------------------------------------


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8, help="per page and round")
    parser.add_argument("--only", default="", help="pages whose name holds this text")
    parser.add_argument(
        "--without", nargs="*", choices=PARTS, default=[], help="parts to leave out"
    )
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of results.md")
    wanted = parser.parse_args(given)
    if wanted.only:
        wanted.without = [part for part in PARTS if part != "pages"]
    return wanted


def setting_of(wanted: argparse.Namespace, database_url: str) -> dict:
    version = databases.ask(database_url, "SHOW server_version")[0][0]
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "products": wanted.products,
        "reviews": wanted.reviews,
        "rounds": wanted.rounds,
        "seconds": wanted.seconds,
        "connections": CONNECTIONS,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgres": version.split()[0],
        "load_before": os.getloadavg()[0],
    }


def environment_of(given: dict[str, str], state: Path) -> dict[str, str]:
    return {
        **given,
        "DEMO": "1",
        "SITE_URL": "http://127.0.0.1:8000",
        "STATIC_ROOT": str(state / "static"),
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "WARNING",
    }


def prepare(run: Run) -> None:
    """The sets; loading them takes minutes, once."""
    begun = time.monotonic()
    run.log.unlink(missing_ok=True)
    run.large.manage("collectstatic", "--noinput", "-v0")
    size = run.wanted.products, run.wanted.reviews
    rate = sets.remembered_rate(run.state, sets.fill(run.large, *size))
    if rate is not None:
        run.results.facts["seed_demo"] = Spread.one(rate)
        run.results.notes.append(f"seed_demo: {rate:,.0f} reviews a second.")
    if run.keeps("growth") or run.keeps("writes"):
        sets.small_set(run.large, *size)
    took = time.monotonic() - begun
    run.results.notes.append(f"Setting up the databases took {took:.0f} s of this run.")


def measure_all(run: Run) -> None:
    if run.keeps("plans"):
        run.part("plans", lambda: measure_plans(run))
    with ExitStack() as stack:
        run.part("pages", lambda: measure_pages(run, stack))
    run.part("layers", lambda: measure_layers(run))
    run.part("search", lambda: measure_search(run))
    run.part("writes", lambda: measure_writes(run))


def write(run: Run) -> None:
    results, wanted = run.results, run.wanted
    if wanted.json:
        results.save(wanted.json)
    if wanted.only:
        print(pages_table(results.pages, results.start))
        return
    (wanted.out / "results.md").write_text(as_markdown(results))
    (wanted.out / CHART).write_text(as_svg(results.pages, PEER_NAME, BARE))
    print(f"Written: {wanted.out / 'results.md'}", file=sys.stderr)


def main(given: list[str] | None = None) -> int:
    wanted, begun = arguments(given), time.monotonic()
    state = Path(
        os.environ.get("STATE")
        or f"/var/tmp/levelfield-bench/{wanted.products}-{wanted.reviews}"
    )
    options = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
    with running_stack(state, what="make bench", postgres_options=options) as stack:
        large = MeasuredSet(environment_of(stack.environment, state))
        results = Results(setting_of(wanted, large.database_url))
        run = Run(wanted, state, large, results)
        prepare(run)
        measure_all(run)
    results.facts["minutes"] = Spread.one((time.monotonic() - begun) / 60)
    results.setting["load_after"] = os.getloadavg()[0]
    write(run)
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
